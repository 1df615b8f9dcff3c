import { MINUTES } from '../scenario';
import type { Watch } from '../watch';

const ALPHA = 0.01;
const BETA = 0.05;
const ROLL_BACK = Math.log((1 - BETA) / ALPHA);
const PASS = Math.log(BETA / (1 - ALPHA));

/**
 * Wald's sequential probability ratio test by an oracle that knows both true rates of every minute, the onset, the bursts and the
 * clusters. No judge that has to learn them can be faster at the same error rates: it marks what is possible, not a competitor.
 */
export function sprt({ oracle }: Watch): number {
  let sum = 0;
  for (let minute = 0; minute < MINUTES; minute++) {
    sum += oracle[minute];
    if (sum >= ROLL_BACK) return minute + 1;
    if (sum <= PASS) return 0;
  }
  return 0;
}
