import type { StepConfig } from '../../../lib/deployment/contract';
import { leastMinutesOf, neededFor, type PlannedMetric, type SmallestEffect, smallestEffectOf } from './planned-metric';
import { allShares, type Delays, judgedShares } from './schedule';

/**
 * What steps must gather, as a multiple of what the judge needs: traffic is never quite what it was, and of steps that give just
 * enough requests, chance would leave every second healthy release with too few.
 */
export const MARGIN = 1.5;

/** Whether and when the smallest bad effect on one metric is found. */
export interface Detection {
  readonly label: string;
  /** Null of a fixed limit. */
  readonly effect: SmallestEffect | null;
  /** Minutes from the first traffic within which nine of ten such releases fail; null where the steps end before. */
  readonly minutes: number | null;
  /** Bad responses that the canary gives until then; null where the steps end before, and of a fixed limit. */
  readonly badResponses: number | null;
  /** Requests to the canary that are judged until the steps end. */
  readonly requests: number;
  /** Requests to the canary that are needed, at the last step's weight; null where no number would do. */
  readonly neededRequests: number | null;
  /** What the steps gather of the evidence that is needed, `MARGIN` included: from 1 on, chance leaves hardly a healthy release without a verdict. */
  readonly gathered: number;
  /** Whether the steps do for this metric. */
  readonly isEnough: boolean;
}

/**
 * Follows the steps minute by minute. Each minute gathers its canary requests over those that would be needed at its weight.
 * What is gathered over several weights is at most what the pooled requests tell, since the information of the two-sample
 * bound is concave in the weight: steps that are enough here are enough for the judge.
 */
export function detect(metric: PlannedMetric, steps: readonly StepConfig[], delays: Delays): Detection {
  const effect = smallestEffectOf(metric);
  const rpm = metric.requestsPerMinute;
  const needed = new Map(steps.map(({ weight }) => [weight / 100, neededFor(metric, weight / 100)]));
  const judged = judgedShares(steps, delays, metric.delayMinutes);
  const least = leastMinutesOf(metric);
  let gathered = 0;
  let found: number | undefined;
  judged.forEach((share, minute) => {
    if (share > 0) gathered += (rpm * share) / needed.get(share)!;
    if (found === undefined && reaches(gathered, 1) && minute + 1 >= least) found = minute + 1;
  });
  const minutes = found === undefined ? null : delays.warmUpMinutes + found + delays.settleMinutes;
  const last = needed.get(steps[steps.length - 1].weight / 100)!;
  return {
    label: metric.label,
    effect,
    minutes,
    badResponses:
      minutes === null || effect === null ? null : Math.round(rpm * effect.bad * sum(allShares(steps, delays).slice(0, minutes))),
    requests: rpm * sum(judged),
    neededRequests: Number.isFinite(last) ? last : null,
    gathered: gathered / MARGIN,
    isEnough: found !== undefined && reaches(gathered, MARGIN),
  };
}

/** Ten tenths, added up, are a rounding error short of one. */
function reaches(gathered: number, mark: number): boolean {
  return gathered * (1 + 1e-9) >= mark;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
