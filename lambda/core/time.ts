const MINUTE = 60_000;

/** Whole and broken minutes from one time to another, both in ISO 8601. */
export function minutesBetween(from: string, to: string): number {
  return (parse(to) - parse(from)) / MINUTE;
}

/** The time so many minutes later, in ISO 8601. */
export function minutesAfter(time: string, minutes: number): string {
  return new Date(parse(time) + minutes * MINUTE).toISOString();
}

/** The first whole minute at or after this time, in milliseconds since 1970. */
export function minuteAfter(time: string): number {
  return Math.ceil(parse(time) / MINUTE) * MINUTE;
}

/** The last whole minute at or before this time, in milliseconds since 1970. */
export function minuteBefore(time: string): number {
  return Math.floor(parse(time) / MINUTE) * MINUTE;
}

/** Whole minutes, in milliseconds since 1970; `end` is not included. */
export interface Window {
  readonly start: number;
  readonly end: number;
  /** How many there are. */
  readonly minutes: number;
}

/** Minutes whose data are complete: from the first whole minute after `since` until `settleMinutes` before `now`, without the first `skipped`. */
export function settledWindow(since: string, now: string, settleMinutes: number, skipped = 0): Window {
  const start = minuteAfter(since) + skipped * MINUTE;
  const end = Math.max(start, minuteBefore(now) - settleMinutes * MINUTE);
  return { start, end, minutes: (end - start) / MINUTE };
}

/** All minutes from the one of `since` to the one of `now`, however incomplete. */
export function wholeWindow(since: string, now: string): Window {
  const start = minuteBefore(since);
  const end = minuteBefore(now) + MINUTE;
  return { start, end, minutes: (end - start) / MINUTE };
}

/** The newest `minutes` whose data are complete. */
export function windowBefore(now: string, minutes: number, settleMinutes: number): Window {
  const end = minuteBefore(now) - settleMinutes * MINUTE;
  return { start: end - minutes * MINUTE, end, minutes };
}

function parse(time: string): number {
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) throw new Error(`a time must be in ISO 8601, got '${time}'`);
  return milliseconds;
}
