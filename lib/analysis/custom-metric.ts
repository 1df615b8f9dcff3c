import { Token } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { checkPattern } from '../checks';
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
   * As it begins a sentence.
   *
   * @default - the id
   */
  readonly label?: string;

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
export const MOST_CUSTOM_METRICS = 20;

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

  private constructor(
    id: string,
    kind: CustomMetricConfig['kind'],
    count: GroupMetrics,
    total: GroupMetrics,
    options: CustomMetricOptions,
  ) {
    if (Token.isUnresolved(id)) throw new Error('the id of a metric must be known at synthesis, got a token');
    checkPattern('id', id, /^[a-z][A-Za-z0-9]{0,39}$/);
    const pair = (group: keyof GroupMetrics): MetricPair => ({
      count: sourceOf(`${id}.${kind === 'badOfTotal' ? 'bad' : 'good'}.${group}`, count[group]),
      total: sourceOf(`${id}.total.${group}`, total[group]),
    });
    this._config = {
      id,
      name: options.label ?? id,
      kind,
      stable: pair('stable'),
      canary: pair('canary'),
      critical: options.critical ?? true,
      dryRun: options.dryRun ?? false,
      smallestEffect: smallestEffect(`${id}.smallestEffect`, options.smallestEffect, SMALLEST_EFFECTS[kind]),
    };
  }
}

function sourceOf(name: string, metric: cloudwatch.IMetric): MetricSource {
  const { metricStat } = metric.toMetricConfig();
  if (!metricStat) throw new Error(`'${name}' must be a metric, got a math expression`);
  if (metricStat.account !== undefined || metricStat.region !== undefined) {
    throw new Error(
      `'${name}' must be of the account and region of the deployment, got ${metricStat.account ?? 'its account'}, ${metricStat.region ?? 'its region'}`,
    );
  }
  const dimensions = Object.fromEntries((metricStat.dimensions ?? []).map((dimension) => [dimension.name, String(dimension.value)]));
  return { namespace: metricStat.namespace, metricName: metricStat.metricName, dimensions };
}
