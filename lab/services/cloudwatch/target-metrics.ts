import type { MetricStore } from './metric-store';

const NAMESPACE = 'AWS/ApplicationELB';

/** Dimensions of a target group's metrics. */
export interface TargetDimensions {
  readonly TargetGroup: string;
  readonly LoadBalancer: string;
}

/** How one request to a target ended. */
export interface TargetRequest {
  /** Milliseconds of the lab's clock. */
  readonly at: number;
  /** HTTP status of the target's answer; undefined where no connection came about. */
  readonly status: number | undefined;
  /** Until the target's answer began, in seconds. Ignored without an answer. */
  readonly seconds: number;
}

/** How many requests to targets of one group ended. */
export interface TargetRequests {
  readonly at: number;
  readonly requests: number;
  /** Answers by the first digit of their status. */
  readonly answers: Readonly<Partial<Record<2 | 3 | 4 | 5, number>>>;
  readonly connectionErrors: number;
  /** Response times of the answers, in seconds. */
  readonly seconds: Iterable<number>;
}

/**
 * Records a request as the load balancer does: what did not occur is not reported, so 5XX and connection errors have
 * no datapoint in a minute without any. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
 */
export function recordTargetRequest(store: MetricStore, dimensions: TargetDimensions, request: TargetRequest): void {
  const { at, status, seconds } = request;
  const answered = status !== undefined;
  recordTargetRequests(store, dimensions, {
    at,
    requests: 1,
    answers: answered ? { [Math.floor(status / 100)]: 1 } : {},
    connectionErrors: answered ? 0 : 1,
    seconds: answered ? [seconds] : [],
  });
}

/** Records many requests of the same second at once. */
export function recordTargetRequests(store: MetricStore, dimensions: TargetDimensions, batch: TargetRequests): void {
  const { at, requests, answers, connectionErrors } = batch;
  const labels = { ...dimensions };
  const count = (metric: string, occurred: number) => {
    if (occurred > 0) store.part(NAMESPACE, metric, labels, at).add(1, occurred);
  };
  count('RequestCount', requests);
  for (const [digit, occurred] of Object.entries(answers)) count(`HTTPCode_Target_${digit}XX_Count`, occurred);
  count('TargetConnectionErrorCount', connectionErrors);
  let times: { add(value: number): void } | undefined;
  for (const seconds of batch.seconds) {
    times ??= store.part(NAMESPACE, 'TargetResponseTime', labels, at);
    times.add(seconds);
  }
}
