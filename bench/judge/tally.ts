import { MINUTES } from './scenario';
import type { Watch } from './watch';

/** Minutes of the watch that errors served and misses refer to in the comparison. */
export const WATCH_MINUTES = 30;

/** What one judge did in the replications of one scenario. All whole numbers, so that sums do not depend on their order. */
export interface Tally {
  replications: number;
  /** Watches rolled back after minute i, at index i; index 0: never. */
  readonly rolledBack: number[];
  /** Bad responses that canaries served before the roll-back, or until the watch ended. */
  served: number;
  servedSquared: number;
}

/** A tally of nothing. */
export function emptyTally(): Tally {
  return { replications: 0, rolledBack: new Array(MINUTES + 1).fill(0), served: 0, servedSquared: 0 };
}

/** Counts one replication in which the judge rolled back after minute `minute`, or never (0), in a watch of `watchMinutes`. */
export function count(tally: Tally, watch: Watch, minute: number, watchMinutes: number): void {
  tally.replications++;
  tally.rolledBack[minute]++;
  const until = minute === 0 ? watchMinutes : Math.min(minute, watchMinutes);
  let served = 0;
  for (let passed = 0; passed < until; passed++) served += watch.counts.canaryBad[passed];
  tally.served += served;
  tally.servedSquared += served * served;
}

/** Adds one tally to another. */
export function add(into: Tally, more: Tally): void {
  into.replications += more.replications;
  more.rolledBack.forEach((watches, minute) => {
    into.rolledBack[minute] += watches;
  });
  into.served += more.served;
  into.servedSquared += more.servedSquared;
}
