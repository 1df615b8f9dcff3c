/** Two rates that are to be told apart, and how sure one wants to be. All are shares from 0 to 1. */
export interface TwoRates {
  readonly stableRate: number;
  readonly canaryRate: number;
  /** Probability of a false alarm. */
  readonly alpha: number;
}

/**
 * How many times the bound of `twoSampleRequests` the judge is given to find a fault: what the mixture over ratios, the unknown
 * onset, the dispersion and the cap per minute cost. About nine in ten faults of the size in question are found by then, half of
 * them in half of the time; all but a few within twice that.
 */
export const COST_OF_NOT_KNOWING = 3.5;

/** Kullback-Leibler divergence of two Bernoulli distributions in nats: what one request tells, on average, if `p` is true and `q` is not. */
export function divergence(p: number, q: number): number {
  const part = (a: number, b: number) => (a === 0 ? 0 : a * Math.log(a / b));
  return Math.max(0, part(p, q) + part(1 - p, 1 - q));
}

/**
 * Expected canary requests until Wald's sequential test knows the worse of two known rates: the least that any judge needs.
 * E_1[N] = [(1 - b) ln((1 - b) / a) + b ln(b / (1 - a))] / KL(p_C || p_S), after A. Wald, "Sequential tests of statistical
 * hypotheses", 1945. Infinity where the rates are equal.
 *
 * @param beta probability of missing the worse rate
 */
export function waldRequests({ stableRate, canaryRate, alpha }: TwoRates, beta: number): number {
  const nats = (1 - beta) * Math.log((1 - beta) / alpha) + beta * Math.log(beta / (1 - alpha));
  return nats / divergence(canaryRate, stableRate);
}

/**
 * Canary requests that are needed where stable's rate has to be learned from the other group:
 * N_C = w ln(1/a) / min_p [w KL(p_C || rho (p + delta)) + (1 - w) KL(p_S || p)], w the canary's share of the requests.
 * Infinity where the canary's rate is not above what is tolerated.
 *
 * @param share w, above 0 and below 1
 * @param tolerance rho and delta of the hypothesis; 1 and 0 for equal rates
 */
export function twoSampleRequests(
  { stableRate, canaryRate, alpha }: TwoRates,
  share: number,
  { ratio, difference }: { readonly ratio: number; readonly difference: number } = { ratio: 1, difference: 0 },
): number {
  const tolerated = canaryRate / ratio - difference;
  if (tolerated <= stableRate) return Number.POSITIVE_INFINITY;
  const perRequest = (p: number) =>
    share * divergence(canaryRate, Math.min(1, ratio * (p + difference))) + (1 - share) * divergence(stableRate, p);
  return (share * Math.log(1 / alpha)) / leastOf(perRequest, stableRate, tolerated);
}

/**
 * Canary errors that are needed to see errors that are rare, whatever their rate: ln(1/a) / (ln r - 1 + 1/r).
 *
 * @param ratio r, the canary's rate as a multiple of stable's, above 1
 */
export function rareErrors(ratio: number, alpha: number): number {
  return Math.log(1 / alpha) / (Math.log(ratio) - 1 + 1 / ratio);
}

/** Minimum of a convex function between two points, by ternary search. */
function leastOf(convex: (x: number) => number, from: number, to: number): number {
  let low = from;
  let high = to;
  for (let step = 0; step < 60; step++) {
    const third = (high - low) / 3;
    if (convex(low + third) <= convex(high - third)) high -= third;
    else low += third;
  }
  return convex((low + high) / 2);
}
