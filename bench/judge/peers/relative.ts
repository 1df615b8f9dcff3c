import type { Watch } from '../watch';
import { inARow } from './in-a-row';

/** Twice stable's error rate, or 1.25 times its latency. */
const RATIOS = { errors: 2, latency: 1.25 } as const;

/** The usual home-made judge: the canary above a multiple of stable in 3 minutes of 3. */
export function relative({ metric, canaryReading, stableReading }: Watch): number {
  return inARow(3, (minute) => canaryReading[minute] > RATIOS[metric] * stableReading[minute]);
}
