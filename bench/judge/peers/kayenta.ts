import type { Watch } from '../watch';
import { rankSumZ, shiftAt } from './mann-whitney';

/** Minutes after which Kayenta's judge is run, once. */
const WINDOW = 30;
/** The normal quantile of its confidence level of 0.98, two-sided. */
const QUANTILE = 2.326_347_874;
const TOLERANCE = 0.25;
/** effectSize.allowedIncrease, its default. */
const ALLOWED_INCREASE = 1;

/**
 * Kayenta's NetflixACAJudge with its defaults on a critical metric whose increase is bad: a Mann-Whitney test of the minutes' readings.
 * High, and so a roll-back, iff the lower confidence limit is above a quarter of the absolute Hodges-Lehmann estimate and the
 * ratio of the means is allowedIncrease at least (ignored where a mean is 0).
 */
export function kayenta({ canaryReading, stableReading }: Watch): number {
  const canary = readings(canaryReading);
  const stable = readings(stableReading);
  if (canary.length === 0 || stable.length === 0 || canary.every((value, minute) => value === stable[minute])) return 0;
  if (rankSumZ(canary, stable, 0) <= QUANTILE) return 0;
  const ratio = mean(canary) / mean(stable);
  if (Number.isFinite(ratio) && ratio > 0 && ratio < ALLOWED_INCREASE) return 0;
  return shiftAt(canary, stable, QUANTILE) > TOLERANCE * Math.abs(shiftAt(canary, stable, 0)) ? WINDOW : 0;
}

function readings(all: Float64Array): Float64Array {
  return all
    .subarray(0, WINDOW)
    .filter((value) => !Number.isNaN(value))
    .sort();
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
