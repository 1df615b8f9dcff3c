import { Duration, Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { checkPattern, checkWholeMinutes } from '../checks';
import type { CustomMetricConfig, MetricPair, MetricSource } from '../deployment/contract';
import { type SmallestEffect, smallestEffect } from './smallest-effect';

/**
 * The same measure of both groups. It is summed by the minute, whatever the statistic of the metrics, and must be of the
 * account and region of the deployment.
 */
export interface GroupMetrics {
  /** Of the stable group. */
  readonly stable: cloudwatch.IMetric;
  /** Of the canary group. */
  readonly canary: cloudwatch.IMetric;
}

/** What is common to metrics of your own. */
export interface CustomMetricOptions {
  /**
   * As it begins a sentence: one line of at most 100 characters.
   *
   * @default - the id
   */
  readonly label?: string;

  /**
   * How long after its total a count may come, as an order comes after its checkout, in whole minutes. For so long after each change
   * of the canary's weight the metric is not judged, since most of what is counted then belongs to totals of the weight before.
   *
   * @default Duration.minutes(0)
   */
  readonly delay?: Duration;

  /**
   * Whether a promotion waits for a verdict on this metric: without enough data, the canary is inconclusive.
   * A metric that is not critical can fail a canary, but not hold it up.
   *
   * @default true
   */
  readonly critical?: boolean;

  /**
   * Judges and reports the metric, without letting it decide.
   *
   * @default false
   */
  readonly dryRun?: boolean;

  /**
   * The smallest change for the worse that must not go unseen. It decides how many requests a verdict needs.
   *
   * @default - bad of total: twice as many, and 2 percentage points; must not fall: a fall to two thirds
   */
  readonly smallestEffect?: SmallestEffect;
}

/** Where a metric is. */
export interface MetricPlace {
  readonly name: string;
  readonly account?: string;
  readonly region?: string;
}

/** Properties of `CustomMetric.badOfTotal`. */
export interface BadOfTotalProps extends CustomMetricOptions {
  /** How many were bad. */
  readonly bad: GroupMetrics;
  /** How many there were. */
  readonly total: GroupMetrics;
}

/** Properties of `CustomMetric.mustNotFall`. */
export interface MustNotFallProps extends CustomMetricOptions {
  /** How many were good, such as orders placed. */
  readonly good: GroupMetrics;
  /** How many there were, such as checkouts begun. */
  readonly total: GroupMetrics;
}

/** GetMetricData takes 500 queries, and a deployment shows a sentence for every metric. */
export const MOST_CUSTOM_METRICS = 10;

const SMALLEST_EFFECTS = { badOfTotal: { ratio: 2, difference: 0.02 }, mustNotFall: { ratio: 1.5, difference: 0 } };

/**
 * A measure of your own that the canary is judged by, from two CloudWatch metrics of each group. CloudWatch must have them by
 * the minute, and a minute with a total and no count counts as 0.
 */
export class CustomMetric {
  /**
   * Bad things of all: the canary fails where its share is higher than stable's.
   *
   * @example
   * const searches = (group: string, metricName: string) =>
   *   new cloudwatch.Metric({ namespace: 'Shop', metricName, dimensionsMap: { Group: group } });
   * CustomMetric.badOfTotal('emptySearches', {
   *   bad: { stable: searches('stable', 'EmptySearches'), canary: searches('canary', 'EmptySearches') },
   *   total: { stable: searches('stable', 'Searches'), canary: searches('canary', 'Searches') },
   * });
   */
  static badOfTotal(id: string, props: BadOfTotalProps): CustomMetric {
    return new CustomMetric(id, 'badOfTotal', props.bad, props.total, props);
  }

  /** Good things of all: the canary fails where its share is lower than stable's. */
  static mustNotFall(id: string, props: MustNotFallProps): CustomMetric {
    return new CustomMetric(id, 'mustNotFall', props.good, props.total, props);
  }

  /**
   * The configuration as the functions read it.
   *
   * @internal
   */
  public readonly _config: CustomMetricConfig;
  /**
   * Where the metrics are, for those that say so.
   *
   * @internal
   */
  public readonly _places: readonly MetricPlace[];

  private constructor(
    id: string,
    kind: CustomMetricConfig['kind'],
    count: GroupMetrics,
    total: GroupMetrics,
    options: CustomMetricOptions,
  ) {
    if (Token.isUnresolved(id)) throw new Error('the id of a metric must be known at synthesis, got a token');
    checkPattern('id', id, /^[a-z][A-Za-z0-9]{0,39}$/);
    const label = options.label ?? id;
    if (!Token.isUnresolved(label)) checkPattern(`${id}.label`, label, /^[^\r\n]{1,100}$/);
    const delay = options.delay ?? Duration.minutes(0);
    checkWholeMinutes(`${id}.delay`, delay, 0, 60);
    const places: MetricPlace[] = [];
    const source = (name: string, metric: cloudwatch.IMetric) => {
      const { metricStat } = metric.toMetricConfig();
      if (!metricStat) throw new Error(`'${name}' must be a metric, got a math expression`);
      if (metricStat.unitFilter !== undefined)
        throw new Error(`'${name}' must be a metric of any unit, got one of ${metricStat.unitFilter}`);
      places.push({ name, account: metricStat.account, region: metricStat.region });
      return sourceOf(metricStat);
    };
    const pair = (group: keyof GroupMetrics): MetricPair => ({
      count: source(`${id}.${kind === 'badOfTotal' ? 'bad' : 'good'}.${group}`, count[group]),
      total: source(`${id}.total.${group}`, total[group]),
    });
    const [stable, canary] = [pair('stable'), pair('canary')];
    if (JSON.stringify(stable) === JSON.stringify(canary)) {
      throw new Error(
        `'${id}' must have metrics of its own for each group, got ${stable.count.metricName} and ${stable.total.metricName} for both`,
      );
    }
    this._places = places;
    this._config = {
      id,
      name: label,
      delayMinutes: delay.toMinutes(),
      kind,
      stable,
      canary,
      critical: options.critical ?? true,
      dryRun: options.dryRun ?? false,
      smallestEffect: smallestEffect(`${id}.smallestEffect`, options.smallestEffect, SMALLEST_EFFECTS[kind]),
    };
  }
}

function sourceOf({ namespace, metricName, dimensions = [] }: cloudwatch.MetricStatConfig): MetricSource {
  return { namespace, metricName, dimensions: Object.fromEntries(dimensions.map(({ name, value }) => [name, String(value)])) };
}
