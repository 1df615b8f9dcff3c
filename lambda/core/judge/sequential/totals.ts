import type { Counts } from '../counts';
import { badAt, requestsAt } from './bounds';

/** Sums over the minutes in which both groups had requests. */
export interface Totals {
  /** Minutes with requests in both groups. */
  readonly minutes: number;
  readonly stableRequests: number;
  readonly stableBad: number;
  readonly canaryRequests: number;
  readonly canaryBad: number;
}

/** Adds up the minutes `from` (included) to `to` (excluded). A minute in which either group is silent compares nothing and is left out. */
export function totals(counts: Counts, from = 0, to = counts.minutes): Totals {
  let minutes = 0;
  let stableRequests = 0;
  let stableBad = 0;
  let canaryRequests = 0;
  let canaryBad = 0;
  for (let u = Math.max(0, from); u < to; u++) {
    const nS = requestsAt(counts.stableRequests, u);
    const nC = requestsAt(counts.canaryRequests, u);
    if (nS === 0 || nC === 0) continue;
    minutes++;
    stableRequests += nS;
    canaryRequests += nC;
    stableBad += badAt(counts.stableBad, u, nS);
    canaryBad += badAt(counts.canaryBad, u, nC);
  }
  return { minutes, stableRequests, stableBad, canaryRequests, canaryBad };
}

/** Bad requests per request, from 0 to 1; 0 where there are no requests. */
export function rate(bad: number, requests: number): number {
  return requests > 0 ? bad / requests : 0;
}
