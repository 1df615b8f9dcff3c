import type { Counts } from '../counts';
import { badAt, requestsAt } from './bounds';
import type { SequentialSettings } from './settings';

/** Good outcomes of both groups, seen as bad ones: what is not good is bad. Counts of good ones are in the `Bad` columns. */
export function complement(good: Counts): Counts {
  const rest = (requests: Float64Array, part: Float64Array) =>
    Float64Array.from({ length: good.minutes }, (_, minute) => {
      const all = requestsAt(requests, minute);
      return all - badAt(part, minute, all);
    });
  return {
    ...good,
    stableBad: rest(good.stableRequests, good.stableBad),
    canaryBad: rest(good.canaryRequests, good.canaryBad),
  };
}

/** The same counts with the groups' roles exchanged: a rate that falls on one group is one that is higher on the other. */
export function exchange({ minutes, stableRequests, stableBad, canaryRequests, canaryBad }: Counts): Counts {
  return { minutes, stableRequests: canaryRequests, stableBad: canaryBad, canaryRequests: stableRequests, canaryBad: stableBad };
}

/**
 * The hypothesis "stable's good rate <= rho x (canary's good rate + delta)", said of bad rates. With b = 1 - good:
 * b_C <= (1 / rho) (b_S + rho - 1 + rho delta).
 */
export function ofBadRates({ ratio, difference }: Pick<SequentialSettings, 'ratio' | 'difference'>): { ratio: number; difference: number } {
  return { ratio: 1 / ratio, difference: ratio - 1 + ratio * difference };
}
