import { judgeBake } from '../../lambda/core/judge/bake';
import { decideBake, decideCanary, decisive } from '../../lambda/core/judge/decide';
import type { Evidence } from '../../lambda/core/judge/evidence';
import { judge } from '../../lambda/core/judge/judge';
import type { Judgement, Verdict } from '../../lambda/core/judge/judgement';
import { ANALYSIS, minutes, PLAN, rates } from './minutes';

const at = (minute: number) => new Date(minute * 60_000).toISOString();
/** A judgement as of a real metric, with another verdict and reason. */
const found = (verdict: Verdict, reason: Judgement['metrics'][number]['reason'] = 'evidence'): Judgement => {
  const [metric] = judge({
    settled: rates(0, 0),
    unsettled: rates(0, 0),
    shifts: [at(0)],
    expected: { custom: {} },
    plan: PLAN,
    analysis: ANALYSIS,
    custom: [],
  }).metrics;
  return { verdict, metrics: [{ ...metric, verdict, reason }] };
};
const good = found('pass');
const bad = found('fail');
const unclear = found('inconclusive', 'noData');
const decide = (judgement: Judgement, minute: number, more: { step?: number; extend?: boolean; evidence?: Evidence } = {}) =>
  decideCanary(
    judgement,
    more.evidence ?? rates(0, 0),
    { plan: PLAN, step: more.step ?? 0, shiftedAt: at(0), now: at(minute) },
    { ...ANALYSIS, onInconclusive: more.extend ? 'extend' : 'rollBack' },
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

test('too few requests matter only at the last step, since the steps add up', () => {
  for (const few of ['tooFewRequests', 'tooFewMinutes'] as const) expect(decide(found('inconclusive', few), 12)).toBe('stepPassed');
  expect(decide(found('inconclusive', 'tooFewRequests'), 7, { step: 1 })).toBe('inconclusive');
  expect(decide(found('inconclusive', 'bothAboveCeiling'), 12)).toBe('inconclusive');
});

test('a canary without data in most minutes does not pass', () => {
  const half = (requests: number) => [...minutes(4, { requests }), ...minutes(6, {}, 4)];
  expect(decide(good, 12, { evidence: { stable: minutes(10, { requests: 900 }), canary: half(100) } })).toBe('inconclusive');
  expect(decide(good, 12, { evidence: { stable: half(900), canary: minutes(10, { requests: 100 }) } })).toBe('inconclusive');
  expect(decide(good, 12, { evidence: { stable: [], canary: [] } })).toBe('inconclusive');
});

test('a step without data of its own does not pass on the evidence of the steps before', () => {
  const all = { stable: minutes(40, { requests: 900 }), canary: minutes(40, { requests: 100 }) };
  const silentAtLast = (requests: number) => [...minutes(30, { requests }), ...minutes(10, {}, 30)];
  const lastStep = (evidence: Evidence) => decideCanary(good, evidence, { plan: PLAN, step: 1, shiftedAt: at(30), now: at(42) }, ANALYSIS);
  expect(lastStep(all)).toBe('passed');
  expect(lastStep({ ...all, canary: silentAtLast(100) })).toBe('inconclusive');
  expect(lastStep({ ...all, stable: silentAtLast(900) })).toBe('inconclusive');
});

test('the bake goes back above a ceiling, and ends in time without data', () => {
  const bake = (targetErrors: number, requests = 100) => judgeBake(minutes(5, { requests, targetErrors }), ANALYSIS).verdict;
  expect(bake(6)).toBe('fail');
  expect(bake(5)).toBe('pass');
  expect(bake(1, 1)).toBe('inconclusive');
  const plan = { bakeMinutes: 15, settleMinutes: 2, goesBack: true, alarmed: false };
  expect(decideBake(bad, at(0), at(1), plan)).toBe('failed');
  expect(decideBake(unclear, at(0), at(16), plan)).toBe('continue');
  expect(decideBake(unclear, at(0), at(17), plan)).toBe('passed');
  expect(decideBake(unclear, at(0), at(17), { ...plan, alarmed: true })).toBe('continue');
});

test('the bake holds stable against the ceiling of a threshold too', () => {
  const analysis = { ...ANALYSIS, thresholds: { latency: { statistic: 'p99', ceiling: 1, floor: 0 }, minimumRequests: 100 } };
  const bake = (latency: number) => judgeBake(minutes(5, { requests: 100, latency }), analysis);
  expect(bake(0.9).verdict).toBe('pass');
  expect(bake(1.1)).toMatchObject({ verdict: 'fail', metrics: [{ metric: 'errorRate' }, { metric: 'latencyThreshold', verdict: 'fail' }] });
});

test('a bake does not go back over a metric in a dry run', () => {
  const analysis = { ...ANALYSIS, errorRate: { ...ANALYSIS.errorRate, dryRun: true } };
  expect(judgeBake(minutes(5, { requests: 100, targetErrors: 50 }), analysis).verdict).toBe('pass');
});

test('a decision rests on what failed, on what holds up, or on all that counts', () => {
  const [metric] = good.metrics;
  const metrics = [
    { ...metric, metric: 'good' },
    { ...metric, metric: 'bad', verdict: 'fail' as const },
    { ...metric, metric: 'tried', verdict: 'fail' as const, dryRun: true },
    { ...metric, metric: 'unclear', verdict: 'inconclusive' as const },
    { ...metric, metric: 'optional', verdict: 'inconclusive' as const, critical: false },
  ];
  const names = (decision: Parameters<typeof decisive>[1]) => decisive({ verdict: 'fail', metrics }, decision).map((one) => one.metric);
  expect(names('failed')).toEqual(['bad']);
  expect(names('inconclusive')).toEqual(['unclear']);
  expect(names('passed')).toEqual(['good', 'bad', 'unclear', 'optional']);
});

test('a bake that is only reported ends in time, whatever it finds', () => {
  const plan = { bakeMinutes: 15, settleMinutes: 2, goesBack: false, alarmed: false };
  expect(decideBake(bad, at(0), at(1), plan)).toBe('continue');
  expect(decideBake(bad, at(0), at(17), plan)).toBe('passed');
});
