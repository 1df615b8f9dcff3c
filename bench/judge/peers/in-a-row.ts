import { MINUTES } from '../scenario';

/** The first minute, from 1, that ends `needed` breaches in a row; 0 if there is none. */
export function inARow(needed: number, isBreach: (minute: number) => boolean): number {
  let row = 0;
  for (let minute = 0; minute < MINUTES; minute++) {
    row = isBreach(minute) ? row + 1 : 0;
    if (row === needed) return minute + 1;
  }
  return 0;
}
