import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { type HostIo, ModelHost } from '../../lab/world/model/model-host';
import { archive } from '../host/archive';
import { sha256 } from '../host/signature';
import { type BuiltRelease, build, built, message, PLACEHOLDER, PROGRAM, pointer, TestHost, upload } from '../host/test-host';
import { TinyAws } from '../host/tiny-aws';

const HEALTHY = ['v1', 'v2', 'v3'].map((id) => build(id, { 'index.html': id, 'health.txt': '200' }));
const SICK = build('sick', { 'index.html': 'sick', 'health.txt': '503' });
const LOST = build('lost');
const TORN = built('torn', HEALTHY[0].archive.subarray(0, 150));
const TAMPERED = build('tampered');
const ESCAPING = built('escaping', archive([{ name: '../escaped', content: 'x' }]));
const RELEASES = [...HEALTHY, SICK, LOST, TORN, TAMPERED, ESCAPING];
/** Fails where the release has a file that is called after the event. */
const HOOK = '#!/bin/bash\n[ ! -e "$3/$1" ] || { echo "first line"; echo "$1 of $2 refused"; exit 3; }\n';
const HOOKED = ['unpacked', 'staged', 'activated', 'reverted'].map((event) =>
  build(event, { 'index.html': event, 'health.txt': '200', [event]: '' }),
);
const POINTER = 'artifacts/fleets/shop/';

type Step = { readonly write: string; readonly body: string | undefined } | { readonly run: readonly string[] };
/** Steps of the fleet's n-th deployment. */
type Part = (n: number) => readonly Step[];

function run(...words: string[]): Step {
  return { run: words };
}

function order(command: string, release: BuiltRelease, epoch: number, digest = release.sha256): Step {
  const sha = command === 'revert' ? [] : ['--sha256', digest];
  return run(command, '--release', release.id, ...sha, '--epoch', String(Math.max(0, epoch)));
}

const release = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...HEALTHY) },
  { weight: 2, arbitrary: fc.constantFrom(...RELEASES) },
  { weight: 2, arbitrary: fc.constantFrom(...HOOKED) },
);
const command: fc.Arbitrary<Part> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc
      .record({
        name: fc.constantFrom('stage', 'activate', 'activate', 'revert', 'revert'),
        release,
        late: fc.constantFrom(0, 0, 0, 0, 0, 1, 2, -1),
        digest: fc.constantFrom(undefined, undefined, undefined, undefined, '0'.repeat(64)),
      })
      .map(({ name, release, late, digest }) => (n: number) => [order(name, release, n - late, digest)]),
  },
  { weight: 4, arbitrary: fc.constantFrom(run('sync'), run('sync', '--boot')).map((step) => () => [step]) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 3 }).map((keep) => () => [run('prune', '--keep', String(keep))]) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(
        run('prune', '--keep', '0'),
        run('prune'),
        run('stage', '--release', '../v1'),
        run('sync', '--boot', '--boot'),
        run('revert', '--release', 'v1'),
        run('constructor'),
        run(),
      )
      .map((step) => () => [step]),
  },
);

/** What a deployer does in one epoch: it writes the pointer, hosts activate or converge, and it commits or goes back. */
const deployment: fc.Arbitrary<Part> = fc
  .record({
    phase: fc.constantFrom('deploying', 'promoting', 'promoting', 'promoted'),
    committed: fc.oneof(release, fc.constantFrom(...HEALTHY, undefined)),
    candidate: release,
    extra: fc.array(command, { maxLength: 2 }),
    activates: fc.boolean(),
    ending: fc.constantFrom('commit', 'revert', 'nothing'),
  })
  .map(({ phase, committed, candidate, extra, activates, ending }) => (n: number) => {
    const endings: Record<string, readonly Step[]> = {
      commit: [{ write: POINTER, body: pointer(n, 'idle', candidate) }, run('sync')],
      revert: [order('revert', candidate, n), { write: POINTER, body: pointer(n, 'idle', committed) }, run('sync')],
      nothing: [],
    };
    return [
      { write: POINTER, body: pointer(n, phase, committed, candidate) },
      activates ? order('activate', candidate, n) : run('sync'),
      ...extra.flatMap((part) => part(n)),
      ...endings[ending],
    ];
  });

const oddPointer: fc.Arbitrary<Part> = fc
  .constantFrom(
    undefined,
    '',
    'asg-canary-pointer 2\n',
    pointer(1, 'resting'),
    pointer(1, 'idle', { id: 'v1', sha256: '' }),
    `${pointer(1, 'idle')}\n`,
  )
  .map((body) => () => [{ write: POINTER, body }, run('sync')]);

const script = fc
  .array(fc.oneof({ weight: 6, arbitrary: deployment }, { weight: 3, arbitrary: command }, { weight: 1, arbitrary: oddPointer }), {
    minLength: 6,
    maxLength: 9,
    size: 'max',
  })
  .map((parts) => parts.flatMap((part, index) => part(index + 1)));

let aws: TinyAws;
beforeAll(async () => {
  aws = await TinyAws.start();
});
afterAll(() => aws.stop());

/** Runs the steps on both hosts and compares exit code, message, status, the page served, the maintenance page and the launch's completion after each. */
async function compare(steps: readonly Step[], group: string): Promise<void> {
  aws.reset();
  upload(aws, ...RELEASES, ...HOOKED);
  aws.objects.delete('artifacts/releases/lost/release.tar.gz');
  aws.put('artifacts/releases/tampered/release.tar.gz', SICK.archive);
  aws.put('assets/placeholder.tar.gz', PLACEHOLDER.archive);
  const host = new TestHost(aws, { GROUP: group, GROUP_NAME: `shop-${group}`, HOOK: '/opt/hook' });
  host.install('/opt/hook', HOOK);
  const model = new ModelHost(host.configText(), sha256(readFileSync(PROGRAM)));
  const completions: string[] = [];
  const io: HostIo = {
    getObject: async (bucket, key) => aws.objects.get(`${bucket}/${key}`),
    probe: async () => Number(model.file('health.txt') ?? 200),
    completeLifecycleAction: async (result) => void completions.push(result),
    hook: async (event, release) => (event === release ? `${event} of ${release} refused` : undefined),
  };
  aws.health = () => (host.list('current/').includes('health.txt') ? Number(host.file('current/health.txt')) : 200);
  try {
    for (const [index, step] of steps.entries()) {
      if ('write' in step) {
        if (step.body === undefined) aws.objects.delete(step.write + group);
        else aws.put(step.write + group, step.body);
        continue;
      }
      const [real, modelled] = [await host.run(step.run), await model.run(step.run, io)];
      const [status, modelStatus] = [await host.run(['status']), await model.run(['status'], io)];
      const seen = {
        step: `${index}: ${step.run.join(' ')}`,
        exitCode: real.exitCode,
        message: message(real),
        status: status.stdout,
        page: host.current() === undefined ? undefined : host.file('current/index.html'),
        maintenance: existsSync(path.join(host.app, '.asg-canary/maintenance')),
        completions: aws.completions.map(({ result }) => result),
      };
      expect(seen).toEqual({
        step: seen.step,
        exitCode: modelled.exitCode,
        message: message(modelled),
        status: modelStatus.stdout,
        page: model.file('index.html'),
        maintenance: model.maintenance,
        completions,
      });
    }
    expect(aws.signatureFaults).toEqual([]);
  } finally {
    host.remove();
  }
}

test.each(['stable', 'canary'])('the model of a host in the %s group and the program do the same', async (group) => {
  await fc.assert(
    fc.asyncProperty(script, (steps) => compare(steps, group)),
    { numRuns: 5, endOnFailure: true },
  );
});

test.each(['checking', 'maintenance', 'migrated', 'promoted', 'idle'])(
  'both show the maintenance page alike in phase %s',
  async (phase) => {
    const [v1, v2] = HEALTHY;
    const write = (of: string): Step => ({ write: POINTER, body: pointer(1, of, v1, v2) });
    await compare([write('maintenance'), run('sync', '--boot'), write(phase), run('sync')], 'stable');
  },
);
