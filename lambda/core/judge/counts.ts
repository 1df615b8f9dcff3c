/** Requests of both groups, and how many of them were bad: one row a minute, oldest first. */
export interface Counts {
  /** Rows in use; the arrays may be longer. */
  readonly minutes: number;
  readonly stableRequests: Float64Array;
  readonly stableBad: Float64Array;
  readonly canaryRequests: Float64Array;
  readonly canaryBad: Float64Array;
}
