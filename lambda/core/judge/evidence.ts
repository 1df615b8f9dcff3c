/** One minute of one group. A value that CloudWatch did not report is undefined. */
export interface Minute {
  /** Beginning of the minute, in milliseconds since 1970. */
  readonly at: number;
  readonly requests?: number;
  readonly targetErrors?: number;
  readonly connectionErrors?: number;
  /** Seconds. */
  readonly latency?: number;
}

/** What is known of both groups in the minutes that are judged. */
export interface Evidence {
  readonly stable: readonly Minute[];
  readonly canary: readonly Minute[];
}

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
  const counted = minutes.filter((minute) => isCount(minute.requests) && minute.requests > 0);
  const requests = sum(counted.map((minute) => minute.requests!));
  const bad = sum(counted.map((minute) => count(minute.targetErrors) + count(minute.connectionErrors)));
  const timed = counted.filter((minute) => isCount(minute.latency));
  const timedRequests = sum(timed.map((minute) => minute.requests!));
  const isTimed = timedRequests > 0 && timed.length * 2 >= counted.length;
  const latency = isTimed ? sum(timed.map((minute) => minute.latency! * minute.requests!)) / timedRequests : undefined;
  return { minutes: counted.length, requests, bad: Math.min(bad, requests), timedRequests, ...(latency !== undefined && { latency }) };
}

function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0;
}

function count(value: number | undefined): number {
  return isCount(value) ? value : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
