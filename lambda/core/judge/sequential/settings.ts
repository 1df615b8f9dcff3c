/** How much worse a rate must be before it matters: both conditions must hold. */
export interface Effect {
  /** At least this many times stable's rate. */
  readonly ratio: number;
  /** At least this much above stable's rate, as a share from 0 to 1. */
  readonly difference: number;
}

/** One minute that is so bad that no test is needed: all three must hold. */
export interface FastGuardSettings {
  /** Bad canary requests in the minute. */
  readonly bad: number;
  /** The canary's bad rate in the minute, from 0 to 1. */
  readonly rate: number;
  /** The canary's rate as a multiple of stable's in the same minute. */
  readonly ratio: number;
}

/** When a canary counts as proven safe. */
export interface SafetySettings {
  /** The hypothesis to be rejected: the canary's rate is at least so many times stable's. */
  readonly ratio: number;
  /** Probability of calling such a canary safe. */
  readonly alpha: number;
}

/** What is tested for one metric. The null hypothesis is: canary's rate <= `ratio` x (stable's rate + `difference`). */
export interface SequentialSettings {
  /** Probability of a false roll-back of the whole deployment. */
  readonly alpha: number;
  /** Metrics that share `alpha`, 1 or more. */
  readonly metrics: number;
  /** rho, above 0. */
  readonly ratio: number;
  /** delta, a share from 0 to 1. */
  readonly difference: number;
  /** T: minutes in which a fault may begin, over which the weight of a late onset is spread. Fixed before the first look. */
  readonly horizonMinutes: number;
  /** The effect filter, cumulative or over the last `minutes`. */
  readonly effect: Effect & { readonly minutes: number };
  /** Canary requests without which nothing is rolled back. */
  readonly leastRequests: number;
  /** The smallest effect that must not be missed; decides how many canary requests a verdict of "pass" needs. */
  readonly smallestEffect: Effect;
  /**
   * Stable's rate that the needed requests are worked out with, from 0 to 1: that of the hour before, so that a deployment which was
   * planned with it does not need more because stable happens to be calmer. Absent: stable's rate as it is observed.
   */
  readonly expectedRate?: number;
  /** Both rates above this: nothing is promoted. A share from 0 to 1; absent for no ceiling. */
  readonly ceiling?: number;
  /** Absent for metrics on which a single minute proves nothing. */
  readonly fastGuard?: FastGuardSettings;
  readonly safety: SafetySettings;
}

/** Constants of the evidence. Others can be passed to try them; the defaults are those of the product. */
export interface Tuning {
  /** Alternatives of the mixture, as multiples of `SequentialSettings.ratio`; each above 1. */
  readonly ratios: readonly number[];
  /** Weights of the alternatives, of sum 1. */
  readonly weights: readonly number[];
  /** The power of phi by which log-likelihood ratios are divided. */
  readonly dispersionExponent: number;
  /** The most that one minute adds to a log-likelihood ratio where phi is 1. */
  readonly minuteCap: number;
  /** The power of phi by which that cap is divided: the more errors cluster, the less a single minute proves. */
  readonly capExponent: number;
  /** Minutes without over-dispersion that are added to those observed. */
  readonly dispersionPrior: number;
  /** A minute with more bad requests than this many times the median minute's weighs as if it had so many: a burst is one observation. */
  readonly dispersionBurst: number;
  /** Share of the evidence that is kept for faults that begin after the first minute, from 0 to 1. */
  readonly lateShare: number;
}

/** For errors: chosen with the benchmark's tuning seed, see docs/decisions/0007-judge-tuning.md. */
export const TUNING: Tuning = Object.freeze({
  ratios: Object.freeze([1.4, 2, 4, 10]),
  weights: Object.freeze([0.1, 0.35, 0.35, 0.2]),
  dispersionExponent: 2 / 3,
  minuteCap: Math.log(10),
  capExponent: 1 / 3,
  dispersionPrior: 5,
  dispersionBurst: 3,
  lateShare: 0.25,
});

/**
 * For slow requests: half as slow again multiplies the requests beyond a percentile by three to six, so large ratios are of no use;
 * and groups that are equally good drift apart for minutes on end, so a minute proves less.
 */
export const LATENCY_TUNING: Tuning = Object.freeze({
  ...TUNING,
  ratios: Object.freeze([1.5, 2.5]),
  weights: Object.freeze([0.6, 0.4]),
  minuteCap: Math.log(8),
});

/** Errors: anything above stable's rate, if it is a quarter and 0.05 percentage points more. */
export const ERROR_SETTINGS: SequentialSettings = Object.freeze({
  alpha: 0.01,
  metrics: 1,
  ratio: 1,
  difference: 0,
  horizonMinutes: 60,
  effect: Object.freeze({ ratio: 1.25, difference: 0.0005, minutes: 10 }),
  leastRequests: 100,
  smallestEffect: Object.freeze({ ratio: 5, difference: 0.02 }),
  fastGuard: Object.freeze({ bad: 20, rate: 0.2, ratio: 3 }),
  safety: Object.freeze({ ratio: 2, alpha: 0.05 }),
});

/**
 * Requests slower than the 95th percentile of stable's history. A tolerance of a quarter, since latencies drift apart
 * between groups that are equally good. A slow minute is no outage: there is no fast guard.
 */
export const SLOW95_SETTINGS: SequentialSettings = Object.freeze({
  ...ERROR_SETTINGS,
  ratio: 1.25,
  effect: Object.freeze({ ratio: 1.25, difference: 0.01, minutes: 10 }),
  smallestEffect: Object.freeze({ ratio: 3, difference: 0.01 }),
  fastGuard: undefined,
});

/** Requests slower than the 99th percentile of stable's history. */
export const SLOW99_SETTINGS: SequentialSettings = Object.freeze({
  ...SLOW95_SETTINGS,
  effect: Object.freeze({ ratio: 1.25, difference: 0.005, minutes: 10 }),
  smallestEffect: Object.freeze({ ratio: 3, difference: 0.01 }),
});

/**
 * Rates that must not fall, such as orders per checkout. The canary's may not be below stable's; `effect` is how many times
 * the canary's rate stable's is, `smallestEffect` a fall to two thirds.
 */
export const FALL_SETTINGS: Omit<SequentialSettings, 'ceiling' | 'fastGuard'> = Object.freeze({
  ...ERROR_SETTINGS,
  smallestEffect: Object.freeze({ ratio: 1.5, difference: 0 }),
  fastGuard: undefined,
});

/** A measure of the owner's own: one odd minute proves nothing of it, and there is no ceiling. */
export const CUSTOM_SETTINGS: SequentialSettings = Object.freeze({
  ...ERROR_SETTINGS,
  smallestEffect: Object.freeze({ ratio: 2, difference: 0.02 }),
  fastGuard: undefined,
});

/** The evidence that a metric needs to fail: M / alpha. */
export function evidenceLimit({ alpha, metrics }: Pick<SequentialSettings, 'alpha' | 'metrics'>): number {
  return metrics / alpha;
}

/** Minutes before which no evidence can reach its limit, because of the cap on each: what passes sooner would pass unseen. */
export function leastMinutes(settings: Pick<SequentialSettings, 'alpha' | 'metrics'>, { minuteCap, lateShare }: Tuning = TUNING): number {
  return Math.ceil(Math.log(evidenceLimit(settings) / (1 - lateShare)) / minuteCap);
}
