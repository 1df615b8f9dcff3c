import type { Counts } from '../counts';
import { badAt, requestsAt } from './bounds';
import type { FastGuardSettings } from './settings';

/**
 * The first minute that is bad beyond doubt, as an index; undefined if there is none.
 *
 * Unsettled minutes may be passed: a late datapoint can only add to the canary's errors. A minute without requests
 * of stable is no comparison and does not count: whatever the canary suffers then, stable may suffer as well.
 *
 * @param from first minute that is looked at
 * @param to end of the minutes that are looked at, excluded
 */
export function fastGuard(counts: Counts, guard: FastGuardSettings, from = 0, to = counts.minutes): number | undefined {
  for (let u = from; u < to; u++) {
    const nS = requestsAt(counts.stableRequests, u);
    const nC = requestsAt(counts.canaryRequests, u);
    const xC = badAt(counts.canaryBad, u, nC);
    if (nS === 0 || xC < guard.bad || xC < guard.rate * nC) continue;
    if (xC / nC >= (guard.ratio * badAt(counts.stableBad, u, nS)) / nS) return u;
  }
  return undefined;
}
