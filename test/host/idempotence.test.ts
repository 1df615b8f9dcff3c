import fc from 'fast-check';
import { build, PLACEHOLDER, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const releases = ['v1', 'v2', 'v3'].map((id) => build(id, { 'health.txt': '200' })).concat(build('sick', { 'health.txt': '503' }));
const release = fc.constantFrom(...releases);

/** One command, and the pointer that it is run under. */
const step = fc.record({
  name: fc.constantFrom('stage', 'check', 'activate', 'activate', 'revert', 'sync', 'prune'),
  release,
  committed: release,
  phase: fc.constantFrom('checking', 'deploying', 'promoting', 'promoted'),
  ahead: fc.constantFrom(0, 0, 1),
});

let aws: TinyAws;
beforeAll(async () => {
  aws = await TinyAws.start();
  upload(aws, ...releases);
  aws.put('assets/placeholder.tar.gz', PLACEHOLDER.archive);
});
afterAll(() => aws.stop());

test('a command that is run twice leaves what it left the first time', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 12, size: 'max' }), async (steps) => {
      const host = new TestHost(aws);
      aws.health = () => (host.list('current/').includes('health.txt') ? Number(host.file('current/health.txt')) : 200);
      let epoch = 1;
      for (const { name, release, committed, phase, ahead } of steps) {
        epoch += ahead;
        aws.put('artifacts/fleets/shop/stable', pointer(epoch, phase, committed, release));
        const named = ['--release', release.id, '--epoch', String(epoch)];
        const short: Record<string, string[]> = { revert: named, sync: [], prune: ['--keep', '1'] };
        const args = short[name] ?? [...named, '--sha256', release.sha256];
        const once = { result: await host.run([name, ...args]), status: await host.status() };
        const twice = { result: await host.run([name, ...args]), status: await host.status() };
        expect(twice.status).toEqual(once.status);
        expect(twice.result.exitCode).toBe(once.result.exitCode);
      }
      host.remove();
    }),
    { numRuns: 4, endOnFailure: true },
  );
});
