import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BuiltRelease, build, PLACEHOLDER, PROGRAM, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

// bash reads this file before the program: it counts simple commands, in functions and subshells too, and kills at the one asked for.
const KILLER = `
set -T
trap 'COUNT=$((COUNT + 1)); [ -z "\${TRACE_TO:-}" ] || echo "$COUNT $LINENO" >>"$TRACE_TO"; [ "$COUNT" != "\${KILL_AT:-}" ] || kill -9 $$' DEBUG
`;
/** Lines of the program that may change the disk. Between two of them a kill finds the same disk, so one point is enough. */
const CHANGES_DISK = /\b(put|mv|ln|rm|mkdir|tar|sync|chmod|exec 9)\b|[^>]>"|-o "/;
const EVERY = 97;

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
let killer: string;
let template: TestHost;
beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'asg-canary-kill-'));
  killer = path.join(scratch, 'killer.bash');
  writeFileSync(killer, KILLER);
  aws = await TinyAws.start();
  upload(aws, v1, v2, v3, sick);
  aws.put('assets/placeholder.tar.gz', PLACEHOLDER.archive);
  template = new TestHost(aws);
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
    expect(existsSync(path.join(host.app, '.asg-canary/sha256', place === 'current' ? host.current()! : id))).toBe(true);
  }
}

/** The numbers of the commands at which the run is killed. */
async function killPoints(start: TestHost, each: Case): Promise<number[]> {
  const trace = path.join(scratch, 'trace');
  const host = start.copy();
  expect(await host.run(each.args, { BASH_ENV: killer, TRACE_TO: trace })).toMatchObject({ exitCode: each.exitCode });
  host.remove();
  const source = readFileSync(PROGRAM, 'utf8').split('\n');
  const steps = readFileSync(trace, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  rmSync(trace);
  const chosen = steps.filter(([count, line]) => CHANGES_DISK.test(source[line - 1]) || count % EVERY === 0);
  return [...new Set(chosen.map(([count]) => count))];
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
    const points = await killPoints(start, each);
    const undisturbed = start.copy();
    await undisturbed.run(each.args);
    const expected = await undisturbed.status();
    expect(points.length).toBeGreaterThan(10);

    await atATime(3, points, async (point) => {
      const host = start.copy();
      const killed = await host.run(each.args, { BASH_ENV: killer, KILL_AT: String(point) });
      expect({ point, exitCode: killed.exitCode }).toEqual({ point, exitCode: undefined });
      expectWhole(host);
      const next = await host.run(each.args);
      expectWhole(host);
      expect({ point, ...(await host.status()) }).toEqual({ point, ...expected });
      expect({ point, exitCode: next.exitCode }).toEqual({ point, exitCode: each.exitCode });
      expect(host.list('releases').filter((name) => name.startsWith('.'))).toEqual([]);
      host.remove();
    });
    start.remove();
    undisturbed.remove();
  },
);
