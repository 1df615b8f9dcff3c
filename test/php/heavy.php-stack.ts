import { pointer, upload } from '../host/test-host';
import { TinyAws } from '../host/tiny-aws';
import { heavy, releasesOf } from './applications';
import { Load, percentile } from './load';
import { PhpInstance } from './php-instance';

/** How long after a switch its requests are watched, and how long the load is steady before and after staging, in milliseconds. */
const AFTER = 2_000;
const STEADY = 2_000;
/** The tests may share the machine, so the median of some pairs of measurements counts. */
const PAIRS = 3;
/** With prewarming, the worst request takes at most a tenth of what it takes without. */
const PROMISED = 10;

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
  await pause(STEADY);
  const staging = performance.now();
  expect(await instance.host.stage(release, epoch)).toMatchObject({ exitCode: 0, stderr: '' });
  const staged = performance.now();
  await pause(STEADY);
  const begun = performance.now();
  expect(await instance.host.activate(release, epoch)).toMatchObject({ exitCode: 0 });
  await pause(AFTER);
  await load.stop();
  expect(load.answers.filter(({ status }) => status !== 200)).toEqual([]);
  // The host program works before it switches: what counts begins with the first request that the new release answered.
  const switched = Math.min(...load.answers.filter(({ page }) => releasesOf(page).includes(id)).map(({ sent }) => sent));
  const tooks = (from: number, to: number) => load.sentIn(from, to).map(({ took }) => took);
  return {
    steady: percentile(tooks(staged, begun), 0.99),
    staging: Math.max(...tooks(staging, staged)),
    worst: Math.max(...tooks(switched, switched + AFTER)),
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function told({ worst, steady, staging }: Measured): string {
  const [after, before, meanwhile] = [worst, steady, staging].map((took) => `${took.toFixed(0)} ms`);
  return `worst request of the ${AFTER / 1000} s after the switch ${after}, steady p99 ${before}, worst while staging ${meanwhile}`;
}

test('the worst request after the switch to a heavy release takes a tenth of the time where it was prewarmed', async () => {
  const factors: number[] = [];
  for (let pair = 1; pair <= PAIRS; pair++) {
    const cold = await measure(`cold${pair}`, 2 * pair, 'pub');
    const warm = await measure(`warm${pair}`, 2 * pair + 1, '');
    factors.push(cold.worst / warm.worst);
    console.log(`prewarmed: ${told(warm)}\nnot prewarmed: ${told(cold)}\na factor of ${factors.at(-1)!.toFixed(1)}`);
  }
  expect(percentile(factors, 0.5)).toBeGreaterThanOrEqual(PROMISED);
}, 180_000);
