import type { Random } from '../../kernel/random';

/** Above this mean the first term of the sums below gets near to the smallest number; the draw is then made in parts. */
const LARGEST_MEAN = 400;

/** How many of `n` trials succeed with probability `p` each. Exact, by inversion; takes time in proportion to the mean. */
export function binomial(random: Random, n: number, p: number): number {
  if (n === 0 || p <= 0) return 0;
  if (p >= 1) return n;
  if (p > 0.5) return n - binomial(random, n, 1 - p);
  const part = Math.floor(LARGEST_MEAN / p);
  if (n > part) return binomial(random, part, p) + binomial(random, n - part, p);
  const odds = p / (1 - p);
  let term = (1 - p) ** n;
  let left = random.next() - term;
  let k = 0;
  while (left > 0 && k < n) {
    term *= (odds * (n - k)) / (k + 1);
    left -= term;
    k++;
  }
  return k;
}

/** A number of events whose mean is `mean`. Exact, by inversion. */
export function poisson(random: Random, mean: number): number {
  if (mean <= 0) return 0;
  if (mean > LARGEST_MEAN) return poisson(random, LARGEST_MEAN) + poisson(random, mean - LARGEST_MEAN);
  let term = Math.exp(-mean);
  let left = random.next() - term;
  let k = 0;
  while (left > 0 && term > 0) {
    k++;
    term *= mean / k;
    left -= term;
  }
  return k;
}

/** Splits `n` by weights: each of the `n` goes its own way. Where all weights are 0, nothing goes anywhere. */
export function multinomial(random: Random, n: number, weights: readonly number[]): number[] {
  let left = n;
  let weightLeft = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => {
    const share = weightLeft > 0 ? binomial(random, left, weight / weightLeft) : 0;
    left -= share;
    weightLeft -= weight;
    return share;
  });
}
