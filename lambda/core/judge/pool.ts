import { count, type Minute } from './evidence';
import { ERRORS, LATENCY, REQUESTS } from './readings';

/** One group's minutes, added up. Minutes without a request count are no data; 5xx that are missing beside one are 0. */
export interface Pool {
  /** Minutes with a request count. */
  readonly minutes: number;
  readonly requests: number;
  readonly bad: number;
  /** Mean of the minutes' latencies, weighed by requests, in seconds; undefined where fewer than half of the minutes have one. */
  readonly latency?: number;
  /** Requests of the minutes with a latency. */
  readonly timedRequests: number;
}

/** Adds up the minutes of one group. */
export function pool(minutes: readonly Minute[]): Pool {
  const counted = minutes.filter(({ values }) => count(values[REQUESTS]) > 0);
  const requests = sum(counted.map(({ values }) => values[REQUESTS]));
  const bad = sum(counted.flatMap(({ values }) => ERRORS.map((name) => count(values[name]))));
  const timed = counted.filter(({ values }) => Number.isFinite(values[LATENCY]) && values[LATENCY] >= 0);
  const timedRequests = sum(timed.map(({ values }) => values[REQUESTS]));
  const isTimed = timedRequests > 0 && timed.length * 2 >= counted.length;
  const latency = isTimed ? sum(timed.map(({ values }) => values[LATENCY] * values[REQUESTS])) / timedRequests : undefined;
  return { minutes: counted.length, requests, bad: Math.min(bad, requests), timedRequests, ...(latency !== undefined && { latency }) };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
