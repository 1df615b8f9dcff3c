import type { Counts } from '../counts';
import { mixture } from './evidence';
import { logLikelihoodRatios } from './likelihood';
import { type SafetySettings, TUNING, type Tuning } from './settings';

/** Alternatives of the reverse test, as multiples of the ratio that is to be rejected. */
const RATIOS = [1 / 4, 1 / 2, 5 / 8, 3 / 4];
const WEIGHTS = RATIOS.map(() => 1 / RATIOS.length);

/**
 * Evidence that the canary's rate is below `safety.ratio` times stable's: the test of `evidence` turned round, of the hypothesis
 * that it is at least that. No restarts: a canary that has become good is not a good one.
 *
 * @param phi dispersion of this look, at least 1
 * @param upTo minutes that are looked at, the first ones
 */
export function safetyEvidence(
  counts: Counts,
  safety: SafetySettings,
  phi: number,
  upTo = counts.minutes,
  tuning: Tuning = TUNING,
): number {
  const ratios = new Float64Array(upTo * RATIOS.length);
  logLikelihoodRatios(counts, 0, upTo, { ratio: safety.ratio, difference: 0 }, RATIOS, ratios);
  return mixture(ratios, upTo, phi, 1, { ...tuning, ratios: RATIOS, weights: WEIGHTS, lateShare: 0 });
}

/** Whether a canary whose rate is `safety.ratio` times stable's or more would look like this with probability `safety.alpha` at most. */
export function isProvenSafe(counts: Counts, safety: SafetySettings, phi: number, upTo = counts.minutes, tuning: Tuning = TUNING): boolean {
  return safetyEvidence(counts, safety, phi, upTo, tuning) >= 1 / safety.alpha;
}
