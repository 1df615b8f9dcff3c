import type { Counts } from '../../lambda/core/judge/counts';
import { MINUTES } from './scenario';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** One replication, as every judge sees it. The arrays are reused from one replication to the next. */
export interface Watch {
  readonly metric: 'errors' | 'latency';
  /** Requests and errors; for latency, requests slower than stable's 95th percentile of the hour before. */
  readonly counts: Counts;
  /** For latency: requests slower than the 99th percentile of the hour before. */
  readonly tail: Counts;
  /** What a judge of thresholds reads each minute: the error rate, or the 95th percentile of latency in seconds; NaN without requests. */
  readonly stableReading: Float64Array;
  readonly canaryReading: Float64Array;
  /** What the oracle gains in each minute: log likelihood of the canary's counts with every true rate known, bad against healthy. */
  readonly oracle: Float64Array;
}

/** A judge: the minute (1 to 60) after which it rolls the watch back, or 0 if it never does. */
export type Judge = (watch: Watch) => number;

export type WritableWatch = Writable<Watch>;

/** Empty counts of a whole watch. */
export function emptyCounts(minutes: number = MINUTES): Counts {
  const row = () => new Float64Array(minutes);
  return { minutes, stableRequests: row(), stableBad: row(), canaryRequests: row(), canaryBad: row() };
}

/** An empty watch. */
export function emptyWatch(): WritableWatch {
  return {
    metric: 'errors',
    counts: emptyCounts(),
    tail: emptyCounts(),
    stableReading: new Float64Array(MINUTES),
    canaryReading: new Float64Array(MINUTES),
    oracle: new Float64Array(MINUTES),
  };
}
