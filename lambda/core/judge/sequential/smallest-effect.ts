import { ofBadRates } from './outcomes';
import { COST_OF_NOT_KNOWING, twoSampleRequests } from './sample-size';
import { type Effect, type SequentialSettings, TUNING, type Tuning } from './settings';

type Tested = Pick<SequentialSettings, 'alpha' | 'metrics' | 'ratio' | 'difference' | 'smallestEffect'>;

/** The rate of a canary that is just bad enough to have to be found, beside this rate of stable's: a share, 1 at most. */
export function smallestBadRate(stableRate: number, { ratio, difference }: Effect): number {
  return Math.min(1, Math.max(ratio * stableRate, stableRate + difference));
}

/** The rate of good outcomes that has just fallen enough to have to be found, beside this rate of stable's: a share, 0 at least. */
export function smallestFall(stableRate: number, { ratio, difference }: Effect): number {
  return Math.max(0, Math.min(stableRate / ratio, stableRate - difference));
}

/**
 * Canary requests without which the smallest rise that must be found may have gone unseen: `COST_OF_NOT_KNOWING` times the
 * two-sample bound, at the alpha that is left for one metric. Infinity where no number of requests would do: what is less than
 * the mildest alternative of the evidence above what is tolerated may never be found.
 *
 * @param share the canary's share of the requests, above 0 and below 1
 */
export function requestsForRise(stableRate: number, share: number, settings: Tested, tuning: Tuning = TUNING): number {
  const canaryRate = smallestBadRate(stableRate, settings.smallestEffect);
  if (!isFindable(stableRate, canaryRate, settings, tuning)) return Number.POSITIVE_INFINITY;
  return needed(stableRate, canaryRate, share, settings);
}

/** Canary requests without which the smallest fall of a good rate may have gone unseen, as `requestsForRise`. */
export function requestsForFall(stableRate: number, share: number, settings: Tested, tuning: Tuning = TUNING): number {
  const canaryRate = smallestFall(stableRate, settings.smallestEffect);
  const bad = ofBadRates(settings);
  const isSeen = isFindable(canaryRate, stableRate, settings, tuning) || isFindable(1 - stableRate, 1 - canaryRate, bad, tuning);
  return isSeen ? needed(1 - stableRate, 1 - canaryRate, share, { ...settings, ...bad }) : Number.POSITIVE_INFINITY;
}

function isFindable(
  lower: number,
  higher: number,
  { ratio, difference }: Pick<Tested, 'ratio' | 'difference'>,
  { ratios }: Tuning,
): boolean {
  // A ratio that was asked for as 1.5 may come back a rounding error short.
  return higher > 0 && higher * (1 + 1e-9) >= Math.min(...ratios) * ratio * (lower + difference);
}

function needed(stableRate: number, canaryRate: number, share: number, { alpha, metrics, ratio, difference }: Tested): number {
  return COST_OF_NOT_KNOWING * twoSampleRequests({ stableRate, canaryRate, alpha: alpha / metrics }, share, { ratio, difference });
}
