import { MINUTES } from '../scenario';
import { type Tally, WATCH_MINUTES } from '../tally';

/** An estimate with its standard error. */
export interface Estimate {
  readonly value: number;
  readonly standardError: number;
}

/** Watches rolled back by the end of minute `by`, in percent. */
export function rolledBackPercent({ rolledBack, replications }: Tally, by: number): Estimate {
  let watches = 0;
  for (let minute = 1; minute <= by; minute++) watches += rolledBack[minute];
  const share = watches / replications;
  return { value: 100 * share, standardError: 100 * Math.sqrt((share * (1 - share)) / replications) };
}

/** Watches not rolled back by the end of the watch, in percent. */
export function missedPercent(tally: Tally, watchMinutes: number = WATCH_MINUTES): Estimate {
  const { value, standardError } = rolledBackPercent(tally, watchMinutes);
  return { value: 100 - value, standardError };
}

/** The minute by which a share of the watches was rolled back; undefined if that did not happen in 60 minutes. */
export function quantileMinute({ rolledBack, replications }: Tally, share: number): number | undefined {
  let watches = 0;
  for (let minute = 1; minute <= MINUTES; minute++) {
    watches += rolledBack[minute];
    if (watches >= share * replications) return minute;
  }
  return undefined;
}

/** Bad responses of the canary before the roll-back, or until the watch ended: the mean over the watches. */
export function servedMean({ served, servedSquared, replications }: Tally): Estimate {
  const mean = served / replications;
  return { value: mean, standardError: Math.sqrt(Math.max(0, servedSquared / replications - mean * mean) / replications) };
}
