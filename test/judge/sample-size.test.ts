import { divergence, rareErrors, twoSampleRequests, waldRequests } from '../../lambda/core/judge/sequential/sample-size';

const SURE = { alpha: 0.01 };

test.each([
  [0.002, 0.004, 5392, 6797],
  [0.002, 0.01, 514, 687],
  [0.002, 0.02, 148, 211],
  [0.01, 0.02, 1067, 1345],
  [0.01, 0.05, 101, 135],
])('from %d to %d: %d requests with known rates, %d with one to learn', (stableRate, canaryRate, known, learned) => {
  expect(Math.round(waldRequests({ ...SURE, stableRate, canaryRate }, 0.05))).toBe(known);
  expect(Math.round(twoSampleRequests({ ...SURE, stableRate, canaryRate }, 0.1))).toBe(learned);
});

test.each([
  [2, 24],
  [5, 5.7],
  [10, 3.3],
])('rare errors at %d times the rate: %d of them', (ratio, errors) => {
  expect(rareErrors(ratio, 0.01)).toBeCloseTo(errors, ratio === 2 ? 0 : 1);
});

test('more traffic on the canary teaches less of stable: the requests it needs grow', () => {
  const rates = { ...SURE, stableRate: 0.002, canaryRate: 0.01 };
  const needed = [0.05, 0.1, 0.25, 0.5].map((share) => twoSampleRequests(rates, share));
  expect(needed).toEqual([...needed].sort((a, b) => a - b));
});

test('a tolerance asks for more requests, and within it no number is enough', () => {
  const rates = { ...SURE, stableRate: 0.05, canaryRate: 0.1 };
  expect(twoSampleRequests(rates, 0.1, { ratio: 1.25, difference: 0 })).toBeGreaterThan(1.5 * twoSampleRequests(rates, 0.1));
  expect(twoSampleRequests(rates, 0.1, { ratio: 2, difference: 0 })).toBe(Number.POSITIVE_INFINITY);
});

test('a stable group without errors is a rate too', () => {
  const rates = { ...SURE, stableRate: 0, canaryRate: 0.005 };
  expect(divergence(0, 0)).toBe(0);
  expect(twoSampleRequests(rates, 0.1)).toBeGreaterThan(100);
  expect(twoSampleRequests(rates, 0.1)).toBeLessThan(1000);
});
