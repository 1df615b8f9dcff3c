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
    planInput(baseline, { plan: PLAN, analysis, custom: metrics }).metrics.map(({ label }) => label);
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
  const plan = planDetection(planInput(baselineOf(hour, []), { plan: PLAN, analysis: ANALYSIS, custom: [] }));
  expect(plan.isDetectable).toBe(detectable);
});
