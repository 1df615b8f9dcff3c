import type { Counts } from '../counts';
import { badAt, requestsAt } from './bounds';

/** The hypothesis that is tested: canary's rate <= `ratio` x (stable's rate + `difference`). */
export interface Hypothesis {
  readonly ratio: number;
  readonly difference: number;
}

/**
 * Log-likelihood ratios l_u(r) of the alternatives r = `ratio` x `ratios[j]` against the hypothesis's boundary, for the
 * minutes `from` (included) to `to` (excluded).
 *
 * Given the sum of both groups' bad requests, the canary's part is binomial with odds r k, k = n_C / n_S of that minute.
 * So a burst that hits both groups cancels, and the rate may differ in every minute:
 *
 *     l_u(r) = x_C ln[ r (1 + rho k) / (rho (1 + r k)) ] + (x_S + delta n_S) ln[ (1 + rho k) / (1 + r k) ]
 *
 * A minute in which either group has no requests says nothing: 0.
 *
 * @param into row `u` holds minute u's `ratios.length` values, from index `u x ratios.length`
 */
export function logLikelihoodRatios(
  counts: Counts,
  from: number,
  to: number,
  { ratio: rho, difference: delta }: Hypothesis,
  ratios: readonly number[],
  into: Float64Array,
): void {
  const width = ratios.length;
  for (let u = from; u < to; u++) {
    const row = u * width;
    const nS = requestsAt(counts.stableRequests, u);
    const nC = requestsAt(counts.canaryRequests, u);
    if (nS === 0 || nC === 0) {
      into.fill(0, row, row + width);
      continue;
    }
    const xC = badAt(counts.canaryBad, u, nC);
    const xS = badAt(counts.stableBad, u, nS) + delta * nS;
    for (let j = 0; j < width; j++) {
      const fewer = Math.log((nS + rho * nC) / (nS + rho * ratios[j] * nC));
      into[row + j] = xC * (Math.log(ratios[j]) + fewer) + xS * fewer;
    }
  }
}
