const MINUTE = 60_000;

/** Whole and broken minutes from one time to another, both in ISO 8601. */
export function minutesBetween(from: string, to: string): number {
  return (parse(to) - parse(from)) / MINUTE;
}

/** The first whole minute at or after this time, in milliseconds since 1970. */
export function minuteAfter(time: string): number {
  return Math.ceil(parse(time) / MINUTE) * MINUTE;
}

/** The last whole minute at or before this time, in milliseconds since 1970. */
export function minuteBefore(time: string): number {
  return Math.floor(parse(time) / MINUTE) * MINUTE;
}

/** Minutes whose data are complete: from the first whole minute after `since` until `settleMinutes` before `now`. */
export function settledWindow(since: string, now: string, settleMinutes: number): { start: number; end: number; minutes: number } {
  const start = minuteAfter(since);
  const end = Math.max(start, minuteBefore(now) - settleMinutes * MINUTE);
  return { start, end, minutes: (end - start) / MINUTE };
}

function parse(time: string): number {
  const milliseconds = Date.parse(time);
  if (Number.isNaN(milliseconds)) throw new Error(`a time must be in ISO 8601, got '${time}'`);
  return milliseconds;
}
