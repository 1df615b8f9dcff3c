import fc from 'fast-check';
import { pool } from '../../lambda/core/judge/pool';
import { judgeThresholds } from '../../lambda/core/judge/thresholds';
import { minutes, rates } from './minutes';

const errorRate = { errorRate: { ceiling: 0.05, relative: 2, floor: 0.005 }, minimumRequests: 100 };
const latency = { latency: { statistic: 'p95', ceiling: 1, relative: 1.5, floor: 0.1 }, minimumRequests: 100 };

test.each([
  ['clean', rates(0, 0), 'pass', 'threshold'],
  ['as bad as stable', rates(1, 9), 'pass', 'threshold'],
  ['twice as bad, within the floor', rates(0.4, 1.8), 'pass', 'threshold'],
  ['much worse than stable', rates(4, 1), 'fail', 'threshold'],
  ['above the ceiling', rates(6, 0), 'fail', 'threshold'],
  ['both above the ceiling', rates(8, 72), 'inconclusive', 'bothAboveCeiling'],
  ['both above the ceiling, canary far above', rates(50, 72), 'fail', 'threshold'],
  ['connection errors count', rates(0, 0, { connectionErrors: 6 }), 'fail', 'threshold'],
  ['too few requests', { ...rates(9, 0), canary: minutes(10, { requests: 9, targetErrors: 9 }) }, 'inconclusive', 'tooFewRequests'],
  ['nothing of the canary', { ...rates(0, 0), canary: minutes(10, {}) }, 'inconclusive', 'noData'],
  ['nothing of stable', { ...rates(0, 0), stable: minutes(10, {}) }, 'inconclusive', 'noData'],
  ['errors without requests', { ...rates(0, 0), canary: minutes(10, { targetErrors: 5 }) }, 'inconclusive', 'noData'],
  ['not a number', { ...rates(0, 0), canary: minutes(10, { requests: Number.NaN, targetErrors: Number.NaN }) }, 'inconclusive', 'noData'],
] as const)('error rate, %s', (_, evidence, verdict, reason) => {
  expect(judgeThresholds(evidence, errorRate)).toMatchObject([{ metric: 'errorRateThreshold', verdict, reason, critical: true }]);
});

test.each([
  ['as stable', { latency: 0.2 }, 0.2, 'pass'],
  ['slower, within the floor', { latency: 0.09 }, 0.05, 'pass'],
  ['half as slow again', { latency: 0.61 }, 0.4, 'fail'],
  ['above the ceiling', { latency: 1.1 }, 0.9, 'fail'],
  ['both above the ceiling', { latency: 1.3 }, 1.2, 'inconclusive'],
  ['no times of the canary', {}, 0.2, 'inconclusive'],
] as const)('latency, %s', (_, canary, stable, verdict) => {
  const evidence = { canary: minutes(5, { requests: 100, ...canary }), stable: minutes(5, { requests: 900, latency: stable }) };
  expect(judgeThresholds(evidence, latency)).toMatchObject([{ metric: 'latencyThreshold', verdict }]);
});

test('the sentence has values, counts and the limit', () => {
  const [metric] = judgeThresholds(rates(8, 1), errorRate);
  expect(metric.sentence).toBe(
    'error rate: canary 8.00 % (80 of 1,000 requests), stable 0.11 % (10 of 9,000 requests); the limit beside stable is 0.61 %',
  );
  expect(metric).toMatchObject({ canary: 0.08, canaryRequests: 1000, canaryBad: 80, stableRequests: 9000, stableBad: 10, evidence: null });
});

test('minutes are weighed by their requests', () => {
  const [one] = minutes(1, { requests: 900, latency: 0.1 });
  const [two] = minutes(1, { requests: 100, latency: 1.1 });
  const [three] = minutes(1, { latency: 50 });
  expect(pool([one, two, three])).toEqual({ minutes: 2, requests: 1000, bad: 0, latency: 0.2, timedRequests: 1000 });
});

test('latency in a few minutes is not judged, and only timed requests count', () => {
  const stable = minutes(10, { requests: 900, latency: 0.2 });
  const oneMinute = { stable, canary: [...minutes(1, { requests: 1000, latency: 0.2 }), ...minutes(9, { requests: 100 }, 1)] };
  const fewRequests = { stable, canary: [...minutes(5, { requests: 9, latency: 0.2 }), ...minutes(5, { requests: 100 }, 5)] };
  for (const evidence of [oneMinute, fewRequests]) expect(judgeThresholds(evidence, latency)).toMatchObject([{ verdict: 'inconclusive' }]);
});

const values = fc.record(
  {
    requests: fc.integer({ min: 0, max: 1000 }),
    targetErrors: fc.integer({ min: 0, max: 1000 }),
    connectionErrors: fc.integer({ min: 0, max: 1000 }),
  },
  { requiredKeys: [] },
);
const anyMinutes = fc.array(fc.record({ at: fc.nat(), values: values as fc.Arbitrary<Record<string, number>> }), { maxLength: 40 });

test('without enough requests to the canary nothing passes and nothing fails', () => {
  fc.assert(
    fc.property(anyMinutes, anyMinutes, (canary, stable) => {
      const few = canary.map((minute) => ({ ...minute, values: { ...minute.values, requests: (minute.values.requests ?? 0) % 3 } }));
      fc.pre(pool(few).requests < 100);
      expect(judgeThresholds({ canary: few, stable }, errorRate)).toMatchObject([{ verdict: 'inconclusive' }]);
    }),
  );
});

test('more errors of the canary never turn a fail into a pass', () => {
  fc.assert(
    fc.property(anyMinutes, anyMinutes, fc.integer({ min: 1, max: 500 }), (canary, stable, extra) => {
      fc.pre(judgeThresholds({ canary, stable }, errorRate)[0].verdict === 'fail');
      const worse = canary.map(({ at, values }) => ({ at, values: { ...values, targetErrors: (values.targetErrors ?? 0) + extra } }));
      expect(judgeThresholds({ canary: worse, stable }, errorRate)[0].verdict).toBe('fail');
    }),
  );
});
