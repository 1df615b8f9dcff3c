import type { Tuning } from '../../lambda/core/judge/sequential/settings';

/** The evidence as it was before it was tuned: for figures that are to stay when the tuning changes. */
export const PROTOTYPE: Tuning = {
  ratios: [1.25, 1.5, 2, 3, 5, 10, 20, 50, 100],
  weights: new Array(9).fill(1 / 9),
  dispersionExponent: 1,
  minuteCap: Math.log(10),
  capExponent: 0,
  dispersionPrior: 5,
  dispersionBurst: Number.POSITIVE_INFINITY,
  lateShare: 0.5,
};
