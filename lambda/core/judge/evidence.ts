import type { Counts } from './counts';

/** One minute of one group. */
export interface Minute {
  /** Beginning of the minute, in milliseconds since 1970. */
  readonly at: number;
  /** What CloudWatch reported, by the names in `readings.ts`; what it did not report is absent. */
  readonly values: Readonly<Record<string, number>>;
}

/** What is known of both groups, minute by minute: the same minutes of each. */
export interface Evidence {
  readonly stable: readonly Minute[];
  readonly canary: readonly Minute[];
}

/**
 * A total and the part of it that counts, of both groups. A minute without a total is no data; a part that is missing beside one
 * is 0, since the load balancer reports only what occurred.
 *
 * @param parts what is added up
 */
export function countsOf({ stable, canary }: Evidence, total: string, parts: readonly string[]): Counts {
  const column = (minutes: readonly Minute[], names: readonly string[]) =>
    Float64Array.from(minutes, ({ values }) => names.reduce((sum, name) => sum + count(values[name]), 0));
  return {
    minutes: Math.min(stable.length, canary.length),
    stableRequests: column(stable, [total]),
    stableBad: column(stable, parts),
    canaryRequests: column(canary, [total]),
    canaryBad: column(canary, parts),
  };
}

/**
 * The same for a part that may come some minutes after its total, as an order comes after its checkout. What is more than a
 * minute's total belongs to totals before, and counts in a later minute: nothing of it is lost.
 */
export function lateCountsOf(evidence: Evidence, total: string, part: string): Counts {
  const counts = countsOf(evidence, total, [part]);
  carry(counts.stableBad, counts.stableRequests);
  carry(counts.canaryBad, counts.canaryRequests);
  return counts;
}

function carry(parts: Float64Array, totals: Float64Array): void {
  let left = 0;
  for (let minute = 0; minute < parts.length; minute++) {
    const all = parts[minute] + left;
    parts[minute] = Math.min(all, totals[minute]);
    left = all - parts[minute];
  }
}

/** The minutes of the evidence that begin within [start, end). */
export function minutesWithin(evidence: Evidence, window: { readonly start: number; readonly end: number }): Evidence {
  const chosen = ({ at }: Minute) => at >= window.start && at < window.end;
  return { stable: evidence.stable.filter(chosen), canary: evidence.canary.filter(chosen) };
}

/** A count that CloudWatch reported; 0 for what is none. */
export function count(value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : 0;
}
