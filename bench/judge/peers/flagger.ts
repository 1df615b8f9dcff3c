import { MINUTES } from '../scenario';
import type { Watch } from '../watch';
import { LIMITS } from './limits';

/** The threshold of Flagger's own examples. */
const FAILED_CHECKS = 5;

/** Flagger: a check each minute against a fixed limit; a failed check adds to a counter that no passing check lowers. No data is a failed check. */
export function flagger({ metric, canaryReading }: Watch): number {
  let failed = 0;
  for (let minute = 0; minute < MINUTES; minute++) {
    if (!(canaryReading[minute] <= LIMITS[metric])) failed++;
    if (failed === FAILED_CHECKS) return minute + 1;
  }
  return 0;
}
