import { Duration } from 'aws-cdk-lib';
import { checkDuration, checkNumber, checkWholeNumber } from '../checks';
import type { ThresholdsConfig } from '../deployment/contract';

/** Limits of the share of bad requests: those that the canary's instances answered with 5xx, or not at all. */
export interface ErrorRateThreshold {
  /**
   * The canary fails above this share, unless the stable group is above it too.
   *
   * @default 0.05
   */
  readonly ceiling?: number;

  /**
   * The canary fails above so many times the stable group's share ...
   *
   * @default 2
   */
  readonly relative?: number;

  /**
   * ... if its share is also higher by more than this.
   *
   * @default 0.005
   */
  readonly floor?: number;
}

/** Limits of the response time. */
export interface LatencyThreshold {
  /**
   * Percentile of the response times of each minute. Minutes are then weighed by their requests.
   *
   * @default 95
   */
  readonly percentile?: number;

  /**
   * The canary fails above this time, unless the stable group is above it too.
   *
   * @default - none
   */
  readonly ceiling?: Duration;

  /**
   * The canary fails above so many times the stable group's time ...
   *
   * @default 1.5
   */
  readonly relative?: number;

  /**
   * ... if it is also slower by more than this.
   *
   * @default Duration.millis(100)
   */
  readonly floor?: Duration;
}

/** Fixed limits beside the judge: each that is set can fail a canary, and none can save one. */
export interface ThresholdOptions {
  /**
   * Limits of the share of bad requests.
   *
   * @default - none
   */
  readonly errorRate?: ErrorRateThreshold;

  /**
   * Limits of the response time.
   *
   * @default - none
   */
  readonly latency?: LatencyThreshold;

  /**
   * Requests that a group must have served before a limit says anything of it; without them the canary is inconclusive.
   *
   * @default 500
   */
  readonly minimumRequests?: number;
}

/** The limits with their defaults, checked. */
export function thresholds(options: ThresholdOptions): ThresholdsConfig {
  const minimumRequests = options.minimumRequests ?? 500;
  checkWholeNumber('thresholds.minimumRequests', minimumRequests, 1, 1_000_000_000);
  if (!options.errorRate && !options.latency) throw new Error("'thresholds' must have 'errorRate' or 'latency', got neither");
  return {
    ...(options.errorRate && { errorRate: errorRate(options.errorRate) }),
    ...(options.latency && { latency: latency(options.latency) }),
    minimumRequests,
  };
}

function errorRate({ ceiling = 0.05, relative = 2, floor = 0.005 }: ErrorRateThreshold) {
  checkNumber('thresholds.errorRate.ceiling', ceiling, 0, 1);
  checkNumber('thresholds.errorRate.relative', relative, 1, 1000);
  checkNumber('thresholds.errorRate.floor', floor, 0, 1);
  return { ceiling, relative, floor };
}

function latency({ percentile = 95, ceiling, relative = 1.5, floor = Duration.millis(100) }: LatencyThreshold) {
  checkWholeNumber('thresholds.latency.percentile', percentile, 1, 99);
  if (ceiling) checkDuration('thresholds.latency.ceiling', ceiling, Duration.millis(1), Duration.minutes(5));
  checkNumber('thresholds.latency.relative', relative, 1, 1000);
  checkDuration('thresholds.latency.floor', floor, Duration.millis(0), Duration.minutes(5));
  return {
    statistic: `p${percentile}`,
    ...(ceiling && { ceiling: ceiling.toMilliseconds() / 1000 }),
    relative,
    floor: floor.toMilliseconds() / 1000,
  };
}
