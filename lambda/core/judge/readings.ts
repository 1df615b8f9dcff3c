import type { CustomMetricConfig, GroupConfig, GroupRole, MetricSource, ThresholdsConfig } from '../../../lib/deployment/contract';

/** One thing to read of a group: a metric, a statistic, and the name that its value has in a `Minute`. */
export interface Reading {
  readonly name: string;
  readonly source: MetricSource;
  readonly statistic: string;
}

/** Times that 95 and 99 percent of stable's requests stayed below, in seconds. */
export interface SlowBounds {
  readonly tau95: number;
  readonly tau99: number;
}

/** Requests that targets of the group answered, or should have. */
export const REQUESTS = 'requests';
/** What was bad of them: answered with 5xx, or not at all. */
export const ERRORS = ['targetErrors', 'connectionErrors'] as const;
/** The percentile of the response time that a threshold is about, in seconds. */
export const LATENCY = 'latency';
/** Requests with a response time. */
export const TIMED = 'timed';
/** Requests slower than the bounds. */
export const SLOW95 = 'slow95';
export const SLOW99 = 'slow99';
/** The 95th and 99th percentile of the response time, in seconds. */
export const P95 = 'p95';
export const P99 = 'p99';

/** Names of the count and the total of a metric of the owner's own. */
export const customCount = (id: string) => `${id}.count`;
export const customTotal = (id: string) => `${id}.total`;

/** What the load balancer is asked for the group's errors. */
export function errorReadings(loadBalancer: string, group: GroupConfig): Reading[] {
  return [
    reading(loadBalancer, group, REQUESTS, 'RequestCount', 'Sum'),
    reading(loadBalancer, group, 'targetErrors', 'HTTPCode_Target_5XX_Count', 'Sum'),
    reading(loadBalancer, group, 'connectionErrors', 'TargetConnectionErrorCount', 'Sum'),
  ];
}

/** What the load balancer is asked to find the bounds beyond which a request is slow. */
export function boundReadings(loadBalancer: string, group: GroupConfig): Reading[] {
  return [timed(loadBalancer, group), responseTime(loadBalancer, group, P95, 'p95'), responseTime(loadBalancer, group, P99, 'p99')];
}

/**
 * What the load balancer is asked for slow requests. `TC(x:)` counts the samples above x:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function slowReadings(loadBalancer: string, group: GroupConfig, { tau95, tau99 }: SlowBounds): Reading[] {
  return [
    timed(loadBalancer, group),
    responseTime(loadBalancer, group, SLOW95, `TC(${tau95}:)`),
    responseTime(loadBalancer, group, SLOW99, `TC(${tau99}:)`),
  ];
}

/** What the load balancer is asked where the owner has set a limit of the response time. */
export function thresholdReadings(loadBalancer: string, group: GroupConfig, thresholds: ThresholdsConfig | undefined): Reading[] {
  return thresholds?.latency ? [responseTime(loadBalancer, group, LATENCY, thresholds.latency.statistic)] : [];
}

/** What is asked for metrics of the owner's own. */
export function customReadings(metrics: readonly CustomMetricConfig[], role: GroupRole): Reading[] {
  return metrics.flatMap(({ id, [role]: { count, total } }) => [
    { name: customCount(id), source: count, statistic: 'Sum' },
    { name: customTotal(id), source: total, statistic: 'Sum' },
  ]);
}

function timed(loadBalancer: string, group: GroupConfig): Reading {
  return responseTime(loadBalancer, group, TIMED, 'SampleCount');
}

function responseTime(loadBalancer: string, group: GroupConfig, name: string, statistic: string): Reading {
  return reading(loadBalancer, group, name, 'TargetResponseTime', statistic);
}

function reading(loadBalancer: string, group: GroupConfig, name: string, metricName: string, statistic: string): Reading {
  const dimensions = { LoadBalancer: loadBalancer, TargetGroup: group.targetGroupDimension };
  return { name, source: { namespace: 'AWS/ApplicationELB', metricName, dimensions }, statistic };
}
