import { baselineOf, planInput } from '../../lambda/core/plan/baseline';
import { planDetection } from '../../lambda/core/plan/plan';
import type { CustomMetricConfig } from '../../lib/deployment/contract';
import { ANALYSIS, minutes, PLAN } from './minutes';

const source = { namespace: 'Shop', metricName: 'x', dimensions: {} };
const custom = (more: Partial<CustomMetricConfig> = {}): CustomMetricConfig => ({
  id: 'orders',
  name: 'orders',
  kind: 'mustNotFall',
  stable: { count: source, total: source },
  canary: { count: source, total: source },
  critical: true,
  dryRun: false,
  smallestEffect: { ratio: 1.5, difference: 0 },
  delayMinutes: 0,
  ...more,
});
const CAPACITY = { stableInService: 6, canaryMax: 2 };
const BUSY = { requests: 6000, targetErrors: 6, connectionErrors: 6, timed: 5900, p95: 0.2, p99: 0.5 };

test('an hour in figures', () => {
  const hour = minutes(60, { ...BUSY, 'orders.count': 30, 'orders.total': 120 });
  expect(baselineOf(hour, [custom()])).toEqual({
    minutes: 60,
    requestsPerMinute: 6000,
    errorRate: 0.002,
    bounds: { tau95: 0.2, tau99: 0.5 },
    custom: { orders: { requestsPerMinute: 120, rate: 0.25 } },
  });
});

test('minutes before the first request are not those of the fleet, and quiet ones after it are', () => {
  const young = [...minutes(50, {}), ...minutes(5, BUSY, 50), ...minutes(5, {}, 55)];
  expect(baselineOf(young, [])).toMatchObject({ minutes: 10, requestsPerMinute: 3000, errorRate: 0.002 });
});

test('a few slow minutes and minutes with few requests do not move the bounds', () => {
  const hour = [
    ...minutes(40, BUSY),
    ...minutes(10, { ...BUSY, p95: 3, p99: 9 }, 40),
    ...minutes(50, { requests: 1, timed: 1, p95: 0.001, p99: 0.001 }, 50),
  ];
  expect(baselineOf(hour, []).bounds).toEqual({ tau95: 0.2, tau99: 0.5 });
  expect(baselineOf(minutes(9, { ...BUSY, p95: 0.123456, p99: 1.98765 }), []).bounds).toEqual({ tau95: 0.123, tau99: 1.99 });
});

test('a fleet without requests has no bounds and a traffic of 0', () => {
  expect(baselineOf(minutes(60, {}), [custom()])).toEqual({
    minutes: 0,
    requestsPerMinute: 0,
    errorRate: 0,
    bounds: null,
    custom: { orders: { requestsPerMinute: 0, rate: 0 } },
  });
});

test('what a promotion waits for is planned, and nothing else', () => {
  const baseline = baselineOf(minutes(60, { ...BUSY, 'orders.count': 30, 'orders.total': 120 }), [custom()]);
  const labels = (metrics: CustomMetricConfig[], analysis = ANALYSIS) =>
    planInput(baseline, { plan: PLAN, analysis, custom: metrics }, CAPACITY).metrics.map(({ label }) => label);
  expect(labels([custom()])).toEqual(['error rate', 'latency', 'orders']);
  expect(labels([custom({ critical: false })])).toEqual(['error rate', 'latency']);
  expect(labels([custom({ dryRun: true })])).toEqual(['error rate', 'latency']);
  expect(labels([], { ...ANALYSIS, latency: { ...ANALYSIS.latency, dryRun: true } })).toEqual(['error rate']);
});

test.each([
  [6000, true],
  [600, true],
  [60, false],
  [0, false],
])('at %i requests a minute, whether the steps can notice a bad release: %s', (requests, detectable) => {
  const scale = requests / 6000;
  const hour = minutes(60, { ...BUSY, requests, timed: requests, targetErrors: 6 * scale, connectionErrors: 6 * scale });
  const plan = planDetection(planInput(baselineOf(hour, []), { plan: PLAN, analysis: ANALYSIS, custom: [] }, CAPACITY));
  expect(plan.isDetectable).toBe(detectable);
});

test('fixed limits need requests too, and latency is not waited for where it cannot be judged', () => {
  const analysis = { ...ANALYSIS, thresholds: { errorRate: { floor: 0 }, minimumRequests: 700 } };
  const { metrics } = planInput(baselineOf(minutes(60, { requests: 100 }), []), { plan: PLAN, analysis, custom: [] }, CAPACITY);
  expect(metrics.map(({ label }) => label)).toEqual(['error rate', 'fixed limits']);
  expect(metrics[1]).toMatchObject({ kind: 'limit', neededRequests: 700, requestsPerMinute: 100 });
});

test('only steps are suggested that the canary group can carry, and that an execution has time for', () => {
  const baseline = baselineOf(minutes(60, BUSY), []);
  const limits = (capacity: typeof CAPACITY, plan = PLAN) => {
    const { heaviestWeight, longestWatch } = planInput(baseline, { plan, analysis: ANALYSIS, custom: [] }, capacity);
    return [heaviestWeight, longestWatch];
  };
  expect(limits({ stableInService: 6, canaryMax: 2 })).toEqual([25, 712]);
  expect(limits({ stableInService: 6, canaryMax: 6 })).toEqual([50, 712]);
  expect(limits({ stableInService: 3, canaryMax: 1 }, { ...PLAN, bakeMinutes: 600 })).toEqual([25, 420]);
});

test('a metric whose counts come late has fewer minutes to be judged by', () => {
  const baseline = baselineOf(minutes(60, { ...BUSY, 'orders.count': 30, 'orders.total': 120 }), [custom()]);
  const requestsOf = (delayMinutes: number) => {
    const plan = planDetection(planInput(baseline, { plan: PLAN, analysis: ANALYSIS, custom: [custom({ delayMinutes })] }, CAPACITY));
    return plan.metrics[2].requests;
  };
  expect(requestsOf(0)).toBeCloseTo(120 * (0.1 * 10 + 0.5 * 5), 5);
  expect(requestsOf(4)).toBeCloseTo(120 * (0.1 * 8 + 0.5 * 1), 5);
});
