import { Duration, type Stack } from 'aws-cdk-lib';
import { checkNumber, checkWholeMinutes } from '../checks';
import type { AnalysisConfig, CustomMetricConfig } from '../deployment/contract';
import { type CustomMetric, MOST_CUSTOM_METRICS } from './custom-metric';
import { OnInconclusive, OnUndetectable } from './policies';
import { type SmallestEffect, smallestEffect } from './smallest-effect';
import { type ThresholdOptions, thresholds } from './thresholds';

/** Newest minutes that are left out, because CloudWatch still fills them. */
const SETTLE_MINUTES = 2;
/** Groups that are equally good drift apart by a quarter of their slow requests. */
const TOLERATED_SLOW = 1.25;

/** How the share of bad requests is judged: those that instances answered with 5xx, or not at all. */
export interface ErrorRateOptions {
  /**
   * Where both groups are above this share, nothing is promoted: a release cannot be told from a fault that both have.
   * After promotion the stable group must stay below it.
   *
   * @default 0.05
   */
  readonly ceiling?: number;

  /**
   * The smallest change for the worse that must not go unseen.
   *
   * @default - 5 times as many errors, and 2 percentage points
   */
  readonly smallestEffect?: SmallestEffect;

  /**
   * Judges and reports the metric, without letting it decide.
   *
   * @default false
   */
  readonly dryRun?: boolean;
}

/** How response times are judged: by the requests that are slower than 95 and 99 percent of stable's in the hour before. */
export interface LatencyOptions {
  /**
   * The smallest change for the worse that must not go unseen. Three times as many slow requests is about half as slow again.
   *
   * @default - 3 times as many slow requests, and 1 percentage point
   */
  readonly smallestEffect?: SmallestEffect;

  /**
   * Judges and reports the metric, without letting it decide.
   *
   * @default false
   */
  readonly dryRun?: boolean;
}

/** Options of `Analysis.sequential`. */
export interface SequentialOptions {
  /**
   * Probability that the evidence sends back a release that is as good as stable, for the whole deployment and all its metrics together,
   * however long it is watched. Fixed limits and inconclusive ends come on top. From 0.0001 to 0.2.
   *
   * @default 0.01
   */
  readonly alpha?: number;

  /**
   * The share of bad requests.
   *
   * @default - the defaults of `ErrorRateOptions`
   */
  readonly errorRate?: ErrorRateOptions;

  /**
   * Response times.
   *
   * @default - the defaults of `LatencyOptions`
   */
  readonly latency?: LatencyOptions;

  /**
   * Measures of your own.
   *
   * @default - none
   */
  readonly metrics?: CustomMetric[];

  /**
   * Fixed limits beside the judge.
   *
   * @default - none
   */
  readonly thresholds?: ThresholdOptions;

  /**
   * Time after its first traffic in which a canary is not judged, unless a minute is bad beyond doubt. In whole minutes.
   *
   * @default Duration.minutes(2)
   */
  readonly warmUp?: Duration;

  /**
   * What happens to a canary of which nothing can be said, because there was too little traffic, metrics are missing,
   * or both groups are bad. Missing data never promotes.
   *
   * @default OnInconclusive.ROLL_BACK
   */
  readonly onInconclusive?: OnInconclusive;

  /**
   * What happens to a deployment that could not notice the smallest bad effects: not enough traffic for its steps.
   *
   * @default OnUndetectable.REFUSE
   */
  readonly onUndetectable?: OnUndetectable;
}

/**
 * What is measured of a canary, and when it is good enough.
 *
 * The load balancer's metrics of both groups are compared by the minute, from the first request on, so evidence grows from step
 * to step. The newest two minutes are left out: they are still being filled.
 */
export class Analysis {
  /**
   * A sequential test: after every minute it asks whether the canary is worse than stable, and it may be asked that often
   * without crying wolf. It sends a bad release back as soon as the evidence suffices.
   *
   * @example
   * Analysis.sequential({
   *   errorRate: { ceiling: 0.02 },
   *   thresholds: { latency: { ceiling: Duration.seconds(1) } },
   * });
   */
  static sequential(options: SequentialOptions = {}): Analysis {
    const { alpha = 0.01, errorRate = {}, latency = {}, metrics = [], warmUp = Duration.minutes(2) } = options;
    const ceiling = errorRate.ceiling ?? 0.05;
    checkNumber('alpha', alpha, 0.0001, 0.2);
    checkNumber('errorRate.ceiling', ceiling, 0, 1);
    checkWholeMinutes('warmUp', warmUp, 0, 60);
    checkMetrics(metrics);
    checkSomethingDecides(options);
    return new Analysis(
      {
        alpha,
        errorRate: {
          ceiling,
          critical: true,
          dryRun: errorRate.dryRun ?? false,
          smallestEffect: smallestEffect('errorRate.smallestEffect', errorRate.smallestEffect, { ratio: 5, difference: 0.02 }),
        },
        latency: {
          critical: true,
          dryRun: latency.dryRun ?? false,
          smallestEffect: smallestEffect('latency.smallestEffect', latency.smallestEffect, { ratio: 3, difference: 0.01 }, TOLERATED_SLOW),
        },
        ...(options.thresholds && { thresholds: thresholds(options.thresholds) }),
        settleMinutes: SETTLE_MINUTES,
        warmUpMinutes: warmUp.toMinutes(),
        onInconclusive: options.onInconclusive ?? OnInconclusive.ROLL_BACK,
        onUndetectable: options.onUndetectable ?? OnUndetectable.REFUSE,
      },
      metrics,
    );
  }

  private constructor(
    /**
     * The configuration as the functions read it.
     *
     * @internal
     */
    public readonly _config: AnalysisConfig,
    private readonly metrics: readonly CustomMetric[],
  ) {}

  /**
   * Metrics of the owner's own, as the functions read them.
   *
   * @internal
   */
  public get _customMetrics(): CustomMetricConfig[] {
    return this.metrics.map((metric) => metric._config);
  }

  /**
   * Throws where a metric is of another account or region than the stack: the functions ask CloudWatch of their own.
   *
   * @internal
   */
  public _checkPlaces(stack: Stack): void {
    for (const { name, account = stack.account, region = stack.region } of this.metrics.flatMap((metric) => metric._places)) {
      if (account !== stack.account || region !== stack.region) {
        throw new Error(
          `'${name}' must be of the account and region of the deployment, ${stack.account} and ${stack.region}, got ${account} and ${region}`,
        );
      }
    }
  }
}

/** Ids that the judge uses itself. */
const RESERVED = ['errorRate', 'latency', 'errorRateThreshold', 'latencyThreshold'];

function checkMetrics(metrics: readonly CustomMetric[]): void {
  if (metrics.length > MOST_CUSTOM_METRICS) throw new Error(`'metrics' must have at most ${MOST_CUSTOM_METRICS}, got ${metrics.length}`);
  const ids = metrics.map((metric) => metric._config.id);
  const reserved = ids.find((id) => RESERVED.includes(id));
  if (reserved !== undefined) throw new Error(`'metrics' must have other ids than ${RESERVED.join(', ')}, got '${reserved}'`);
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice !== undefined) throw new Error(`'metrics' must have ids of their own, got '${twice}' twice`);
}

function checkSomethingDecides({ errorRate, latency, metrics = [], thresholds: limits }: SequentialOptions): void {
  const decides =
    !errorRate?.dryRun || !latency?.dryRun || limits || metrics.some(({ _config: { critical, dryRun } }) => critical && !dryRun);
  if (!decides) throw new Error("an analysis must have a critical metric that is not in a dry run, or 'thresholds', got neither");
}
