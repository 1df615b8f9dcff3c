import type { Random } from './random';

/** log(n!) by a table, and by Stirling's series from 16 on. */
export function logFactorial(n: number): number {
  if (n < TABLE.length) return TABLE[n];
  const x = n + 1;
  return (x - 0.5) * Math.log(x) - x + 0.918_938_533_204_672_7 + (1 / 12 - 1 / (360 * x * x)) / x;
}

const TABLE = Array.from({ length: 16 }, (_, n) => Math.log(Array.from({ length: n }, (_, i) => i + 1).reduce((a, b) => a * b, 1)));

/** A Poisson count: sequential search for small means, else PTRS (W. Hoermann, The transformed rejection method, 1993). */
export function poisson(random: Random, mean: number): number {
  if (mean <= 0) return 0;
  if (mean < 10) return poissonBySearch(random, mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const inverseAlpha = 1.1239 + 1.1328 / (b - 3.4);
  const vr = 0.9277 - 3.6224 / (b - 2);
  const logMean = Math.log(mean);
  for (;;) {
    const u = random.uniform() - 0.5;
    const v = random.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= vr) return k;
    if (k < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log((v * inverseAlpha) / (a / (us * us) + b)) <= k * logMean - mean - logFactorial(k)) return k;
  }
}

function poissonBySearch(random: Random, mean: number): number {
  let rest = random.uniform();
  let mass = Math.exp(-mean);
  let k = 0;
  while (rest > mass && k < 1000) {
    rest -= mass;
    k++;
    mass *= mean / k;
  }
  return k;
}

/** A binomial count: sequential search for small means, else BTRS (W. Hoermann, The generation of binomial random variates, 1993). */
export function binomial(random: Random, trials: number, p: number): number {
  if (trials <= 0 || p <= 0) return 0;
  if (p >= 1) return trials;
  if (p > 0.5) return trials - binomial(random, trials, 1 - p);
  if (trials * p < 10) return binomialBySearch(random, trials, p);
  const spread = Math.sqrt(trials * p * (1 - p));
  const b = 1.15 + 2.53 * spread;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = trials * p + 0.5;
  const vr = 0.92 - 4.2 / b;
  const alpha = (2.83 + 5.1 / b) * spread;
  const logOdds = Math.log(p / (1 - p));
  const mode = Math.floor((trials + 1) * p);
  const atMode = logFactorial(mode) + logFactorial(trials - mode);
  for (;;) {
    const u = random.uniform() - 0.5;
    const v = random.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (k < 0 || k > trials) continue;
    if (us >= 0.07 && v <= vr) return k;
    const accepted = atMode - logFactorial(k) - logFactorial(trials - k) + (k - mode) * logOdds;
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= accepted) return k;
  }
}

function binomialBySearch(random: Random, trials: number, p: number): number {
  const odds = p / (1 - p);
  let rest = random.uniform();
  let mass = Math.exp(trials * Math.log1p(-p));
  let k = 0;
  while (rest > mass && k < trials) {
    rest -= mass;
    mass *= ((trials - k) / (k + 1)) * odds;
    k++;
    if (mass < 1e-18 && k > trials * p) break;
  }
  return k;
}
