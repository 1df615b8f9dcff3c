import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { archive } from './archive';
import { withSteps } from './step-release';
import { type BuiltRelease, built, execute, message, pointer, type Result, STEP_RUNNER, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const POINTER = 'artifacts/fleets/shop/stable';
const EPOCH = 7;

let aws: TinyAws;
let host: TestHost;
beforeAll(async () => {
  aws = await TinyAws.start();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.reset();
  host = new TestHost(aws, { LOCK_SECONDS: '1' });
});
afterEach(() => host.remove());

/** A release with these files that is staged on the host, and the candidate of its group. */
async function staged(files: Readonly<Record<string, string>>, id = 'v7'): Promise<BuiltRelease> {
  const release = withSteps(id, files);
  upload(aws, release);
  aws.put(POINTER, pointer(EPOCH, 'checking', undefined, release));
  expect(await host.stage(release, EPOCH)).toMatchObject({ exitCode: 0, stderr: '' });
  return release;
}

/** A release with these files that is active on the host. */
async function active(files: Readonly<Record<string, string>>): Promise<BuiltRelease> {
  const release = await staged(files);
  aws.put(POINTER, pointer(EPOCH, 'deploying', undefined, release));
  expect(await host.activate(release, EPOCH)).toMatchObject({ exitCode: 0, stderr: '' });
  return release;
}

function outcome(result: Result): [number | undefined, string] {
  return [result.exitCode, message(result)];
}

function log(step: string): string {
  return readFileSync(path.join(host.root, `var/log/asg-canary/${step}-v7-${EPOCH}.log`), 'utf8');
}

/** What `check` prints. */
function database(state: string, declared: number, ...changes: string[]): string {
  const lines = [`database=${state}`, `changes=${changes.length}`, `declared=${declared}`, ...changes.map((text) => `change=${text}`)];
  return ['asg-canary-database 1', ...lines, ''].join('\n');
}

describe('check', () => {
  const PENDING = { 'check-database': 'echo two changes are pending; exit 2', 'list-changes': `printf 'ALTER TABLE a\\nADD b\\n'` };

  test.each([['a check that finds nothing', { 'check-database': 'echo all is current', 'list-changes': 'exit 9' }]])(
    'says current of %s',
    async (_what, files) => {
      const release = await staged(files);
      expect(await host.step('check', release, EPOCH)).toEqual({ exitCode: 0, stdout: database('current', 0), stderr: '' });
    },
  );

  test('cannot be done for a release that has no such check', async () => {
    expect(outcome(await host.step('check', await staged({}), EPOCH))).toEqual([
      70,
      'v7 has no step check-database, which tells what its database needs: build it again',
    ]);
  });

  test('lists what is pending, and prints nothing else', async () => {
    const release = await staged(PENDING);
    const expected = { exitCode: 0, stdout: database('pending', 0, 'ALTER TABLE a', 'ADD b'), stderr: '' };
    expect(await host.step('check', release, EPOCH)).toEqual(expected);
    expect(await host.step('check', release, EPOCH)).toEqual(expected);
    expect(log('check').match(/two changes are pending/g)).toHaveLength(2);
  });

  test.each([
    ['one', 'ADD b\n', 1, ['ALTER TABLE a']],
    ['all, by name', '# of this release\n\nADD b  \r\nALTER TABLE a\nDROP c\n', 2, []],
    ['all, by a star', 'ADD x\n*\n', 2, []],
    ['one, by how it begins', 'ALTER*\n', 1, ['ADD b']],
    ['none: a part of a change is none', 'ALTER TABLE\n# ADD b\n', 0, ['ALTER TABLE a', 'ADD b']],
    ['none: it is empty', '', 0, ['ALTER TABLE a', 'ADD b']],
  ])('does not list what is declared compatible: %s', async (_what, compatible, declared, changes) => {
    const release = await staged({ ...PENDING, compatible });
    expect((await host.step('check', release, EPOCH)).stdout).toBe(database('pending', declared, ...changes));
  });

  test.each([
    ['that lists nothing', { ...PENDING, 'list-changes': 'echo' }],
    ['that has no list', { 'check-database': 'exit 2' }],
  ])('takes what is pending for one change that nobody declared, of a release %s', async (_what, files) => {
    const release = await staged({ ...files, compatible: 'ADD b\n' });
    expect((await host.step('check', release, EPOCH)).stdout).toBe(database('pending', 0, 'changes that the release does not list'));
  });

  test('prints as many changes as there is room for, marks those that are too long, and counts all', async () => {
    const long = 'ü'.repeat(2001);
    const whole = 'x'.repeat(4000);
    const list = `printf 'a\\tb\\r\\n${long}\\n${whole}\\n'; printf 'change %s of a table\\n' {4..1000}`;
    const release = await staged({ ...PENDING, 'list-changes': list });
    const { stdout } = await host.step('check', release, EPOCH);
    const lines = stdout.split('\n').slice(0, -1);
    expect(lines.slice(1, 7)).toEqual([
      'database=pending',
      'changes=1000',
      'declared=0',
      'change=a b',
      `cut=${'ü'.repeat(300)}`,
      `change=${whole}`,
    ]);
    expect(Buffer.byteLength(stdout)).toBeGreaterThan(19_000);
    expect(Buffer.byteLength(stdout)).toBeLessThan(21_000);
  });

  test.each([
    ['that fails', { 'check-database': 'echo no connection to db >&2; echo; exit 1' }, 'no connection to db'],
    ['that fails without a word', { 'check-database': 'exit 3' }, 'exit status 3'],
    ['whose list fails', { ...PENDING, 'list-changes': 'echo half a list; echo out of memory >&2; exit 2' }, 'out of memory'],
  ])('of a release %s says why', async (_what, files, text) => {
    const release = await staged(files);
    expect(await host.step('check', release, EPOCH)).toEqual({
      exitCode: 70,
      stdout: '',
      stderr: `asg-canary-step: check of v7 failed: ${text}\n`,
    });
  });

  test('of a file that cannot be executed says why', async () => {
    const release = built('v7', archive([{ name: '.asg-canary/check-database', content: 'exit 0' }]));
    upload(aws, release);
    await host.stage(release, EPOCH);
    const [exitCode, text] = outcome(await host.step('check', release, EPOCH));
    expect([exitCode, text]).toEqual([70, expect.stringMatching(/^check of v7 failed: .*Permission denied$/)]);
  });
});

describe('a step', () => {
  test('has the surroundings that are promised, and no others', async () => {
    const release = await staged({ backup: 'pwd; env; echo heard: $(cat)' });
    const result = await host.step('backup', release, EPOCH, { AWS_SECRET_ACCESS_KEY: 'secret', HOME: '/elsewhere' });
    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const tree = path.join(host.app, 'releases/v7');
    expect(log('backup').split('\n')).toEqual(
      expect.arrayContaining([tree, `RELEASE_DIR=${tree}`, 'RELEASE=v7', 'EPOCH=7', `APP_DIR=${host.app}`, `ASG_CANARY_ROOT=${host.root}`]),
    );
    expect(
      log('backup')
        .match(/^[A-Z_]+(?==)/gm)!
        .sort(),
    ).toEqual(['APP_DIR', 'ASG_CANARY_ROOT', 'EPOCH', 'HOME', 'LANG', 'PATH', 'PWD', 'RELEASE', 'RELEASE_DIR', 'SHLVL', '_'].sort());
    expect(log('backup')).toContain('LANG=C.UTF-8\n');
    expect(log('backup')).toMatch(/\nheard:\n$/);
  });

  (process.getuid?.() === 0 ? test : test.skip)('runs as the owner of the shared folders (runs as root)', async () => {
    for (const folder of [host.root, path.join(host.root, 'srv')]) existsSync(folder) && chmodSync(folder, 0o755);
    writeFileSync(path.join(host.root, 'etc/asg-canary/php.conf'), 'ENTRY=index.php\nSHARED_OWNER=nobody\n');
    const release = await staged({ migrate: 'echo "$(id -un) $(id -gn) $(id -Gn) $HOME"' });
    expect(await host.step('migrate', release, EPOCH)).toMatchObject({ exitCode: 0, stderr: '' });
    expect(log('migrate')).toContain('\nnobody nogroup nogroup /nonexistent\n');
    writeFileSync(path.join(host.root, 'etc/asg-canary/php.conf'), 'SHARED_OWNER=who\n');
    expect(outcome(await host.step('migrate', release, EPOCH))).toEqual([
      65,
      `malformed php.conf: there is no user 'who', which 'SHARED_OWNER' names`,
    ]);
  });

  test.each(['backup', 'after-promotion', 'after-rollback'])('%s that the release does not have is done', async (name) => {
    const release = await active({});
    expect(await host.step(name, release, EPOCH)).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: `asg-canary-step: v7 has no step ${name}\n`,
    });
  });

  test.each(['backup', 'after-promotion', 'after-rollback'])('%s runs again, and says why it fails', async (name) => {
    const release = await active({
      [name]: 'echo ran >>"$APP_DIR/ran"; [ ! -e "$APP_DIR/broken" ] || { echo "it is broken"; echo; exit 4; }',
    });
    expect(await host.step(name, release, EPOCH)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    writeFileSync(path.join(host.app, 'broken'), '');
    expect(outcome(await host.step(name, release, EPOCH))).toEqual([70, `${name} of v7 failed: it is broken`]);
    expect(host.file('ran')).toBe('ran\nran\n');
  });
});

test.each(['after-promotion', 'after-rollback'])('%s is that of the release that is active, whichever is asked for', async (name) => {
  await active({ [name]: 'echo "$RELEASE" >"$APP_DIR/ran"' });
  const other = { id: 'v8', sha256: '0'.repeat(64) };
  expect(await host.step(name, other, EPOCH)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  expect(host.file('ran')).toBe('v7\n');
});

describe('migrate', () => {
  test('that the release does not have is a failure: something is pending', async () => {
    expect(outcome(await host.step('migrate', await staged({}), EPOCH))).toEqual([70, 'v7 has no step migrate']);
  });

  const MIGRATE = 'echo ran >>"$APP_DIR/ran"; if [ -e "$APP_DIR/broken" ]; then echo "table a\tis locked" >&2; exit 5; fi';

  test('runs once in an epoch', async () => {
    const release = await staged({ migrate: MIGRATE });
    for (const _ of [1, 2]) expect(await host.step('migrate', release, EPOCH)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(host.file('ran')).toBe('ran\n');
    expect(host.file('.asg-canary/steps/7-migrate')).toContain('exit=0\n');
    aws.put(POINTER, pointer(8, 'checking', undefined, release));
    expect(await host.step('migrate', release, 8)).toMatchObject({ exitCode: 0 });
    expect(host.file('ran')).toBe('ran\nran\n');
  });

  test('that failed is not tried again in the same epoch, and says why each time', async () => {
    const release = await staged({ migrate: MIGRATE });
    writeFileSync(path.join(host.app, 'broken'), '');
    for (const _ of [1, 2])
      expect(outcome(await host.step('migrate', release, EPOCH))).toEqual([70, 'migrate of v7 failed: table a is locked']);
    expect(host.file('ran')).toBe('ran\n');
    expect(host.file('.asg-canary/steps/7-migrate')).toContain('exit=5\n');
  });

  test('that was killed is not begun again, and keeps the next one out for as long as it goes on', async () => {
    const release = await staged({ migrate: 'touch "$APP_DIR/begun"; while [ ! -e "$APP_DIR/go-on" ]; do sleep .05; done' });
    const args = ['migrate', '--release', 'v7', '--sha256', release.sha256, '--epoch', '7'];
    const child = spawn(STEP_RUNNER, args, { env: host.environment(), stdio: 'ignore' });
    while (!existsSync(path.join(host.app, 'begun'))) await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(outcome(await host.step('migrate', release, EPOCH))).toEqual([
      75,
      'another step has held /srv/app/.asg-canary/step.lock for 1 s, or it cannot be written',
    ]);
    writeFileSync(path.join(host.app, 'go-on'), '');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(outcome(await host.step('migrate', release, EPOCH))).toEqual([70, 'migrate of v7 was begun and did not end']);
  });

  test('of another release in the same epoch is fenced', async () => {
    await host.step('migrate', await staged({ migrate: 'true' }), EPOCH);
    const other = await staged({ migrate: 'true' }, 'v8');
    expect(outcome(await host.step('migrate', other, EPOCH))).toEqual([77, 'migrate of v7 was begun in epoch 7, asked for v8']);
  });

  test('is not stopped by a host command that runs meanwhile, nor by its clearing away', async () => {
    const release = await staged({ migrate: 'touch "$APP_DIR/begun"; sleep .5' });
    const migration = host.step('migrate', release, EPOCH);
    while (!existsSync(path.join(host.app, 'begun'))) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await host.activate(release, EPOCH)).toMatchObject({ exitCode: 77 });
    expect(await host.run(['prune'])).toMatchObject({ exitCode: 0 });
    expect(await migration).toMatchObject({ exitCode: 0, stderr: '' });
  });
});

describe('the fence', () => {
  test.each(['backup', 'migrate', 'maintenance-on'])('keeps %s from what the pointer does not want', async (name) => {
    const release = await staged({ [name]: 'touch "$APP_DIR/ran"' });
    aws.put(POINTER, pointer(EPOCH, 'idle', withSteps('v6', {})));
    expect(outcome(await host.step(name, release, EPOCH))).toEqual([77, 'v7 is neither candidate nor committed in epoch 7']);
    aws.put(POINTER, pointer(8, 'checking', undefined, release));
    expect(outcome(await host.step(name, release, EPOCH))).toEqual([77, "the pointer's epoch is 8, asked for 7"]);
    aws.objects.delete(POINTER);
    expect(outcome(await host.step(name, release, EPOCH))).toEqual([69, 'there is no pointer of the stable group']);
    expect(host.list('').concat(host.list('.asg-canary'))).not.toEqual(expect.arrayContaining(['ran']));
    expect(existsSync(path.join(host.app, '.asg-canary/maintenance'))).toBe(false);
  });

  test.each(['check', 'after-promotion', 'after-rollback'])(
    'lets %s run for an epoch that is not older, without a pointer',
    async (name) => {
      const release = await active({ [name === 'check' ? 'check-database' : name]: 'true' });
      aws.objects.clear();
      aws.requests.length = 0;
      expect(await host.step(name, release, EPOCH)).toMatchObject({ exitCode: 0 });
      expect(aws.requests).toEqual([]);
      expect(outcome(await host.step(name, release, 6))).toEqual([77, 'epoch 6 is older than 7, which this host has seen']);
    },
  );

  test('knows what is on the host', async () => {
    const release = await staged({});
    expect(outcome(await host.step('check', { id: 'v8', sha256: release.sha256 }, EPOCH))).toEqual([69, 'v8 is not on this host']);
    const zeros = '0'.repeat(64);
    expect(outcome(await host.step('check', { id: 'v7', sha256: zeros }, EPOCH))).toEqual([
      65,
      `v7 is on this host with sha256 ${release.sha256}, asked for ${zeros}`,
    ]);
  });
});

describe('the command line', () => {
  const zeros = '0'.repeat(64);
  test.each([
    [[], 'a step is needed'],
    [['upgrade'], "there is no step 'upgrade'"],
    [['check', '--release', 'v7', '--epoch', '7'], "'check' needs '--sha256'"],
    [['check', '--release', '../v7'], "'--release' must match '[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]', got '../v7'"],
    [['migrate', '--epoch', '1e3'], "'--epoch' must match '[0-9]{1,15}', got '1e3'"],
    [['migrate', '--epoch'], "'--epoch' must match '[0-9]{1,15}', got ''"],
    [['migrate', '--epoch', '1', '--epoch', '2'], "'--epoch' is given twice"],
    [['maintenance-off', '--sha256', 'ABC'], "'--sha256' must match '[0-9a-f]{64}', got 'ABC'"],
    [['maintenance-off', '--boot'], "'maintenance-off' has no option '--boot'"],
    [['maintenance-off', '--release', 'v7', '--sha256', zeros, '--epoch', '7', 'more'], "'maintenance-off' has no option 'more'"],
  ])('%j is refused', async (args, text) => {
    expect(outcome(await execute(STEP_RUNNER, args, host.environment()))).toEqual([64, text]);
  });

  test.each([
    [(text: string) => text.replace('APP_DIR=/srv/app', 'APP_DIR=/srv/../app'), "'APP_DIR' must match"],
    [(text: string) => text.replace(/^APP_DIR=.*\n/m, ''), "one line must give 'APP_DIR', got 0"],
    [(text: string) => `${text}APP_DIR=/srv/app\n`, "one line must give 'APP_DIR', got 2"],
  ])('needs a host.conf', async (change, text) => {
    host.writeConfig(change(host.configText()));
    mkdirSync(host.app, { recursive: true });
    const [exitCode, said] = outcome(await host.step('maintenance-off', { id: 'v7', sha256: zeros }, EPOCH));
    expect([exitCode, said]).toEqual([65, expect.stringContaining(`malformed host.conf: ${text}`)]);
  });
});

test('where the disk is full, nothing is begun, and it runs once there is room', async () => {
  const release = await staged({ migrate: 'echo ran >>"$APP_DIR/ran"' });
  const args = ['migrate', '--release', 'v7', '--sha256', release.sha256, '--epoch', '7'];
  const result = await execute('bash', ['-c', 'trap "" XFSZ; ulimit -f 0; "$@"', 'bash', STEP_RUNNER, ...args], host.environment());
  expect(result.exitCode).toBe(73);
  expect(existsSync(path.join(host.app, 'ran'))).toBe(false);
  expect(await host.step('migrate', release, EPOCH)).toMatchObject({ exitCode: 0 });
  expect(host.file('ran')).toBe('ran\n');
});
