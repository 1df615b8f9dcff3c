import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Killer } from './killer';
import { type BuiltRelease, build, PLACEHOLDER, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

/** Links a shared folder into each release, and leaves for each event the release that it was called for last. */
const HOOK = `#!/bin/bash
app=\${3%/releases/*}
[ "$1" != unpacked ] || ln -s ../../shared/media "$3/media" || exit
mkdir -p "$app/told" && echo "$2" >"$app/told/$1"
`;

const files = (id: string) => ({ 'index.html': id, 'lib/code.txt': `code of ${id}`, 'health.txt': id === 'sick' ? '503' : '200' });
const [v1, v2, v3, sick] = ['v1', 'v2', 'v3', 'sick'].map((id) => build(id, files(id)));

interface Case {
  readonly args: readonly string[];
  readonly pointer: string;
  /** Commands that bring a new host to where the case begins. */
  readonly before: readonly (readonly string[])[];
  /** What an undisturbed run, and the run after a kill, ends with. */
  readonly exitCode: number;
}

const order = (command: string, release: BuiltRelease, epoch: number) => [
  command,
  '--release',
  release.id,
  ...(command === 'revert' ? [] : ['--sha256', release.sha256]),
  '--epoch',
  String(epoch),
];
const promoting = (release: BuiltRelease) => pointer(3, 'promoting', v2, release);
const cases: Record<string, Case> = {
  stage: { args: order('stage', v3, 3), pointer: promoting(v3), before: [], exitCode: 0 },
  activate: { args: order('activate', v3, 3), pointer: promoting(v3), before: [order('stage', v3, 3)], exitCode: 0 },
  'activate of a release that fails its probe': {
    args: order('activate', sick, 3),
    pointer: promoting(sick),
    before: [order('stage', sick, 3)],
    exitCode: 70,
  },
  revert: { args: order('revert', v3, 3), pointer: promoting(v3), before: [order('activate', v3, 3)], exitCode: 0 },
  sync: { args: ['sync'], pointer: pointer(3, 'promoted', v2, v3), before: [order('stage', v3, 3)], exitCode: 0 },
  prune: { args: ['prune', '--keep', '1'], pointer: promoting(v3), before: [order('stage', v3, 3), order('stage', sick, 3)], exitCode: 0 },
};

let aws: TinyAws;
let scratch: string;
let killer: Killer;
let template: TestHost;
beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'asg-canary-kill-'));
  killer = new Killer(scratch);
  aws = await TinyAws.start();
  upload(aws, v1, v2, v3, sick);
  aws.put('assets/placeholder.tar.gz', PLACEHOLDER.archive);
  template = new TestHost(aws, { HOOK: '/opt/hook' });
  template.install('/opt/hook', HOOK);
  mkdirSync(path.join(template.app, 'shared/media'), { recursive: true });
  writeFileSync(path.join(template.app, 'shared/media/logo'), 'logo');
  for (const [index, release] of [v1, v2].entries()) {
    aws.put('artifacts/fleets/shop/stable', pointer(index + 1, 'promoting', undefined, release));
    expect(await template.activate(release, index + 1)).toMatchObject({ exitCode: 0 });
  }
});
afterAll(async () => {
  template.remove();
  rmSync(scratch, { recursive: true });
  await aws.stop();
});

/** The promise: `current` leads to a whole release, and so does everything under `releases`. */
function expectWhole(host: TestHost): void {
  for (const place of [
    'current',
    ...host
      .list('releases')
      .filter((name) => !name.startsWith('.'))
      .map((name) => `releases/${name}`),
  ]) {
    const id = host.file(`${place}/index.html`);
    const content = Object.fromEntries(Object.keys(files(id)).map((name) => [name, host.file(`${place}/${name}`)]));
    expect(content).toEqual(files(id));
    expect(host.file(`${place}/media/logo`)).toBe('logo');
    expect(existsSync(path.join(host.app, '.asg-canary/sha256', place === 'current' ? host.current()! : id))).toBe(true);
  }
}

/** What the hook was told, by event. */
function told(host: TestHost): Record<string, string> {
  const folder = path.join(host.app, 'told');
  return Object.fromEntries(readdirSync(folder).map((event) => [event, readFileSync(path.join(folder, event), 'utf8').trim()]));
}

/** Does the work for every item, a few at a time. */
async function atATime<T>(count: number, items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: count }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}

test.each(Object.entries(cases))(
  'a kill at any point of %s leaves a whole release in service, and the next run completes',
  async (_name, each) => {
    const start = template.copy();
    aws.put('artifacts/fleets/shop/stable', each.pointer);
    for (const command of each.before) expect(await start.run(command)).toMatchObject({ exitCode: 0 });
    const undisturbed = start.copy();
    const points = await killer.points(undisturbed.app, async (environment) => {
      expect(await undisturbed.run(each.args, environment)).toMatchObject({ exitCode: each.exitCode });
    });
    const expected = { ...(await undisturbed.status()), told: told(undisturbed) };
    expect(points.length).toBeGreaterThanOrEqual(8);

    await atATime(3, points, async (point) => {
      const host = start.copy();
      const killed = await host.run(each.args, killer.at(point));
      expect({ point, exitCode: killed.exitCode }).toEqual({ point, exitCode: undefined });
      expectWhole(host);
      const next = await host.run(each.args);
      expectWhole(host);
      expect({ point, ...(await host.status()), told: told(host) }).toEqual({ point, ...expected });
      expect({ point, exitCode: next.exitCode }).toEqual({ point, exitCode: each.exitCode });
      expect(host.list('releases').filter((name) => name.startsWith('.'))).toEqual([]);
      host.remove();
    });
    start.remove();
    undisturbed.remove();
  },
  180_000,
);
