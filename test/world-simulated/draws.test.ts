import { Random } from '../../lab/kernel/random';
import { binomial, multinomial, poisson } from '../../lab/world/simulated/draws';

/** Mean and variance of many draws. */
function moments(draw: () => number, count = 20_000): { mean: number; variance: number } {
  const draws = Array.from({ length: count }, draw);
  const mean = draws.reduce((sum, value) => sum + value, 0) / count;
  return { mean, variance: draws.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count };
}

test.each([
  [0, 0.5],
  [10, 0.08],
  [1000, 0.001],
  [1000, 0.9],
  [5000, 0.3],
])('binomial of %d trials at %d has its mean and variance', (n, p) => {
  const random = new Random(5);
  const { mean, variance } = moments(() => binomial(random, n, p), 5000);
  expect(mean).toBeCloseTo(n * p, n * p > 100 ? -1 : 0);
  expect(Math.abs(variance - n * p * (1 - p))).toBeLessThanOrEqual(0.1 * n * p * (1 - p));
});

test.each([[0], [0.3], [20], [1700]])('poisson of mean %d has that mean and variance', (expected) => {
  const random = new Random(6);
  const { mean, variance } = moments(() => poisson(random, expected), 5000);
  expect(Math.abs(mean - expected)).toBeLessThanOrEqual(0.03 * expected);
  expect(Math.abs(variance - expected)).toBeLessThanOrEqual(0.12 * expected);
});

test('certain and impossible trials are not drawn', () => {
  const random = new Random(1);
  expect(binomial(random, 70_000, 1)).toBe(70_000);
  expect(binomial(random, 70_000, 0)).toBe(0);
});

test.each([
  [[90, 10], 1000],
  [[0, 1], 1000],
  [[0, 0], 0],
  [[1, 1, 1], 1000],
])('splitting 1000 by %j hands out %d', (weights, total) => {
  const shares = multinomial(new Random(9), 1000, weights);
  expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
  const weightTotal = weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, share] of shares.entries()) {
    if (weightTotal > 0) expect(Math.abs(share - (1000 * weights[index]) / weightTotal)).toBeLessThan(60);
  }
});
