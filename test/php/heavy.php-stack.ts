import { pointer, upload } from '../host/test-host';
import { TinyAws } from '../host/tiny-aws';
import { heavy } from './applications';
import { Load, percentile } from './load';
import { PhpInstance } from './php-instance';

/** How long after a switch its requests are watched, and how long the load is steady before, in milliseconds. */
const AFTER = 2_000;
const STEADY = 3_000;
/** The tests may share the machine, so a bad measurement is repeated. */
const ATTEMPTS = 3;

let aws: TinyAws;
let instance: PhpInstance;
beforeAll(async () => {
  aws = await TinyAws.start();
  instance = await PhpInstance.start(aws, '127.42.0.1');
  const first = heavy('h0');
  upload(aws, first);
  await instance.serve(first, 1);
}, 60_000);
afterAll(async () => {
  await instance.stop();
  await aws.stop();
});

/** Answers under load, in milliseconds: the steady p99, and the worst request while the release was staged and after the switch. */
interface Measured {
  readonly steady: number;
  readonly staging: number;
  readonly worst: number;
}

/** Stages a new release and switches to it, both under load. */
async function measure(id: string, epoch: number, prewarm: string): Promise<Measured> {
  const release = heavy(id);
  upload(aws, release);
  aws.put('artifacts/fleets/shop/stable', pointer(epoch, 'promoting', undefined, release));
  instance.configure({ WARM_URLS: '', PREWARM: prewarm });
  const load = new Load([instance]);
  await new Promise((resolve) => setTimeout(resolve, STEADY));
  const staging = performance.now();
  expect(await instance.host.stage(release, epoch)).toMatchObject({ exitCode: 0, stderr: '' });
  const staged = performance.now();
  await new Promise((resolve) => setTimeout(resolve, STEADY));
  const begun = performance.now();
  expect(await instance.host.activate(release, epoch)).toMatchObject({ exitCode: 0 });
  await new Promise((resolve) => setTimeout(resolve, begun + AFTER - performance.now()));
  await load.stop();
  expect(load.answers.filter(({ status }) => status !== 200)).toEqual([]);
  const tooks = (from: number, to: number) => load.sentIn(from, to).map(({ took }) => took);
  return {
    steady: percentile(tooks(staged, begun), 0.99),
    staging: Math.max(...tooks(staging, staged)),
    worst: Math.max(...tooks(begun, begun + AFTER)),
  };
}

test('the first requests of a heavy release are fast where it was prewarmed', async () => {
  for (let attempt = 1; ; attempt++) {
    const cold = await measure(`cold${attempt}`, 2 * attempt, 'pub');
    const warm = await measure(`warm${attempt}`, 2 * attempt + 1, '');
    const told = ({ steady, staging, worst }: Measured) =>
      `worst request of the ${AFTER / 1000} s after the switch ${worst.toFixed(0)} ms, while staging ${staging.toFixed(0)} ms, ` +
      `steady p99 ${steady.toFixed(0)} ms`;
    console.log(`prewarmed: ${told(warm)}\nnot prewarmed: ${told(cold)}\na factor of ${(cold.worst / warm.worst).toFixed(1)}`);
    if (cold.worst >= 3 * warm.worst) return;
    expect(attempt).toBeLessThan(ATTEMPTS);
  }
}, 120_000);
