import { hasEffect } from '../../lambda/core/judge/sequential/effect';
import { fastGuard } from '../../lambda/core/judge/sequential/fast-guard';
import { ERROR_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { counts, type Row } from './minutes';

const HEALTHY: Row = [5400, 11, 600, 1];
const QUIET: readonly Row[] = new Array(20).fill([5400, 0, 600, 0]);
const GUARD = ERROR_SETTINGS.fastGuard!;

test.each<[string, readonly Row[], boolean]>([
  ['nothing', [], false],
  ['no errors at all', [[5400, 0, 600, 0]], false],
  ['a quarter more, and enough of it', [[4000, 80, 400, 10]], true],
  ['less than a quarter more', [[4000, 80, 1000, 24]], false],
  ['a hundred times as much of next to nothing', [[1_000_000, 1, 100_000, 10]], false],
  ['just 0.05 percentage points', [[10_000, 0, 10_000, 5]], true],
  ['99 requests, all bad', [[1000, 0, 99, 99]], false],
  ['100 requests, all bad', [[1000, 0, 100, 100]], true],
  ['an onset that the whole hides', [...new Array<Row>(50).fill([5400, 60, 600, 0]), [5400, 60, 600, 100]], true],
  ['ten minutes that were bad, ten minutes ago', [[5400, 0, 600, 5], ...QUIET], false],
])('effect: %s', (_name, rows, expected) => {
  expect(hasEffect(counts(rows), ERROR_SETTINGS)).toBe(expected);
});

test.each<[string, readonly Row[], number | undefined]>([
  ['nothing', [], undefined],
  ['a fifth of all, 20 of them', [HEALTHY, [900, 2, 100, 20]], 1],
  ['a fifth of all, 19 of them', [[855, 2, 95, 19]], undefined],
  ['20 of them, less than a fifth', [[909, 2, 101, 20]], undefined],
  ['three times stable', [[900, 300, 100, 100]], 0],
  ['less than three times stable', [[900, 301, 100, 100]], undefined],
  ['no stable to compare with', [[0, 0, 100, 100]], undefined],
  ['the first of two', [HEALTHY, [900, 2, 100, 90], [900, 2, 100, 90]], 1],
])('fast guard: %s', (_name, rows, expected) => {
  expect(fastGuard(counts(rows), GUARD)).toBe(expected);
});
