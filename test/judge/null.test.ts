import type { NullMetric } from './null-watches';
import { expectFewerThanAlpha, simulate } from './simulate';

const METRICS: readonly NullMetric[] = ['errors', 'latency', 'lowFall', 'highFall'];

test.each(METRICS)(
  '%s: of 2000 watches under the null hypothesis, less than alpha are rolled back',
  (metric) => {
    expectFewerThanAlpha(metric, 2000);
  },
  240_000,
);

test.each(METRICS)('%s: the same watches of a canary that is twice as bad reach the limit', (metric) => {
  expect(simulate(metric, 2, 100)).toEqual({ reached: 100, rolledBack: 100 });
});
