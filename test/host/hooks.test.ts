import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { type BuiltRelease, build, message, PLACEHOLDER, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const POINTER = 'artifacts/fleets/shop/stable';
const files = { 'index.html': 'page', 'health.txt': '200' };
const [v1, v2, v3] = ['v1', 'v2', 'v3'].map((id) => build(id, { ...files, id }));
const sick = build('sick', { 'health.txt': '503' });

/** Notes what it is called for and what `current` leads to; fails where a file of the application's folder is called after the event. */
const HOOK = `#!/bin/bash
app=\${3%/releases/*}
echo "$1 $2 \${3##*/releases/} on $(basename "$(readlink "$app/current")")" >>"$app/calls"
[ ! -e "$app/$1-hangs" ] || sleep 60 || exit
[ ! -e "$app/$1-fails" ] || { echo 'what it tried'; echo "no luck with $2" >&2; exit 1; }
echo "did its part"
`;

let aws: TinyAws;
let host: TestHost;
beforeAll(async () => {
  aws = await TinyAws.start();
});
afterAll(() => aws.stop());
beforeEach(async () => {
  aws.reset();
  upload(aws, v1, v2, v3, sick);
  aws.put('assets/placeholder.tar.gz', PLACEHOLDER.archive);
  host = new TestHost(aws, { HOOK: '/opt/hook', HOOK_SECONDS: '1' });
  host.install('/opt/hook', HOOK);
  aws.health = () => (host.list('current/').includes('health.txt') ? Number(host.file('current/health.txt')) : 200);
});
afterEach(() => host.remove());

/** The calls since this was asked last. */
function calls(): string[] {
  if (!existsSync(path.join(host.app, 'calls'))) return [];
  const text = host.file('calls');
  writeFileSync(path.join(host.app, 'calls'), '');
  return text.split('\n').slice(0, -1);
}

function hookWill(what: string): void {
  writeFileSync(path.join(host.app, what), '');
}

async function activate(release: BuiltRelease, epoch: number): Promise<[number | undefined, string]> {
  aws.put(POINTER, pointer(epoch, 'promoting', undefined, release));
  const result = await host.activate(release, epoch);
  return [result.exitCode, message(result)];
}

async function serving(): Promise<void> {
  expect(await activate(v1, 1)).toEqual([0, '']);
  calls();
}

test('what a hook leaves in the tree is taken from others and given to the owner', async () => {
  host.install(
    '/opt/hook',
    '#!/bin/bash\n[ "$1" != unpacked ] || { cd "$3" && touch a b && mkdir c && chmod 4666 a && chmod 000 b && chmod 777 c; }\n',
  );
  expect(await activate(v1, 1)).toEqual([0, '']);
  expect(['a', 'b', 'c'].map((name) => statSync(path.join(host.app, 'releases/v1', name)).mode & 0o7777)).toEqual([0o644, 0o600, 0o755]);
});

test('the hook is called before a tree has its name, before it is active and after it serves', async () => {
  await serving();
  expect(await host.stage(v2, 2)).toMatchObject({ exitCode: 0 });
  expect(calls()).toEqual(['unpacked v2 .v2.part on v1', 'staged v2 v2 on v1']);
  expect(await host.stage(v2, 2)).toMatchObject({ exitCode: 0 });
  expect(calls()).toEqual([]);
  expect(await activate(v2, 2)).toEqual([0, '']);
  expect(calls()).toEqual(['activated v2 v2 on v2']);
  expect(await host.revert(v2, 2)).toMatchObject({ exitCode: 0 });
  expect(calls()).toEqual(['reverted v1 v1 on v1']);
  expect(host.file('.asg-canary/journal')).toContain('revert hook reverted of v1: did its part\n');
});

test('a booting host calls it for the placeholder too', async () => {
  expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0 });
  expect(calls().map((line) => line.split(' ', 2).join(' '))).toEqual([
    'unpacked placeholder',
    'staged placeholder',
    'activated placeholder',
  ]);
});

test('a release whose unpacked tree is refused is not staged', async () => {
  await serving();
  hookWill('unpacked-fails');
  const result = await host.stage(v2, 2);
  expect([result.exitCode, message(result)]).toEqual([70, 'hook unpacked of v2 failed: no luck with v2']);
  expect(await host.status()).toMatchObject({ release: 'v1', staged: ['v1'], bad: ['v2'] });
});

test('a hook that failed after staging is called again, and no release is activated without it', async () => {
  await serving();
  hookWill('staged-fails');
  expect((await host.stage(v2, 2)).exitCode).toBe(70);
  expect(await activate(v2, 2)).toEqual([70, 'hook staged of v2 failed: no luck with v2']);
  expect(host.current()).toBe('v1');
  const repaired = host.copy();
  repaired.install('/opt/hook', HOOK.replace('-fails', '-does-not-fail'));
  expect(await repaired.activate(v2, 2)).toMatchObject({ exitCode: 0 });
  repaired.remove();
});

test('an activation whose hook fails is undone as by a failed probe', async () => {
  await serving();
  hookWill('activated-fails');
  expect(await activate(v2, 2)).toEqual([70, 'hook activated of v2 failed: no luck with v2; went back to v1']);
  expect(calls().slice(-2)).toEqual(['activated v2 v2 on v2', 'reverted v1 v1 on v1']);
  expect(await host.status()).toMatchObject({ release: 'v1', bad: ['v2'] });
});

test('an activation whose probe fails calls the hook for the release gone back to only', async () => {
  await serving();
  expect((await activate(sick, 2))[0]).toBe(70);
  expect(calls().slice(-1)).toEqual(['reverted v1 v1 on v1']);
});

test('a hook that fails while going back is reported and undoes nothing', async () => {
  await serving();
  expect(await activate(v2, 2)).toEqual([0, '']);
  hookWill('reverted-fails');
  expect(await host.revert(v2, 2)).toEqual({
    exitCode: 0,
    stdout: '',
    stderr: 'asg-canary-host: hook reverted of v1 failed: no luck with v1\n',
  });
  expect(host.current()).toBe('v1');
  expect(host.file('.asg-canary/journal')).toContain('hook reverted of v1 failed: no luck with v1\n');
  calls();
  expect(await host.revert(v2, 2)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(calls()).toEqual([]);
});

test('a hook that does not end is ended with all its processes, and the lock is free', async () => {
  await serving();
  hookWill('staged-hangs');
  const begun = Date.now();
  const result = await host.stage(v2, 2);
  expect([result.exitCode, message(result)]).toEqual([70, 'hook staged of v2 failed: no end within 1 s']);
  expect(await host.stage(v1, 2)).toMatchObject({ exitCode: 0 });
  expect(Date.now() - begun).toBeLessThan(30_000);
});

test('a hook that is not there, or that says nothing, is told by its exit status', async () => {
  await serving();
  host.install('/opt/hook', '#!/bin/bash\nexit 7\n');
  expect(message(await host.stage(v2, 2))).toBe('hook unpacked of v2 failed: exit status 7');
  host.writeConfig(host.configText().replace('HOOK=/opt/hook', 'HOOK=/opt/absent'));
  expect(message(await host.stage(v2, 2))).toMatch(/^hook unpacked of v2 failed: .*\/opt\/absent.*: No such file or directory$/);
  expect(readdirSync(path.join(host.app, 'releases'))).toEqual(expect.not.arrayContaining(['v2']));
});

test.each(['hook', '/opt/../hook', '/opt/hook --fast'])('HOOK=%s is refused', async (file) => {
  host.writeConfig(host.configText().replace('HOOK=/opt/hook', `HOOK=${file}`));
  expect(await host.run(['sync'])).toMatchObject({ exitCode: 65, stderr: expect.stringContaining("'HOOK' must match") });
});
