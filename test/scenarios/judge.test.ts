import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { type Ended, Fleet } from './fleet';
import { type Behaviour, GOOD } from './releases';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

/** What an execution's output and the history carry of a metric. */
interface Told {
  readonly metric: string;
  readonly verdict: string;
  readonly [figure: string]: unknown;
}

const COMMITTED: Behaviour = { errorRate: 0.002, latencySeconds: { median: 0.08, sigma: 0.6 } };

function metricsOf({ outcome }: Ended): Record<string, Told> {
  const { metrics } = outcome as unknown as { metrics: Told[] };
  return Object.fromEntries(metrics.map((metric) => [metric.metric, metric]));
}

const looks = ({ states }: Ended) => states.filter((state) => state === 'Analyse canary').length;

test('five times the errors at a tenth of the traffic are rolled back in minutes, with the figures', async () => {
  fleet = await Fleet.create({ committed: COMMITTED });
  fleet.release('r2', { ...COMMITTED, errorRate: 0.01 });
  const ended = await fleet.run({ release: 'r2' });
  expect(ended.outcome).toMatchObject({
    verdict: 'rolledBack',
    cause: expect.stringMatching(/^error rate: canary [01]\.\d\d % \(\d+ of /),
  });
  expect(looks(ended)).toBeLessThan(20);
  const { errorRate } = metricsOf(ended);
  expect(errorRate).toMatchObject({ verdict: 'fail', reason: 'evidence', limit: 200, critical: true, dryRun: false });
  expect(errorRate.evidence).toBeGreaterThanOrEqual(200);
  expect(errorRate.ratio).toBeGreaterThan(2);
  const [history] = fleet.table().filter((item) => item.release?.S === 'r2' && item.verdict !== undefined);
  expect(JSON.parse(history.metrics.S!)).toEqual((ended.outcome as unknown as { metrics: Told[] }).metrics);
  expect(history.plan.S).toMatch(/^error rate: a rise from 0\.\d\d % to 2\.\d\d % is found .*about \d+ minutes, at the cost of \d+ bad/);
  await fleet.lab.pass(15);
  await expectAtRest(fleet, 'r1');
});

test('half as slow again is rolled back, by a stack without a limit of its own', async () => {
  fleet = await Fleet.create({ stack: 'second', committed: COMMITTED });
  fleet.release('r2', { ...COMMITTED, latencySeconds: { median: 0.12, sigma: 0.6 } });
  const ended = await fleet.run({ release: 'r2' });
  expect(ended.outcome).toMatchObject({
    verdict: 'rolledBack',
    cause: expect.stringMatching(/^requests slower than 0\.\d\d\d s: canary \d\d\.\d\d % \(\d+ of /),
  });
  expect(looks(ended)).toBeLessThan(20);
  expect(metricsOf(ended)).toMatchObject({ errorRate: { verdict: expect.not.stringMatching('fail') }, latency: { verdict: 'fail' } });
});

test('bursts of errors that hit both groups do not stop a good release', async () => {
  const MINUTE = 60_000;
  let isWatched = () => false;
  const bursts = (now: number) => (isWatched() && Math.floor(now / MINUTE) % 9 < 2 ? 0.06 : 0);
  fleet = await Fleet.create({ committed: COMMITTED, traffic: { requestsPerMinute: () => 6000, sharedErrorRate: bursts } });
  isWatched = () => fleet.canaryWeight() > 0;
  fleet.release('r2', COMMITTED);
  const ended = await fleet.run({ release: 'r2' });
  expect(ended.outcome).toMatchObject({ verdict: 'promoted' });
  expect(metricsOf(ended).errorRate.stable).toBeGreaterThan(0.005);
});

test('an outage of the canary is seen in its first minutes, before they are settled', async () => {
  fleet = await Fleet.create({ committed: COMMITTED });
  fleet.release('r2', { ...COMMITTED, errorRate: 0.6 });
  const ended = await fleet.run({ release: 'r2' });
  expect(ended.outcome.cause).toMatch(/in one minute; no more evidence is needed$/);
  expect(looks(ended)).toBeLessThan(4);
});

describe('a metric of the owner’s own', () => {
  /** Every minute, so many orders of so many checkouts in each group. */
  function sell(orders: { readonly stable: number; readonly canary: number }): void {
    const { cloudWatch, context } = fleet.lab.account;
    const record = (metric: string, group: string, count: number) =>
      cloudWatch.record({ namespace: 'Store', metric, dimensions: { Group: group }, at: context.clock.now(), value: 1, count });
    const tick = () => {
      if (fleet.canaryWeight() > 0) {
        record('Checkouts', 'canary', 40);
        record('Orders', 'canary', orders.canary);
      }
      record('Checkouts', 'stable', 200);
      record('Orders', 'stable', orders.stable);
      context.clock.after(60_000, 'orders', tick);
    };
    tick();
  }

  test.each([
    ['that falls is rolled back', 3, 'rolledBack', /^orders of checkouts: canary \d+\.\d+ % \(\d+ of \d+ requests\), stable 30\.00 %/],
    ['that does not fall is promoted', 12, 'promoted', /orders of checkouts: canary 30\.00 %/],
  ])('%s', async (_, canary, verdict, cause) => {
    fleet = await Fleet.create({ stack: 'second', committed: GOOD });
    sell({ stable: 60, canary });
    fleet.release('r2', GOOD);
    const ended = await fleet.run({ release: 'r2' });
    expect(ended.outcome).toMatchObject({ verdict, cause: expect.stringMatching(cause) });
    expect(metricsOf(ended).emptySearches).toMatchObject({ dryRun: true, verdict: 'inconclusive', reason: 'noData' });
  });
});
