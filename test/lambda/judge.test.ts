import fc from 'fast-check';
import { judgeBake } from '../../lambda/core/judge/bake';
import { decideBake, decideCanary } from '../../lambda/core/judge/decide';
import type { Minute } from '../../lambda/core/judge/evidence';
import { pool } from '../../lambda/core/judge/evidence';
import { judge } from '../../lambda/core/judge/judge';
import type { AnalysisConfig } from '../../lib/deployment/contract';

const analysis: AnalysisConfig = {
  errorRate: { ceiling: 0.05, relative: 2, floor: 0.005 },
  minimumRequests: 100,
  settleMinutes: 2,
  onInconclusive: 'rollBack',
};
const timed: AnalysisConfig = { ...analysis, errorRate: undefined, latency: { statistic: 'p95', ceiling: 1, relative: 1.5, floor: 0.1 } };
const minutes = (count: number, values: Partial<Minute>): Minute[] =>
  Array.from({ length: count }, (_, index) => ({ at: index * 60_000, ...values }));
const silent = (from: number, count: number): Minute[] => Array.from({ length: count }, (_, index) => ({ at: (from + index) * 60_000 }));
const silentOfTimes = (from: number, count: number): Minute[] => silent(from, count).map((minute) => ({ ...minute, requests: 100 }));
const rates = (canaryErrors: number | undefined, stableErrors: number | undefined, more: Partial<Minute> = {}) => ({
  canary: minutes(10, { requests: 100, targetErrors: canaryErrors, ...more }),
  stable: minutes(10, { requests: 900, targetErrors: stableErrors }),
});

test.each([
  ['clean', rates(undefined, undefined), 'pass'],
  ['as bad as stable', rates(1, 9), 'pass'],
  ['twice as bad, within the floor', rates(0.4, 1.8), 'pass'],
  ['much worse than stable', rates(4, 1), 'fail'],
  ['above the ceiling', rates(6, undefined), 'fail'],
  ['both above the ceiling', rates(8, 72), 'inconclusive'],
  ['both above the ceiling, canary far above', rates(50, 72), 'fail'],
  ['connection errors count', rates(undefined, undefined, { connectionErrors: 6 }), 'fail'],
  ['too few requests', { ...rates(9, 0), canary: minutes(10, { requests: 9, targetErrors: 9 }) }, 'inconclusive'],
  ['nothing of the canary', { ...rates(0, 0), canary: minutes(10, {}) }, 'inconclusive'],
  ['nothing of stable', { ...rates(0, 0), stable: minutes(10, {}) }, 'inconclusive'],
  ['errors without requests', { ...rates(0, 0), canary: minutes(10, { targetErrors: 5 }) }, 'inconclusive'],
  ['not a number', { ...rates(0, 0), canary: minutes(10, { requests: Number.NaN, targetErrors: Number.NaN }) }, 'inconclusive'],
] as const)('error rate, %s', (_, evidence, verdict) => {
  expect(judge(evidence, analysis).verdict).toBe(verdict);
});

test.each([
  ['as stable', 0.2, 0.2, 'pass'],
  ['slower, within the floor', 0.09, 0.05, 'pass'],
  ['half as slow again', 0.61, 0.4, 'fail'],
  ['above the ceiling', 1.1, 0.9, 'fail'],
  ['both above the ceiling', 1.3, 1.2, 'inconclusive'],
  ['no times of the canary', undefined, 0.2, 'inconclusive'],
] as const)('latency, %s', (_, canary, stable, verdict) => {
  const evidence = { canary: minutes(5, { requests: 100, latency: canary }), stable: minutes(5, { requests: 900, latency: stable }) };
  expect(judge(evidence, timed).verdict).toBe(verdict);
});

test('the sentence has values, counts and the limit', () => {
  const [metric] = judge(rates(8, 1), analysis).metrics;
  expect(metric.sentence).toBe(
    'error rate: canary 8.00 % (80 of 1,000 requests), stable 0.11 % (10 of 9,000 requests); the limit beside stable is 0.61 %',
  );
  expect(metric).toMatchObject({ canary: 0.08, canaryRequests: 1000, stableRequests: 9000 });
});

test('minutes are weighed by their requests', () => {
  expect(
    pool([
      { at: 0, requests: 900, latency: 0.1 },
      { at: 60_000, requests: 100, latency: 1.1 },
      { at: 120_000, latency: 50 },
    ]),
  ).toEqual({ minutes: 2, requests: 1000, bad: 0, latency: 0.2, timedRequests: 1000 });
});

const gap = fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined });
const anyMinutes = fc.array(fc.record({ at: fc.nat(), requests: gap, targetErrors: gap, connectionErrors: gap }), { maxLength: 40 });

test('without enough requests to the canary nothing passes and nothing fails', () => {
  fc.assert(
    fc.property(anyMinutes, anyMinutes, (canary, stable) => {
      const few = canary.map((minute) => ({ ...minute, requests: minute.requests === undefined ? undefined : minute.requests % 3 }));
      fc.pre(pool(few).requests < 100);
      expect(judge({ canary: few, stable }, analysis).verdict).toBe('inconclusive');
    }),
  );
});

test('more errors of the canary never turn a fail into a pass', () => {
  fc.assert(
    fc.property(anyMinutes, anyMinutes, fc.integer({ min: 1, max: 500 }), (canary, stable, extra) => {
      fc.pre(judge({ canary, stable }, analysis).verdict === 'fail');
      const worse = canary.map((minute) => ({ ...minute, targetErrors: (minute.targetErrors ?? 0) + extra }));
      expect(judge({ canary: worse, stable }, analysis).verdict).toBe('fail');
    }),
  );
});

const plan = {
  steps: [
    { weight: 10, watchMinutes: 10 },
    { weight: 50, watchMinutes: 5 },
  ],
  minCanary: 1,
  wavePercent: 33,
  bakeMinutes: 15,
  bootMinutes: 15,
};
const at = (minute: number) => new Date(minute * 60_000).toISOString();
const good = { verdict: 'pass', metrics: [] } as const;
const bad = { verdict: 'fail', metrics: [] } as const;
const unclear = { verdict: 'inconclusive', metrics: [] } as const;
const decide = (
  judgement: typeof good | typeof bad | typeof unclear,
  minute: number,
  more: { step?: number; extend?: boolean; evidence?: { canary: Minute[]; stable: Minute[] } } = {},
) =>
  decideCanary(
    judgement,
    more.evidence ?? rates(0, 0),
    { plan, step: more.step ?? 0, shiftedAt: at(0), now: at(minute) },
    { ...analysis, onInconclusive: more.extend ? 'extend' : 'rollBack' },
  );

test('a bad canary goes at once, a good one when its minutes have settled', () => {
  expect(decide(bad, 1)).toBe('failed');
  expect(decide(good, 11)).toBe('continue');
  expect(decide(good, 12)).toBe('stepPassed');
  expect(decide(good, 7, { step: 1 })).toBe('passed');
});

test('an unclear canary goes at the end, or after twice the time', () => {
  expect(decide(unclear, 11)).toBe('continue');
  expect(decide(unclear, 12)).toBe('inconclusive');
  expect(decide(unclear, 12, { extend: true })).toBe('continue');
  expect(decide(unclear, 21, { extend: true })).toBe('continue');
  expect(decide(unclear, 22, { extend: true })).toBe('inconclusive');
});

test('a canary without data in most minutes does not pass', () => {
  const sparse = { stable: minutes(10, { requests: 900 }), canary: [...minutes(4, { requests: 100 }), ...minutes(6, {})] };
  expect(decide(good, 12, { evidence: sparse })).toBe('inconclusive');
  const missing = { stable: [...minutes(4, { requests: 900 }), ...minutes(6, {})], canary: minutes(10, { requests: 100 }) };
  expect(decide(good, 12, { evidence: missing })).toBe('inconclusive');
});

test('a step without data of its own does not pass on the evidence of the steps before', () => {
  const early = { stable: minutes(40, { requests: 900 }), canary: [...minutes(30, { requests: 100 }), ...silent(30, 10)] };
  const lastStep = (evidence: { canary: Minute[]; stable: Minute[] }) =>
    decideCanary(good, evidence, { plan, step: 1, shiftedAt: at(30), now: at(42) }, analysis);
  expect(lastStep(early)).toBe('inconclusive');
  expect(lastStep({ ...early, canary: minutes(40, { requests: 100 }) })).toBe('passed');
  expect(lastStep({ stable: [...minutes(30, { requests: 900 }), ...silent(30, 10)], canary: minutes(40, { requests: 100 }) })).toBe(
    'inconclusive',
  );
});

test('latency in a few minutes is not judged, and only timed requests count', () => {
  const sparse = {
    stable: minutes(10, { requests: 900, latency: 0.2 }),
    canary: [...minutes(1, { requests: 1000, latency: 0.2 }), ...silentOfTimes(1, 9)],
  };
  expect(judge(sparse, timed).verdict).toBe('inconclusive');
  const few = { ...sparse, canary: [...minutes(5, { requests: 9, latency: 0.2 }), ...silentOfTimes(5, 5)] };
  expect(judge(few, timed).verdict).toBe('inconclusive');
});

test('the bake goes back above a ceiling, and ends in time without data', () => {
  expect(judgeBake(minutes(5, { requests: 100, targetErrors: 6 }), analysis).verdict).toBe('fail');
  expect(judgeBake(minutes(5, { requests: 100, targetErrors: 5 }), analysis).verdict).toBe('pass');
  expect(judgeBake(minutes(5, { requests: 1, targetErrors: 1 }), analysis).verdict).toBe('inconclusive');
  const plan = { bakeMinutes: 15, settleMinutes: 2, goesBack: true };
  expect(decideBake(bad, at(0), at(1), plan)).toBe('failed');
  expect(decideBake(unclear, at(0), at(16), plan)).toBe('continue');
  expect(decideBake(unclear, at(0), at(17), plan)).toBe('passed');
});

test('a bake that is only reported ends in time, whatever it finds', () => {
  const plan = { bakeMinutes: 15, settleMinutes: 2, goesBack: false };
  expect(decideBake(bad, at(0), at(1), plan)).toBe('continue');
  expect(decideBake(bad, at(0), at(17), plan)).toBe('passed');
});
