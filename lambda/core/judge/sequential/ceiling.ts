import { rate, type Totals } from './totals';

/** Whether both groups are above the ceiling: no fault of the release's, and nothing to promote on. */
export function bothAbove({ stableBad, stableRequests, canaryBad, canaryRequests }: Totals, ceiling: number): boolean {
  return rate(stableBad, stableRequests) > ceiling && rate(canaryBad, canaryRequests) > ceiling;
}
