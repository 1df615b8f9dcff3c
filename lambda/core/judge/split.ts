import type { AnalysisConfig } from '../../../lib/deployment/contract';
import { minuteAfter, minuteBefore, settledWindow } from '../time';
import { count, type Evidence, type Minute } from './evidence';
import { ERRORS } from './readings';

const MINUTE = 60_000;

/** When the canary's weights were written, the first one first, and when this look is. ISO 8601. */
export interface Looked {
  readonly shifts: readonly string[];
  readonly now: string;
}

/** What was seen, by what it may be used for. */
export interface SplitEvidence {
  /** Minutes whose data are complete, without warm-up and without minutes in which the weight changed. */
  readonly settled: Evidence;
  /** Minutes that can only fail a canary. */
  readonly unsettled: Evidence;
}

/**
 * Splits the minutes since the canary first got traffic. A minute in which the weight changed has two shares of the traffic.
 * One that ended less than a minute ago is left out altogether, unless stable reports errors in it: of a fault that both groups
 * have, the canary's datapoint may be there before stable's.
 */
export function split(seen: Evidence, { shifts, now }: Looked, { settleMinutes, warmUpMinutes }: AnalysisConfig): SplitEvidence {
  const window = settledWindow(shifts[0], now, settleMinutes, warmUpMinutes);
  const changed = new Set(shifts.map(minuteBefore));
  const isSettled = ({ at }: Minute) => at >= window.start && at < window.end && !changed.has(at);
  const told = new Set(seen.stable.filter(({ values }) => ERRORS.some((name) => count(values[name]) > 0)).map(({ at }) => at));
  const isTold = ({ at }: Minute) => at + 2 * MINUTE <= Date.parse(now) || told.has(at);
  const filter = (isWanted: (minute: Minute) => boolean): Evidence => ({
    stable: seen.stable.filter(isWanted),
    canary: seen.canary.filter(isWanted),
  });
  return { settled: filter(isSettled), unsettled: filter((minute) => !isSettled(minute) && isTold(minute)) };
}

/** The evidence without the minutes in which a count still answers to totals of another weight. */
export function withoutDelays({ stable, canary }: Evidence, shifts: readonly string[], delayMinutes: number): Evidence {
  const isLate = ({ at }: Minute) => shifts.some((shift) => at >= minuteBefore(shift) && at < minuteAfter(shift) + delayMinutes * MINUTE);
  return { stable: stable.filter((minute) => !isLate(minute)), canary: canary.filter((minute) => !isLate(minute)) };
}
