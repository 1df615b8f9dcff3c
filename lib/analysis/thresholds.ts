import type { Duration } from 'aws-cdk-lib';

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

/** What happens to a canary of which nothing can be said when its time is over. */
export enum OnInconclusive {
  /** It is rolled back. */
  ROLL_BACK = 'rollBack',
  /** It is watched for as long again, then rolled back. */
  EXTEND = 'extend',
}

/** Options of `Analysis.thresholds`. */
export interface ThresholdOptions {
  /**
   * Limits of the share of bad requests.
   *
   * @default - the defaults of `ErrorRateThreshold`
   */
  readonly errorRate?: ErrorRateThreshold;

  /**
   * Limits of the response time.
   *
   * @default - response times are not judged
   */
  readonly latency?: LatencyThreshold;

  /**
   * Requests that a group must have served before anything is said of it.
   *
   * @default 500
   */
  readonly minimumRequests?: number;

  /**
   * What happens to a canary of which nothing can be said, because there was too little traffic, metrics are missing,
   * or both groups are bad. Missing data never promotes.
   *
   * @default OnInconclusive.ROLL_BACK
   */
  readonly onInconclusive?: OnInconclusive;
}
