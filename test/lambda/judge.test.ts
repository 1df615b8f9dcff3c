import type { Evidence } from '../../lambda/core/judge/evidence';
import { type Case, judge } from '../../lambda/core/judge/judge';
import type { CustomMetricConfig } from '../../lib/deployment/contract';
import { ANALYSIS, minutes, PLAN } from './minutes';

const source = (metricName: string) => ({ namespace: 'Shop', metricName, dimensions: {} });
const pair = { count: source('Orders'), total: source('Checkouts') };
const orders: CustomMetricConfig = {
  id: 'orders',
  name: 'orders of checkouts',
  kind: 'mustNotFall',
  stable: pair,
  canary: pair,
  critical: true,
  dryRun: false,
  smallestEffect: { ratio: 1.5, difference: 0 },
  delayMinutes: 0,
};
const nothing: Evidence = { stable: [], canary: [] };
const NORMAL = { requests: 9000, targetErrors: 18, timed: 9000, slow95: 450, slow99: 90, 'orders.count': 180, 'orders.total': 600 };
/** Half an hour of normal traffic, a tenth of it to the canary, with other values of the canary. */
const halfHour = (canary: Record<string, number> = {}, stable: Record<string, number> = {}): Evidence => ({
  stable: minutes(30, { ...NORMAL, ...stable }),
  canary: minutes(30, {
    requests: 1000,
    targetErrors: 2,
    timed: 1000,
    slow95: 50,
    slow99: 10,
    'orders.count': 20,
    'orders.total': 66,
    ...canary,
  }),
});
const judged = (settled: Evidence, more: Partial<Case> = {}) =>
  judge({
    settled,
    unsettled: nothing,
    shifts: [new Date(-180_000).toISOString()],
    expected: { errorRate: 0.002, custom: { orders: 0.3 } },
    bounds: { tau95: 0.214, tau99: 0.48 },
    plan: PLAN,
    analysis: ANALYSIS,
    custom: [],
    ...more,
  });
const byId = (judgement: ReturnType<typeof judge>) => Object.fromEntries(judgement.metrics.map((metric) => [metric.metric, metric]));

test('a canary as good as stable passes on every metric', () => {
  const judgement = judged(halfHour(), { custom: [orders] });
  expect(judgement.metrics.map(({ metric, verdict }) => [metric, verdict])).toEqual([
    ['errorRate', 'pass'],
    ['latency', 'pass'],
    ['orders', 'pass'],
  ]);
  expect(judgement.verdict).toBe('pass');
});

test.each([
  ['more errors', { targetErrors: 12 }, 'errorRate', /^error rate: canary 1\.20 % \(360 of 30,000 requests\), stable 0\.20 %/],
  ['requests that nobody answered', { connectionErrors: 12 }, 'errorRate', /^error rate: canary 1\.40 %/],
  ['slower answers', { slow95: 160, slow99: 40 }, 'latency', /^requests slower than 0\.214 s: canary 16\.00 %.*slower than 0\.480 s/],
  ['fewer orders', { 'orders.count': 8 }, 'orders', /^orders of checkouts: canary 12\.12 %/],
])('%s fail the canary', (_, values, id, sentence) => {
  const judgement = judged(halfHour(values), { custom: [orders] });
  expect(judgement.verdict).toBe('fail');
  const metrics = byId(judgement);
  expect(Object.values(metrics).filter(({ verdict }) => verdict === 'fail')).toEqual([metrics[id]]);
  expect(metrics[id].sentence).toMatch(sentence);
  expect(metrics[id].evidence).toBeGreaterThanOrEqual(metrics[id].limit!);
});

test('a metric in a dry run is reported and decides nothing', () => {
  const judgement = judged(halfHour({ 'orders.count': 8 }), { custom: [{ ...orders, dryRun: true }] });
  expect(judgement.verdict).toBe('pass');
  expect(byId(judgement).orders).toMatchObject({ verdict: 'fail', dryRun: true });
});

test('a metric that is not critical holds nothing up without data, and still fails what is bad', () => {
  const optional = { ...orders, critical: false };
  const missing = { 'orders.total': 0 };
  expect(judged(halfHour(missing), { custom: [optional] }).verdict).toBe('pass');
  expect(judged(halfHour(missing), { custom: [orders] }).verdict).toBe('inconclusive');
  expect(judged(halfHour({ 'orders.count': 8 }), { custom: [optional] }).verdict).toBe('fail');
});

test('metrics that decide share alpha', () => {
  const limits = (custom: CustomMetricConfig[]) => judged(halfHour(), { custom }).metrics.map(({ limit }) => limit);
  expect(limits([])).toEqual([200, 200]);
  expect(limits([orders])).toEqual([300, 300, 300]);
  expect(limits([{ ...orders, dryRun: true }])).toEqual([200, 200, 200]);
});

test('without bounds latency is not judged, and holds nothing up', () => {
  const judgement = judged(halfHour({ timed: 0 }, { timed: 0 }), { bounds: undefined });
  expect(judgement.verdict).toBe('pass');
  expect(byId(judgement).latency).toMatchObject({
    verdict: 'inconclusive',
    critical: false,
    sentence: expect.stringMatching(/not judged/),
  });
});

test('response times that are missing now, but were there before, are no pass', () => {
  expect(judged(halfHour({ timed: 0 }, { timed: 0 })).verdict).toBe('inconclusive');
});

test('a minute that has not settled can fail a canary, and cannot save one', () => {
  const unsettled = (targetErrors: number): Evidence => ({
    stable: minutes(1, { requests: 900, targetErrors: 2 }),
    canary: minutes(1, { requests: 100, targetErrors }),
  });
  expect(judged(nothing, { unsettled: unsettled(40) })).toMatchObject({ verdict: 'fail', metrics: [{ reason: 'fastGuard' }, {}] });
  expect(judged(nothing, { unsettled: unsettled(0) }).verdict).toBe('inconclusive');
});

test('a fixed limit fails what the evidence would let pass', () => {
  const analysis = { ...ANALYSIS, thresholds: { errorRate: { relative: 1, floor: 0.0001 }, minimumRequests: 100 } };
  const clean = halfHour({ targetErrors: 1 }, { targetErrors: 7 });
  expect(judged(clean).verdict).toBe('pass');
  expect(judged(clean, { analysis })).toMatchObject({
    verdict: 'fail',
    metrics: [{}, {}, { metric: 'errorRateThreshold', verdict: 'fail' }],
  });
});

test('late data gives the same verdict as having had it', () => {
  const late = halfHour({ targetErrors: 12 });
  const early = { ...late, canary: late.canary.map((minute, index) => (index > 25 ? { ...minute, values: {} } : minute)) };
  judged(early);
  expect(judged(late)).toEqual(judged(halfHour({ targetErrors: 12 })));
});

test('a canary needs the requests that were planned, though stable is calmer than in the hour before', () => {
  const calm = halfHour({ requests: 20, targetErrors: 0, timed: 20, slow95: 1, slow99: 0 }, { targetErrors: 1, slow95: 200, slow99: 40 });
  expect(byId(judged(calm)).errorRate).toMatchObject({ verdict: 'pass' });
  expect(byId(judged(calm)).latency).toMatchObject({ verdict: 'pass' });
  expect(byId(judged(calm, { expected: { errorRate: 0.02, custom: {} } })).errorRate).toMatchObject({ verdict: 'pass' });
  expect(byId(judged(calm, { expected: { errorRate: 0.006, custom: {} } })).errorRate.reason).toBe('tooFewRequests');
});
