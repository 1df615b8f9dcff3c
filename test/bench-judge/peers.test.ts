import { argo } from '../../bench/judge/peers/argo';
import { cloudwatch } from '../../bench/judge/peers/cloudwatch';
import { flagger } from '../../bench/judge/peers/flagger';
import { kayenta } from '../../bench/judge/peers/kayenta';
import { rankSumZ, shiftAt } from '../../bench/judge/peers/mann-whitney';
import { relative } from '../../bench/judge/peers/relative';
import { sprt } from '../../bench/judge/peers/sprt';
import { MINUTES } from '../../bench/judge/scenario';
import { emptyWatch, type Judge, type Watch } from '../../bench/judge/watch';

/** A watch of which the first minutes read as given, the others like the last. */
function reading(canary: readonly number[], stable: readonly number[] = [0.002], oracle: readonly number[] = [0]): Watch {
  const fill = (values: readonly number[]) =>
    Float64Array.from({ length: MINUTES }, (_, minute) => values[minute] ?? values[values.length - 1]);
  return { ...emptyWatch(), canaryReading: fill(canary), stableReading: fill(stable), oracle: fill(oracle) };
}

const HIGH = 0.02;
const LOW = 0.002;

test.each<[string, Judge, Watch, number]>([
  ['argo: one reading above the limit', argo, reading([LOW, LOW, HIGH, LOW]), 3],
  ['argo: at the limit', argo, reading([0.01]), 0],
  ['argo: no requests', argo, reading([Number.NaN]), 0],
  ['cloudwatch: three in a row', cloudwatch, reading([HIGH, HIGH, LOW, HIGH, HIGH, HIGH]), 6],
  ['cloudwatch: two in a row', cloudwatch, reading([HIGH, HIGH, LOW]), 0],
  ['flagger: five in all', flagger, reading([HIGH, LOW, HIGH, LOW, HIGH, HIGH, LOW, HIGH, LOW]), 8],
  ['flagger: four in all', flagger, reading([HIGH, LOW, HIGH, LOW, HIGH, HIGH, LOW]), 0],
  ['flagger: no data is a failed check', flagger, reading([Number.NaN]), 5],
  ['relative: three in a row above twice stable', relative, reading([LOW, 0.005], [LOW]), 4],
  ['relative: at twice stable', relative, reading([0.004], [LOW]), 0],
  ['relative: no errors at all', relative, reading([0], [0]), 0],
  ['sprt: log 95', sprt, reading([0], [0], [1.6]), 3],
  ['sprt: gives up below log 0.0505', sprt, reading([0], [0], [-1.6, -1.6, 100]), 0],
])('%s', (_name, judge, watch, minute) => {
  expect(judge(watch)).toBe(minute);
});

const wave = (base: number, step: number) => Array.from({ length: MINUTES }, (_, minute) => base + step * ((minute * 7) % 30));

test.each<[string, Watch, number]>([
  ['the same readings', reading(wave(0.01, 0.0001), wave(0.01, 0.0001)), 0],
  ['nothing to tell apart', reading([0], [0]), 0],
  ['readings far above', reading(wave(0.02, 0.0001), wave(0.01, 0.0001)), 30],
  ['readings far below', reading(wave(0.01, 0.0001), wave(0.02, 0.0001)), 0],
  ['readings so little above that the lower limit is within the tolerance', reading(wave(0.0107, 0.0001), wave(0.01, 0.0001)), 0],
  ['no data', reading([Number.NaN]), 0],
])('kayenta: %s', (_name, watch, minute) => {
  expect(kayenta(watch)).toBe(minute);
});

const sorted = (...values: number[]) => Float64Array.from(values).sort();

test('the rank sum is that of the textbook', () => {
  const pairsAbove = 22;
  const x = sorted(1.1, 2.2, 3.3, 4.4, 5.5);
  const y = sorted(0.1, 0.2, 0.3, 1.2, 2.3);
  expect(rankSumZ(x, y, 0)).toBeCloseTo((pairsAbove - 12.5 - 0.5) / Math.sqrt((25 * 11) / 12), 9);
  expect(rankSumZ(x, x, 0)).toBe(0);
  expect(rankSumZ(sorted(1, 1), sorted(1, 1), 0)).toBe(0);
});

test('the estimate is the median of all differences, or between its neighbours', () => {
  const x = sorted(3, 8, 9.5, 12, 20);
  const y = sorted(1, 4, 5.2, 7, 11);
  const differences = sorted(...[...x].flatMap((a) => [...y].map((b) => a - b)));
  expect(shiftAt(x, y, 0)).toBeGreaterThanOrEqual(differences[11] - 1e-6);
  expect(shiftAt(x, y, 0)).toBeLessThanOrEqual(differences[13] + 1e-6);
  expect(shiftAt(x, y, 1)).toBeLessThan(shiftAt(x, y, 0));
});
