import { lateCountsOf } from '../../lambda/core/judge/evidence';
import { split, withoutDelays } from '../../lambda/core/judge/split';
import { ANALYSIS, minutes } from './minutes';

const at = (minute: number) => new Date(minute * 60_000).toISOString();
const minutesOf = (list: readonly { at: number }[]) => list.map((minute) => minute.at / 60_000);
const seen = (count: number, stable: Record<string, number> = { requests: 900 }) => ({
  stable: minutes(count, stable),
  canary: minutes(count, { requests: 100 }),
});

test('warm-up, changes of the weight and the newest minutes are not judged', () => {
  const { settled, unsettled } = split(seen(21), { shifts: [at(0.5), at(10.2)], now: at(20.4) }, ANALYSIS);
  expect(minutesOf(settled.canary)).toEqual([3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17]);
  expect(minutesOf(settled.stable)).toEqual(minutesOf(settled.canary));
  expect(minutesOf(unsettled.canary)).toEqual([0, 1, 2, 10, 18]);
});

test.each([
  ['says nothing of errors', {}, [0, 1, 2]],
  ['reports errors too', { targetErrors: 4 }, [0, 1, 2, 3, 4]],
  ['could not be reached either', { connectionErrors: 4 }, [0, 1, 2, 3, 4]],
])('a minute that has only just ended can fail a canary only where stable %s', (_, more, expected) => {
  const { settled, unsettled } = split(seen(5, { requests: 900, ...more }), { shifts: [at(0)], now: at(4.5) }, ANALYSIS);
  expect(minutesOf(settled.canary)).toEqual([]);
  expect(minutesOf(unsettled.canary)).toEqual(expected);
});

test('of a metric with a delay, the minutes after each change of the weight are left out', () => {
  const left = withoutDelays(seen(12), [at(0), at(6.5)], 3);
  expect(minutesOf(left.canary)).toEqual([3, 4, 5, 10, 11]);
  expect(minutesOf(left.stable)).toEqual(minutesOf(left.canary));
});

test('what comes later than its total is not lost', () => {
  const totals = [4, 0, 3, 2, 5];
  const counts = [2, 3, 3, 1, 0];
  const evidence = totals.map((total, index) => ({ at: index * 60_000, values: { total, count: counts[index] } }));
  const { canaryBad } = lateCountsOf({ stable: evidence, canary: evidence }, 'total', 'count');
  expect([...canaryBad]).toEqual([2, 0, 3, 2, 2]);
});
