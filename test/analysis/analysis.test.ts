import { Duration, Lazy, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as sqs from 'aws-cdk-lib/aws-sqs';
import {
  CUSTOM_SETTINGS,
  ERROR_SETTINGS,
  FALL_SETTINGS,
  SLOW95_SETTINGS,
  SLOW99_SETTINGS,
} from '../../lambda/core/judge/sequential/settings';
import { Analysis, CustomMetric, type GroupMetrics, type SequentialOptions } from '../../lib';
import { temporaryApp } from '../temporary-app';

const metric = (metricName: string, more: cloudwatch.MetricOptions = {}): GroupMetrics => {
  const of = (Group: string) => new cloudwatch.Metric({ namespace: 'Shop', metricName, dimensionsMap: { Group }, ...more });
  return { stable: of('stable'), canary: of('canary') };
};
const orders = (id = 'orders', more = {}) => CustomMetric.mustNotFall(id, { good: metric('Orders'), total: metric('Checkouts'), ...more });

test.each<[SequentialOptions, string]>([
  [{ alpha: 0 }, `'alpha' must be from 0.0001 to 0.2, got 0`],
  [{ alpha: Number.NaN }, `'alpha' must be from 0.0001 to 0.2, got NaN`],
  [{ alpha: Lazy.number({ produce: () => 0.1 }) }, `'alpha' must be known at synthesis, got a token`],
  [{ errorRate: { ceiling: 1.5 } }, `'errorRate.ceiling' must be from 0 to 1, got 1.5`],
  [{ errorRate: { smallestEffect: { ratio: 1 } } }, `'errorRate.smallestEffect.ratio' must be from 1.5 to 1000, got 1`],
  [{ latency: { smallestEffect: { ratio: 1.8 } } }, `'latency.smallestEffect.ratio' must be from 1.875 to 1000, got 1.8`],
  [{ latency: { smallestEffect: { difference: -0.1 } } }, `'latency.smallestEffect.difference' must be from 0 to 1, got -0.1`],
  [{ warmUp: Duration.seconds(90) }, `'warmUp' must be whole minutes, got 1 minute 30 seconds`],
  [{ warmUp: Duration.hours(2) }, `'warmUp' must be from 0 minutes to 1 hour, got 2 hours`],
  [{ thresholds: {} }, `'thresholds' must have 'errorRate' or 'latency', got neither`],
  [
    { thresholds: { errorRate: {}, minimumRequests: 0 } },
    `'thresholds.minimumRequests' must be a whole number from 1 to 1000000000, got 0`,
  ],
  [{ thresholds: { errorRate: { relative: 0.5 } } }, `'thresholds.errorRate.relative' must be from 1 to 1000, got 0.5`],
  [{ thresholds: { latency: { percentile: 100 } } }, `'thresholds.latency.percentile' must be a whole number from 1 to 99, got 100`],
  [
    { thresholds: { latency: { ceiling: Duration.minutes(6) } } },
    `'thresholds.latency.ceiling' must be from 1 milli to 5 minutes, got 6 minutes`,
  ],
  [{ metrics: [orders(), orders()] }, `'metrics' must have ids of their own, got 'orders' twice`],
  [
    { metrics: [orders('latency')] },
    `'metrics' must have other ids than errorRate, latency, errorRateThreshold, latencyThreshold, got 'latency'`,
  ],
  [{ metrics: Array.from({ length: 11 }, (_, index) => orders(`m${index}`)) }, `'metrics' must have at most 10, got 11`],
])('an analysis with %j is refused', (options, message) => {
  expect(() => Analysis.sequential(options)).toThrow(message);
});

test.each([
  [() => orders('Orders placed'), `'id' must match ^[a-z][A-Za-z0-9]{0,39}$, got 'Orders placed'`],
  [
    () => orders('orders', { good: { ...metric('Orders'), canary: new cloudwatch.MathExpression({ expression: 'a+b' }) } }),
    `'orders.good.canary' must be a metric, got a math expression`,
  ],
  [() => orders('orders', { label: 'two\nlines' }), `'orders.label' must match`],
  [() => orders('orders', { delay: Duration.hours(2) }), `'orders.delay' must be from 0 minutes to 1 hour, got 2 hours`],
  [
    () => orders('orders', { good: metric('Orders', { unit: cloudwatch.Unit.COUNT }) }),
    `'orders.good.stable' must be a metric of any unit, got one of Count`,
  ],
  [
    () =>
      orders('orders', {
        good: { ...metric('Orders'), canary: metric('Orders').stable },
        total: { ...metric('Checkouts'), canary: metric('Checkouts').stable },
      }),
    `'orders' must have metrics of its own for each group, got Orders and Checkouts for both`,
  ],
])('a metric of one’s own is refused: %#', (make, message) => {
  expect(make).toThrow(message);
});

test.each([
  ['us-east-1', undefined],
  [undefined, '210987654321'],
])('a metric of region %s and account %s is refused by a stack of another', (region, account) => {
  const analysis = Analysis.sequential({ metrics: [orders('orders', { total: metric('Checkouts', { region, account }) })] });
  const stack = new Stack(temporaryApp(), 'Shop', { env: { region: 'eu-west-1', account: '123456789012' } });
  expect(() => analysis._checkPlaces(stack)).toThrow(
    `'orders.total.stable' must be of the account and region of the deployment, 123456789012 and eu-west-1, got ${account ?? '123456789012'} and ${region ?? 'eu-west-1'}`,
  );
});

test('a metric of a construct of the same stack is taken, whatever environment the stack has', () => {
  for (const env of [{}, { region: 'eu-west-1' }, { region: 'eu-west-1', account: '123456789012' }]) {
    const stack = new Stack(temporaryApp(), 'Shop', { env });
    const queue = (id: string) => new sqs.Queue(stack, id).metricNumberOfMessagesSent();
    const both = (id: string) => ({ stable: queue(`${id}Stable`), canary: queue(`${id}Canary`) });
    const analysis = Analysis.sequential({ metrics: [CustomMetric.badOfTotal('dead', { bad: both('Dead'), total: both('All') })] });
    expect(() => analysis._checkPlaces(stack)).not.toThrow();
  }
});

test('an analysis of which nothing decides is refused', () => {
  const dry = { errorRate: { dryRun: true }, latency: { dryRun: true } };
  const message = "an analysis must have a critical metric that is not in a dry run, or 'thresholds', got neither";
  expect(() => Analysis.sequential(dry)).toThrow(message);
  expect(() => Analysis.sequential({ ...dry, metrics: [orders('orders', { critical: false })] })).toThrow(message);
  expect(() => Analysis.sequential({ ...dry, metrics: [orders()] })).not.toThrow();
  expect(() => Analysis.sequential({ ...dry, thresholds: { errorRate: {} } })).not.toThrow();
});

test('a metric of one’s own names what is read, without regard to its statistic', () => {
  const [{ id, kind, stable, canary, critical, dryRun }] = Analysis.sequential({
    metrics: [orders('orders', { good: metric('Orders', { statistic: 'p99' }) })],
  })._customMetrics;
  expect({ id, kind, critical, dryRun }).toEqual({ id: 'orders', kind: 'mustNotFall', critical: true, dryRun: false });
  expect(stable.count).toEqual({ namespace: 'Shop', metricName: 'Orders', dimensions: { Group: 'stable' } });
  expect(canary.total).toEqual({ namespace: 'Shop', metricName: 'Checkouts', dimensions: { Group: 'canary' } });
});

test('the defaults are those that the judge and its benchmark have', () => {
  const { _config: config } = Analysis.sequential();
  expect(config.alpha).toBe(ERROR_SETTINGS.alpha);
  expect(config.errorRate.smallestEffect).toEqual(ERROR_SETTINGS.smallestEffect);
  expect(config.latency.smallestEffect).toEqual(SLOW95_SETTINGS.smallestEffect);
  expect(config.latency.smallestEffect).toEqual(SLOW99_SETTINGS.smallestEffect);
  expect([ERROR_SETTINGS, CUSTOM_SETTINGS, FALL_SETTINGS].map(({ ratio }) => ratio)).toEqual([1, 1, 1]);
  expect([SLOW95_SETTINGS, SLOW99_SETTINGS].map(({ ratio }) => ratio)).toEqual([1.25, 1.25]);
  const bad = CustomMetric.badOfTotal('empty', { bad: metric('Empty'), total: metric('Searches') });
  expect(bad._config.smallestEffect).toEqual(CUSTOM_SETTINGS.smallestEffect);
  expect(orders()._config.smallestEffect).toEqual(FALL_SETTINGS.smallestEffect);
});
