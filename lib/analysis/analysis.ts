import { Duration, Token } from 'aws-cdk-lib';
import { checkDuration, checkWholeNumber } from '../checks';
import type { AnalysisConfig } from '../deployment/contract';

import { type ErrorRateThreshold, type LatencyThreshold, OnInconclusive, type ThresholdOptions } from './thresholds';

/** Newest minutes that are left out, because CloudWatch still fills them. */
const SETTLE_MINUTES = 2;

/**
 * What is measured of a canary, and when it is good enough.
 *
 * The load balancer's metrics of both groups are added up from the first request on, so evidence grows from step to step.
 * The newest two minutes are left out: they are still being filled.
 */
export class Analysis {
  /**
   * Fixed limits: an absolute ceiling, and how much worse than the stable group the canary may be.
   *
   * @example
   * Analysis.thresholds({
   *   errorRate: { ceiling: 0.02 },
   *   latency: { ceiling: Duration.seconds(1) },
   *   minimumRequests: 1000,
   * });
   */
  static thresholds(options: ThresholdOptions = {}): Analysis {
    const minimumRequests = options.minimumRequests ?? 500;
    checkWholeNumber('minimumRequests', minimumRequests, 1, 1_000_000_000);
    return new Analysis({
      errorRate: errorRate(options.errorRate ?? {}),
      ...(options.latency && { latency: latency(options.latency) }),
      minimumRequests,
      settleMinutes: SETTLE_MINUTES,
      onInconclusive: options.onInconclusive ?? OnInconclusive.ROLL_BACK,
    });
  }

  private constructor(
    /**
     * The configuration as the functions read it.
     *
     * @internal
     */
    public readonly _config: AnalysisConfig,
  ) {}
}

function errorRate({ ceiling = 0.05, relative = 2, floor = 0.005 }: ErrorRateThreshold) {
  checkShare('errorRate.ceiling', ceiling);
  checkRatio('errorRate.relative', relative);
  checkShare('errorRate.floor', floor);
  return { ceiling, relative, floor };
}

function latency({ percentile = 95, ceiling, relative = 1.5, floor = Duration.millis(100) }: LatencyThreshold) {
  checkWholeNumber('latency.percentile', percentile, 1, 99);
  if (ceiling) checkDuration('latency.ceiling', ceiling, Duration.millis(1), Duration.minutes(5));
  checkRatio('latency.relative', relative);
  checkDuration('latency.floor', floor, Duration.millis(0), Duration.minutes(5));
  return {
    statistic: `p${percentile}`,
    ...(ceiling && { ceiling: ceiling.toMilliseconds() / 1000 }),
    relative,
    floor: floor.toMilliseconds() / 1000,
  };
}

function checkShare(name: string, value: number): void {
  if (Token.isUnresolved(value)) throw new Error(`'${name}' must be known at synthesis, got a token`);
  if (!(value >= 0 && value <= 1)) throw new Error(`'${name}' must be a share from 0 to 1, got ${value}`);
}

function checkRatio(name: string, value: number): void {
  if (Token.isUnresolved(value)) throw new Error(`'${name}' must be known at synthesis, got a token`);
  if (!(value >= 1 && value <= 1000)) throw new Error(`'${name}' must be from 1 to 1000, got ${value}`);
}
