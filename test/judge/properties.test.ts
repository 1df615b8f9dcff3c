import fc from 'fast-check';
import type { Counts } from '../../lambda/core/judge/counts';
import { dispersion } from '../../lambda/core/judge/sequential/dispersion';
import { evidence, mixture } from '../../lambda/core/judge/sequential/evidence';
import { explain } from '../../lambda/core/judge/sequential/explain';
import { logLikelihoodRatios } from '../../lambda/core/judge/sequential/likelihood';
import { look, lookAtFall, lookAtLatency } from '../../lambda/core/judge/sequential/look';
import {
  ERROR_SETTINGS,
  FALL_SETTINGS,
  type SequentialSettings,
  SLOW95_SETTINGS,
  SLOW99_SETTINGS,
  TUNING,
} from '../../lambda/core/judge/sequential/settings';
import { counts, type Row, steady } from './minutes';

const RUNS = { seed: 7, numRuns: 500 };
const FIVEFOLD: Row = [5400, 11, 600, 6];

/** A minute of ordinary traffic. */
const minute = fc
  .record({ stable: fc.nat(20_000), canary: fc.nat(5000), stableRate: fc.integer({ max: 100 }), canaryRate: fc.integer({ max: 100 }) })
  .map(({ stable, canary, stableRate, canaryRate }): Row => {
    const part = (all: number, per1000: number) => Math.round((all * Math.max(0, per1000)) / 1000);
    return [stable, part(stable, stableRate), canary, part(canary, canaryRate)];
  });
const watch = fc.array(minute, { minLength: 1, maxLength: 60 });

function evidenceAt(phi: number, rows: readonly Row[], settings: SequentialSettings): number {
  const ratios = new Float64Array(rows.length * TUNING.ratios.length);
  logLikelihoodRatios(counts(rows), 0, rows.length, settings, TUNING.ratios, ratios);
  return mixture(ratios, rows.length, phi, settings.horizonMinutes);
}

describe('more errors of the canary', () => {
  const settings = fc.constantFrom(ERROR_SETTINGS, SLOW95_SETTINGS, { ...ERROR_SETTINGS, difference: 0.001 });

  test('never lower the evidence at a given phi', () => {
    fc.assert(
      fc.property(watch, fc.nat(), fc.nat(5000), fc.double({ min: 1, max: 20, noNaN: true }), settings, (rows, at, more, phi, tested) => {
        const worse = rows.map((row, u): Row => (u === at % rows.length ? [row[0], row[1], row[2], row[3] + more] : row));
        expect(evidenceAt(phi, worse, tested)).toBeGreaterThanOrEqual(evidenceAt(phi, rows, tested) * (1 - 1e-12));
      }),
      RUNS,
    );
  });

  test('can lower it through phi: one minute that is far worse than the others looks like a cluster', () => {
    const withLast = (errors: number) => evidence(counts([FIVEFOLD, FIVEFOLD, FIVEFOLD, [5400, 11, 600, errors]]), ERROR_SETTINGS);
    expect(withLast(6)).toMatchObject({ phi: 1, value: expect.closeTo(6809, 0) });
    expect(withLast(30)).toMatchObject({ phi: expect.closeTo(2.26, 2), value: expect.closeTo(566, 0) });
    expect(withLast(110)).toMatchObject({ phi: expect.closeTo(5.24, 2), value: expect.closeTo(70, 0) });
  });

  test('never save a bad release: whatever minute is far worse, it fails within 20 minutes', () => {
    fc.assert(
      fc.property(fc.nat(19), fc.integer({ min: 0, max: 600 }), (at, more) => {
        const rows = Array.from({ length: 20 }, (_, u): Row => (u === at ? [5400, 11, 600, Math.min(600, 6 + more)] : FIVEFOLD));
        const verdicts = rows.map((_, u) => look({ settled: counts(rows.slice(0, u + 1)), settings: ERROR_SETTINGS }).verdict);
        expect(verdicts).toContain('fail');
      }),
      { seed: 7, numRuns: 100 },
    );
  });
});

describe('a look', () => {
  test('that is repeated finds the same, and changes nothing that it was given', () => {
    fc.assert(
      fc.property(watch, watch, (settledRows, unsettledRows) => {
        const given = { settled: counts(settledRows), unsettled: counts(unsettledRows), settings: ERROR_SETTINGS };
        const first = look(given);
        expect(look(given)).toEqual(first);
        expect([given.settled, given.unsettled]).toEqual([counts(settledRows), counts(unsettledRows)]);
      }),
      RUNS,
    );
  });

  test('finds the same whether data came late or in time', () => {
    fc.assert(
      fc.property(watch, fc.array(fc.record({ minute: fc.nat(), column: fc.nat(3) }), { maxLength: 30 }), (rows, late) => {
        const arriving = counts(rows);
        const columns = [arriving.stableRequests, arriving.stableBad, arriving.canaryRequests, arriving.canaryBad];
        for (const { minute: at, column } of late) columns[column][at % rows.length] = 0;
        look({ settled: arriving, settings: ERROR_SETTINGS });
        for (const { minute: at, column } of late) columns[column][at % rows.length] = rows[at % rows.length][column];
        expect(look({ settled: arriving, settings: ERROR_SETTINGS })).toEqual(look({ settled: counts(rows), settings: ERROR_SETTINGS }));
      }),
      RUNS,
    );
  });

  test('does not depend on what lies behind the minutes in use', () => {
    fc.assert(
      fc.property(watch, watch, (rows, rest) => {
        const longer: Counts = { ...counts([...rows, ...rest]), minutes: rows.length };
        for (const judged of [look, lookAtFall]) {
          expect(judged({ settled: longer, settings: ERROR_SETTINGS })).toEqual(
            judged({ settled: counts(rows), settings: ERROR_SETTINGS }),
          );
        }
      }),
      RUNS,
    );
  });
});

describe('numbers', () => {
  const any = fc.oneof(
    fc.constantFrom(0, -0, 1, 1e9, 1e15, -1, Number.MAX_VALUE, -Number.MAX_VALUE, Number.MIN_VALUE, Number.MAX_SAFE_INTEGER),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.nat(1000),
  );
  const anyRows = fc.array(fc.tuple(any, any, any, any), { maxLength: 30 });
  const anySettings = fc.record({
    ratio: fc.constantFrom(1, 1.25, 5),
    difference: fc.constantFrom(0, 0.0005, 1),
    metrics: fc.constantFrom(1, 10),
    ceiling: fc.constantFrom(undefined, 0, 0.05, 1),
    smallestEffect: fc.constantFrom({ ratio: 5, difference: 0.02 }, { ratio: 1, difference: 0 }),
  });

  function figuresOf(value: unknown): number[] {
    if (typeof value === 'number') return [value];
    return typeof value === 'object' && value !== null ? Object.values(value).flatMap(figuresOf) : [];
  }

  test('stay finite, and nothing throws, whatever finite counts there are', () => {
    fc.assert(
      fc.property(anyRows, anyRows, anySettings, (rows, others, changed) => {
        const settled = counts(rows);
        const of = (settings: SequentialSettings): SequentialSettings => ({ ...settings, ...changed });
        const latency = { settled: counts(others), settings: of(SLOW95_SETTINGS) };
        const looks = [
          look({ settled, unsettled: counts(others), settings: of(ERROR_SETTINGS) }),
          lookAtFall({ settled, settings: { ...FALL_SETTINGS, ...changed } }),
          lookAtLatency({ tau95: latency, tau99: { settled, settings: of(SLOW99_SETTINGS) } }),
        ];
        for (const found of looks) {
          const told = explain({ metric: 'any', labels: ['any', 'other'], critical: true, dryRun: false }, found);
          expect(figuresOf([found, told]).filter((figure) => !Number.isFinite(figure))).toEqual([]);
          expect(told.sentence).not.toMatch(/NaN|Infinity|undefined|null/);
        }
        const { value, log, phi } = evidence(settled, ERROR_SETTINGS);
        expect([value, log, phi].every(Number.isFinite)).toBe(true);
      }),
      RUNS,
    );
  });

  test.each<[string, Row]>([
    ['a billion requests a minute, all good', [9e8, 0, 1e8, 0]],
    ['a billion requests a minute, all bad', [9e8, 9e8, 1e8, 1e8]],
    ['a billion requests a minute, the canary all bad', [9e8, 0, 1e8, 1e8]],
    ['a billion requests a minute, stable all bad', [9e8, 9e8, 1e8, 0]],
    ['nothing at all', [0, 0, 0, 0]],
  ])('stay finite over ten hours of %s', (_name, row) => {
    const { value, log, phi } = evidence(steady(600, row), ERROR_SETTINGS);
    expect([value, log, phi].every(Number.isFinite)).toBe(true);
    expect(dispersion(steady(600, row), 600, 5)).toBe(1);
  });
});
