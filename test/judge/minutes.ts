import type { Counts } from '../../lambda/core/judge/counts';

/** One minute: stable's requests and bad ones, the canary's requests and bad ones. */
export type Row = readonly [stableRequests: number, stableBad: number, canaryRequests: number, canaryBad: number];

/** Counts of these minutes. */
export function counts(rows: readonly Row[]): Counts {
  const column = (index: number) => Float64Array.from(rows, (row) => row[index]);
  return { minutes: rows.length, stableRequests: column(0), stableBad: column(1), canaryRequests: column(2), canaryBad: column(3) };
}

/** The same minute again and again. */
export function steady(minutes: number, row: Row): Counts {
  return counts(new Array<Row>(minutes).fill(row));
}
