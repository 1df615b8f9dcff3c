import type { Counts } from '../../lambda/core/judge/counts';
import { dispersion } from '../../lambda/core/judge/sequential/dispersion';
import { isProvenSafe, safetyEvidence } from '../../lambda/core/judge/sequential/safety';
import { ERROR_SETTINGS, TUNING } from '../../lambda/core/judge/sequential/settings';
import { poisson, uniforms } from './draws';
import { counts, type Row, steady } from './minutes';

const { safety } = ERROR_SETTINGS;
const WATCHES = 300;

/** An hour at 0.2 % errors, with `ratio` times that on the canary. */
function hour(ratio: number, uniform: () => number): Counts {
  return counts(Array.from({ length: 60 }, (): Row => [5400, poisson(10.8, uniform), 600, poisson(1.2 * ratio, uniform)]));
}

/** Share of the hours in which the canary is called safe at any look. */
function shareSafe(ratio: number): number {
  const uniform = uniforms(1 + ratio);
  const isSafe = (watch: Counts) =>
    [10, 20, 30, 40, 50, 60].some((minutes) => isProvenSafe(watch, safety, dispersion(watch, minutes, TUNING.dispersionPrior), minutes));
  return Array.from({ length: WATCHES }, () => hour(ratio, uniform)).filter(isSafe).length / WATCHES;
}

test('a canary that is twice as bad is called safe in 5 % of the hours at most', () => {
  expect(shareSafe(2)).toBeLessThan(safety.alpha);
});

test('a canary like stable is proven safe within the hour', () => {
  expect(shareSafe(1)).toBeGreaterThan(0.95);
});

test('nothing and no errors prove nothing', () => {
  expect(safetyEvidence(counts([]), safety, 1)).toBe(1);
  expect(safetyEvidence(steady(60, [5400, 0, 600, 0]), safety, 1)).toBe(1);
});
