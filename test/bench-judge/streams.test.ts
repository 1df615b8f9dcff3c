import { type ErrorScenario, MINUTES, type Scenario } from '../../bench/judge/scenario';
import { SCENARIOS } from '../../bench/judge/scenarios';
import { SEEDS } from '../../bench/judge/seeds';
import { binomial, logFactorial, poisson } from '../../bench/judge/streams/counting';
import { drawWatch } from '../../bench/judge/streams/draw';
import { upperQuantile, upperTail } from '../../bench/judge/streams/normal';
import { autoregressive, bursts } from '../../bench/judge/streams/processes';
import { Random } from '../../bench/judge/streams/random';
import { emptyWatch, type Watch } from '../../bench/judge/watch';

const DRAWS = 20_000;

function random(): Random {
  const source = new Random();
  source.seed(1);
  return source;
}

function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1) };
}

function draw(one: () => number) {
  return moments(Array.from({ length: DRAWS }, one));
}

/** Within five standard errors of a mean, and within 8 % of a variance. */
function expectMoments({ mean, variance }: { mean: number; variance: number }, expected: { mean: number; variance: number }): void {
  expect(Math.abs(mean - expected.mean)).toBeLessThan(5 * Math.sqrt(expected.variance / DRAWS));
  expect(Math.abs(variance / expected.variance - 1)).toBeLessThan(0.08);
}

test.each([0.3, 4, 9.9, 10.1, 60, 6000])('Poisson counts of mean %p', (mean) => {
  const source = random();
  expectMoments(
    draw(() => poisson(source, mean)),
    { mean, variance: mean },
  );
});

test.each([
  [600, 0.002],
  [5400, 0.002],
  [600, 0.1],
  [60, 0.5],
  [6000, 0.9],
  [3, 0.4],
])('binomial counts of %p trials at %p', (trials, p) => {
  const source = random();
  expectMoments(
    draw(() => binomial(source, trials, p)),
    { mean: trials * p, variance: trials * p * (1 - p) },
  );
});

test('normal, exponential and geometric draws', () => {
  const source = random();
  expectMoments(
    draw(() => source.normal()),
    { mean: 0, variance: 1 },
  );
  expectMoments(
    draw(() => source.exponential(3)),
    { mean: 3, variance: 9 },
  );
  expectMoments(
    draw(() => source.geometric(5)),
    { mean: 5, variance: 20 },
  );
  expect(source.geometric(1)).toBe(1);
});

test('an autoregressive process remembers 0.8 of the minute before', () => {
  const values = autoregressive(random(), new Float64Array(DRAWS), DRAWS, 0.15);
  expect(moments([...values]).variance).toBeCloseTo(0.15 ** 2, 2);
  const product = values.subarray(1).reduce((sum, value, minute) => sum + value * values[minute], 0) / (DRAWS - 1);
  expect(product / 0.15 ** 2).toBeCloseTo(0.8, 1);
});

test('bursts are 1 to 3 minutes long and 15 minutes apart on average', () => {
  const minutes = bursts(random(), new Uint8Array(DRAWS), DRAWS);
  const runs = (value: number) => [...minutes.join('').matchAll(new RegExp(`${value}+`, 'g'))].map(([run]) => run.length);
  expect(Math.max(...runs(1))).toBeLessThanOrEqual(3);
  expect(moments(runs(1)).mean).toBeCloseTo(2, 0);
  expect(Math.abs(moments(runs(0)).mean - 15)).toBeLessThan(2);
});

test('tails and factorials', () => {
  expect(upperTail(1.644_854)).toBeCloseTo(0.05, 6);
  expect(upperTail(-1)).toBeCloseTo(0.841_345, 6);
  expect(upperQuantile(0.01)).toBeCloseTo(2.326_348, 4);
  expect(Math.exp(logFactorial(5))).toBeCloseTo(120, 9);
  expect(logFactorial(20)).toBeCloseTo(42.335_616_460_753_485, 9);
});

function watches(scenario: Scenario, replications: readonly number[], read: (watch: Watch) => number): number[] {
  const source = new Random();
  const watch = emptyWatch();
  return replications.map((replication) => {
    drawWatch(source, SEEDS.tuning, scenario, replication, watch);
    return read(watch);
  });
}

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const find = (id: string) => SCENARIOS.find((scenario) => scenario.id === id)!;
const MANY = Array.from({ length: 100 }, (_, replication) => replication);

test('a replication is the same whichever were drawn before', () => {
  for (const scenario of SCENARIOS) {
    const read = ({ counts, oracle }: Watch) => sum(counts.canaryBad) + sum(counts.stableBad) + sum(oracle);
    const inOrder = watches(scenario, [0, 1, 2, 3], read);
    expect(watches(scenario, [3, 1], read)).toEqual([inOrder[3], inOrder[1]]);
    expect(new Set(inOrder).size).toBe(4);
  }
});

test('both seeds differ', () => {
  expect(SEEDS.tuning).not.toBe(SEEDS.report);
});

test.each(SCENARIOS.filter((scenario) => scenario.metric === 'errors' && !scenario.bursts && !scenario.flakes).map(({ id }) => id))(
  '%s has the traffic and the error rates that it says',
  (id) => {
    const { requestsPerMinute, stableRate, canaryRate, onset = 0, clusterMean = 1, shareDrift = 0 } = find(id) as ErrorScenario;
    const requests = watches(find(id), MANY, ({ counts }) => sum(counts.stableRequests) + sum(counts.canaryRequests));
    expect(moments(requests).mean / (MINUTES * requestsPerMinute)).toBeCloseTo(1, 1);
    const share =
      watches(find(id), MANY, ({ counts }) => sum(counts.canaryRequests)).reduce((a, b) => a + b, 0) / requests.reduce((a, b) => a + b, 0);
    expect(share).toBeCloseTo(0.1 * Math.exp(shareDrift ** 2 / 2), 2);
    const rate = (expected: number, read: (watch: Watch) => [bad: number, requests: number]) => {
      const pairs: [number, number][] = [];
      watches(find(id), MANY, (watch) => pairs.push(read(watch)));
      const [bad, all] = [0, 1].map((index) => pairs.reduce((total, pair) => total + pair[index], 0));
      const standardError = Math.sqrt((expected * (2 * clusterMean - 1)) / all);
      expect(Math.abs(bad / all - expected)).toBeLessThan(5 * standardError);
    };
    rate(stableRate, ({ counts }) => [sum(counts.stableBad), sum(counts.stableRequests)]);
    rate(canaryRate, ({ counts }) => [sum(counts.canaryBad.subarray(onset)), sum(counts.canaryRequests.subarray(onset))]);
    if (onset > 0)
      rate(stableRate, ({ counts }) => [sum(counts.canaryBad.subarray(0, onset)), sum(counts.canaryRequests.subarray(0, onset))]);
  },
);

test('one request in twenty, and one in a hundred, is slower than the percentiles of a steady history', () => {
  const scenario: Scenario = { ...find('LN1'), metric: 'latency', factor: 1, canaryDrift: 0 };
  const shares = (part: 'counts' | 'tail') =>
    watches(scenario, MANY, (watch) => sum(watch[part].stableBad) / sum(watch[part].stableRequests));
  expect(Math.abs(moments(shares('counts')).mean - 0.05)).toBeLessThan(0.003);
  expect(Math.abs(moments(shares('tail')).mean - 0.01)).toBeLessThan(0.001);
});

test('delayed requests are beyond both percentiles', () => {
  const extra = (part: 'counts' | 'tail') =>
    moments(
      watches(
        find('LB4'),
        MANY,
        (watch) =>
          sum(watch[part].canaryBad) / sum(watch[part].canaryRequests) - sum(watch[part].stableBad) / sum(watch[part].stableRequests),
      ),
    ).mean;
  expect(extra('counts')).toBeCloseTo(0.02, 2);
  expect(extra('tail')).toBeCloseTo(0.02, 2);
});
