import type { Random } from './random';

/** Memory of every autoregressive process of the benchmark from one minute to the next. */
const RHO = 0.8;
const MEAN_GAP = 15;
const LONGEST_BURST = 3;

/** Fills `into` with a stationary AR(1) process, x[t] = 0.8 x[t-1] + noise, of the stationary standard deviation given. */
export function autoregressive(random: Random, into: Float64Array, minutes: number, deviation: number): Float64Array {
  const noise = deviation * Math.sqrt(1 - RHO * RHO);
  let value = deviation * random.normal();
  for (let minute = 0; minute < minutes; minute++) {
    into[minute] = value;
    value = RHO * value + noise * random.normal();
  }
  return into;
}

/** Marks the minutes that are in a burst with 1: 1 to 3 minutes long, uniformly; gaps exponential of mean 15 minutes, rounded up. */
export function bursts(random: Random, into: Uint8Array, minutes: number): Uint8Array {
  into.fill(0);
  let minute = Math.floor(random.exponential(MEAN_GAP));
  while (minute < minutes) {
    const end = minute + 1 + Math.floor(random.uniform() * LONGEST_BURST);
    into.fill(1, minute, end);
    minute = end + Math.ceil(random.exponential(MEAN_GAP));
  }
  return into;
}
