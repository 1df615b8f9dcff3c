import { LATENCY_TUNING, leastMinutes, type SequentialSettings } from '../judge/sequential/settings';
import { requestsForFall, requestsForRise, smallestBadRate, smallestFall } from '../judge/sequential/smallest-effect';

interface Named {
  /** As it begins a sentence: `error rate`. */
  readonly label: string;
  /** Requests of both groups together in a minute; of a custom metric, its totals. */
  readonly requestsPerMinute: number;
  /** Minutes after each change of the weight in which the metric is not judged. */
  readonly delayMinutes?: number;
}

/** A metric as it is before the start, from the last hour. */
export type PlannedMetric =
  | (Named & {
      readonly kind: 'bad';
      /** Share of bad requests, from 0 to 1. */
      readonly rate: number;
      readonly settings: SequentialSettings;
    })
  | (Named & {
      readonly kind: 'latency';
      readonly settings95: SequentialSettings;
      readonly settings99: SequentialSettings;
    })
  | (Named & {
      readonly kind: 'fall';
      /** Share of good outcomes, from 0 to 1. */
      readonly rate: number;
      readonly settings: Omit<SequentialSettings, 'ceiling' | 'fastGuard'>;
    })
  | (Named & {
      /** Limits that the owner has fixed: they are kept or passed, whatever stable does. */
      readonly kind: 'limit';
      /** Canary requests without which they say nothing. */
      readonly neededRequests: number;
    });

/** The rate of the figure that a metric is told by, now and with the smallest effect that must not be missed. */
export interface SmallestEffect {
  readonly now: number;
  readonly then: number;
  /** Share of the canary's requests that are bad with this effect. */
  readonly bad: number;
}

/** The smallest effect of a metric that must not be missed; null of a fixed limit. Of latency it is told at the 95th percentile. */
export function smallestEffectOf(metric: PlannedMetric): SmallestEffect | null {
  if (metric.kind === 'limit') return null;
  if (metric.kind === 'fall') {
    const then = smallestFall(metric.rate, metric.settings.smallestEffect);
    return { now: metric.rate, then, bad: 1 - then };
  }
  const now = metric.kind === 'latency' ? TAIL_95 : metric.rate;
  const then = smallestBadRate(now, (metric.kind === 'latency' ? metric.settings95 : metric.settings).smallestEffect);
  return { now, then, bad: then };
}

/**
 * Canary requests within which a metric's smallest bad effect is found in nine of ten cases; Infinity where it never would be.
 * Never less than those without which nothing is rolled back.
 *
 * @param share the canary's share of the requests, above 0 and below 1
 */
export function neededFor(metric: PlannedMetric, share: number): number {
  switch (metric.kind) {
    case 'bad':
      return Math.max(metric.settings.leastRequests, requestsForRise(metric.rate, share, metric.settings));
    case 'fall':
      return Math.max(metric.settings.leastRequests, requestsForFall(metric.rate, share, metric.settings));
    case 'limit':
      return metric.neededRequests;
    case 'latency':
      return Math.max(
        metric.settings95.leastRequests,
        Math.min(
          requestsForRise(TAIL_95, share, metric.settings95, LATENCY_TUNING),
          requestsForRise(TAIL_99, share, metric.settings99, LATENCY_TUNING),
        ),
      );
  }
}

/** Minutes that the evidence on a metric takes however bad it is, unless the fast guard fires. */
export function leastMinutesOf(metric: PlannedMetric): number {
  if (metric.kind === 'limit') return 1;
  return metric.kind === 'latency' ? leastMinutes(metric.settings95, LATENCY_TUNING) : leastMinutes(metric.settings);
}

/** Requests that are slower than the 95th percentile of equal ones. */
const TAIL_95 = 0.05;
const TAIL_99 = 0.01;
