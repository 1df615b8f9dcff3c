import fc from 'fast-check';
import { dispersion } from '../../lambda/core/judge/sequential/dispersion';
import { evidence } from '../../lambda/core/judge/sequential/evidence';
import { ERROR_SETTINGS, LATENCY_TUNING, SLOW95_SETTINGS, TUNING } from '../../lambda/core/judge/sequential/settings';
import { evidenceByTheFormula, phiByTheFormula } from './formula';
import { counts, type Row, steady } from './minutes';
import { PROTOTYPE } from './prototype';

const HEALTHY: Row = [5400, 11, 600, 1];
const TENFOLD: Row = [5400, 11, 600, 12];

test.each<[string, readonly Row[], number]>([
  ['no minutes', [], 1],
  ['no requests', [[0, 0, 0, 0]], 1],
  ['no requests of stable', [[0, 0, 600, 600]], 1],
  ['no requests of the canary', [[5400, 5400, 0, 0]], 1],
  ['no errors', [[5400, 0, 600, 0]], 1],
])('%s are no evidence', (_name, rows, value) => {
  expect(evidence(counts(rows), ERROR_SETTINGS)).toEqual({ value, log: 0, phi: 1, minutes: rows.length });
});

test('a healthy canary loses evidence minute by minute, a bad one gains it', () => {
  const healthy = [1, 5, 20].map((minutes) => evidence(steady(minutes, HEALTHY), ERROR_SETTINGS).value);
  expect(healthy[0]).toBeLessThan(1);
  expect(healthy).toEqual([...healthy].sort((a, b) => b - a));
  const bad = [1, 2, 3].map((minutes) => evidence(steady(minutes, TENFOLD), ERROR_SETTINGS).value);
  expect(bad[0]).toBeLessThan(10);
  expect(bad[2]).toBeGreaterThan(100);
});

test('one minute adds a factor of ten at most, so a verdict takes three', () => {
  const worst: Row = [5400, 0, 600, 600];
  expect(evidence(steady(1, worst), ERROR_SETTINGS).value).toBeLessThanOrEqual(10);
  expect(evidence(steady(2, worst), ERROR_SETTINGS).value).toBeLessThanOrEqual(100);
  expect(evidence(steady(3, worst), ERROR_SETTINGS).value).toBeGreaterThan(400);
});

test('a burst that hits both groups alike is no evidence', () => {
  const burst: Row = [5400, 540, 600, 60];
  expect(evidence(counts([HEALTHY, HEALTHY, burst, burst, HEALTHY]), ERROR_SETTINGS).value).toBeLessThan(1);
});

test('a late onset is seen although the minutes before spoke for the canary', () => {
  const rows = [...new Array<Row>(50).fill(HEALTHY), ...new Array<Row>(6).fill(TENFOLD)];
  expect(evidence(counts(rows), ERROR_SETTINGS).value).toBeGreaterThan(100);
  expect(evidence(counts(rows), ERROR_SETTINGS, undefined, { ...TUNING, lateShare: 0 }).value).toBeLessThan(100);
});

test('a tolerated ratio or difference is no evidence', () => {
  const more: Row = [5400, 270, 600, 40];
  expect(evidence(steady(60, more), ERROR_SETTINGS).value).toBeGreaterThan(1e4);
  expect(evidence(steady(60, more), SLOW95_SETTINGS).value).toBeLessThan(1);
  expect(evidence(steady(60, more), { ...ERROR_SETTINGS, difference: 0.02 }).value).toBeLessThan(1);
});

test('errors in clusters have a dispersion above 1, errors of one rate have not', () => {
  expect(dispersion(steady(30, TENFOLD), 30, 5)).toBe(1);
  const clustered = Array.from({ length: 30 }, (_, minute): Row => [5400, 11, 600, minute % 5 === 0 ? 6 : 0]);
  expect(dispersion(counts(clustered), 30, 5)).toBeGreaterThan(2);
});

const row = fc
  .record({
    stable: fc.integer({ min: 1, max: 100_000 }),
    share: fc.double({ min: 0.01, max: 0.9, noNaN: true }),
    stableBad: fc.double({ min: 0, max: 0.1, noNaN: true }),
    canaryBad: fc.double({ min: 0, max: 0.1, noNaN: true }),
  })
  .map(({ stable, share, stableBad, canaryBad }): Row => {
    const canary = Math.max(1, Math.round(stable * share));
    return [stable, Math.round(stable * stableBad), canary, Math.round(canary * canaryBad)];
  });

test('the recursion is the formula', () => {
  fc.assert(
    fc.property(
      fc.array(row, { minLength: 1, maxLength: 20 }),
      fc.constantFrom(60, 10),
      fc.constantFrom(0, 0.001),
      fc.constantFrom(TUNING, LATENCY_TUNING, PROTOTYPE),
      (rows, horizonMinutes, difference, tuning) => {
        const settings = { ...ERROR_SETTINGS, ratio: 1.1, difference, horizonMinutes };
        const { value, log, phi } = evidence(counts(rows), settings, undefined, tuning);
        const bad = (index: number) => rows.some((one) => one[index] > 0);
        if (bad(1) && bad(3)) expect(phi / phiByTheFormula(rows, tuning)).toBeCloseTo(1, 9);
        const expected = evidenceByTheFormula(rows, settings, phi, tuning);
        expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * expected);
        expect(log).toBeCloseTo(Math.log(Math.max(expected, Number.MIN_VALUE)), 8);
      },
    ),
    { seed: 1, numRuns: 500 },
  );
});
