import type { Counts } from '../counts';
import { dispersion } from './dispersion';
import { logLikelihoodRatios } from './likelihood';
import { type SequentialSettings, TUNING, type Tuning } from './settings';

/** What the minutes so far say against a canary. */
export interface Evidence {
  /** E_t: 1 says nothing; under the null hypothesis it reaches `1 / a` at any look with probability `a` at most. */
  readonly value: number;
  /** Natural logarithm of `value`, finite. */
  readonly log: number;
  /** phi_t, see `dispersion`. */
  readonly phi: number;
  /** Minutes that were looked at. */
  readonly minutes: number;
}

/** Factors beyond this no longer matter, and their product with anything else that occurs stays finite. */
const MOST = 1e250;

/**
 * E_t of the first `upTo` minutes, in O(minutes x ratios).
 *
 * The evidence of an anytime-valid test (Lindon & Malek, "Anytime-valid inference for multinomial count data"; Lindon, Sanden &
 * Shirikian, "Rapid regression detection in software deployments through sequential testing", KDD 2022) of the ratio of two rates,
 * tempered by the dispersion of this look and mixed with its own restarts so that a late onset is seen:
 *
 *     l'_u = min(l_u / phi_t^d, cap / phi_t^c)      E_{s:t} = sum_r w_r exp(sum_{u=s..t} l'_u(r))
 *     E_t  = (1 - late) E_{1:t} + late (1/T) [ sum_{s<=t} E_{s:t} + starts not yet begun ]
 *
 * For a single alternative E_{s:t}(phi) <= 1 + E_{s:t}(1) whatever the divisor is, 1 or more, and however it was found, and a cap only lowers it:
 * where bad requests are independent given the totals, E_t reaches 1 / a with probability a / (1 - a) at most.
 *
 * @param counts one metric of both groups
 * @param upTo minutes that are looked at, the first ones
 */
export function evidence(counts: Counts, settings: SequentialSettings, upTo = counts.minutes, tuning: Tuning = TUNING): Evidence {
  const phi = dispersion(counts, upTo, tuning.dispersionPrior, tuning.dispersionBurst);
  const ratios = new Float64Array(upTo * tuning.ratios.length);
  logLikelihoodRatios(counts, 0, upTo, settings, tuning.ratios, ratios);
  const value = mixture(ratios, upTo, phi, settings.horizonMinutes, tuning);
  return { value, log: Math.log(Math.max(value, Number.MIN_VALUE)), phi, minutes: upTo };
}

/**
 * E_t from the minutes' log-likelihood ratios. The restarts are summed by the recursion of Shiryaev and Roberts,
 * R <- (R + 1) e^l, which takes no new starts after the horizon.
 *
 * @param logRatios as `logLikelihoodRatios` fills them
 * @param minutes rows of `logRatios` in use
 * @param phi dispersion of this look, at least 1
 * @param horizon minutes in which a fault may begin
 */
export function mixture(logRatios: Float64Array, minutes: number, phi: number, horizon: number, tuning: Tuning = TUNING): number {
  const { weights, lateShare } = tuning;
  const scale = phi ** tuning.dispersionExponent;
  const cap = tuning.minuteCap / phi ** tuning.capExponent;
  const width = weights.length;
  let cumulative = 0;
  let restarts = 0;
  for (let j = 0; j < width; j++) {
    let fromFirst = 1;
    let fromAny = 0;
    for (let u = 0, at = j; u < minutes; u++, at += width) {
      const factor = Math.exp(Math.min(logRatios[at] / scale, cap));
      fromFirst = Math.min(fromFirst * factor, MOST);
      fromAny = Math.min((u < horizon ? fromAny + 1 : fromAny) * factor, MOST);
    }
    cumulative += weights[j] * fromFirst;
    restarts += weights[j] * fromAny;
  }
  const late = (restarts + Math.max(0, horizon - minutes)) / horizon;
  return (1 - lateShare) * cumulative + lateShare * late;
}
