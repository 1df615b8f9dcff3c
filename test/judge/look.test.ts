import { type Look, look, lookAtFall, lookAtLatency, type Reason } from '../../lambda/core/judge/sequential/look';
import {
  ERROR_SETTINGS,
  FALL_SETTINGS,
  type SequentialSettings,
  SLOW95_SETTINGS,
  SLOW99_SETTINGS,
} from '../../lambda/core/judge/sequential/settings';
import { counts, type Row, steady } from './minutes';

const HEALTHY: Row = [5400, 11, 600, 1];
const FIVEFOLD: Row = [5400, 11, 600, 6];
const OUTAGE: Row = [5400, 11, 600, 300];

/** A filter that lets nothing through below one and a half times stable's rate. */
const MATTERS_AT_HALF = { effect: { ratio: 1.5, difference: 0, minutes: 10 } };

/** A filter for what is hardly worse. */
const MATTERS = { effect: { ratio: 1.1, difference: 0, minutes: 10 } };

const errors = (settled: readonly Row[], settings: Partial<SequentialSettings> = {}, unsettled: readonly Row[] = []): Look =>
  look({
    settled: counts(settled),
    unsettled: counts(unsettled),
    settings: { ...ERROR_SETTINGS, smallestEffect: { ratio: 5, difference: 0 }, ...settings },
  });
const minutes = (count: number, row: Row) => new Array<Row>(count).fill(row);

test.each<[string, Look, Look['verdict'], Reason]>([
  [
    'fewer requests than may decide anything, all of them bad',
    errors(minutes(12, [45, 0, 5, 5]), { smallestEffect: { ratio: 100, difference: 0.2 }, expectedRate: 0.004 }),
    'inconclusive',
    'tooFewRequests',
  ],
  ['half an hour of health', errors(minutes(30, HEALTHY)), 'pass', 'noEvidence'],
  ['ten minutes of five times the errors', errors(minutes(10, FIVEFOLD)), 'fail', 'evidence'],
  ['the same with a limit that ten metrics share', errors(minutes(3, FIVEFOLD), { metrics: 10 }), 'inconclusive', 'tooFewMinutes'],
  ['nothing', errors([]), 'inconclusive', 'noData'],
  ['a canary without requests', errors(minutes(30, [6000, 12, 0, 0])), 'inconclusive', 'noData'],
  ['a stable group without requests', errors(minutes(30, [0, 0, 600, 1])), 'inconclusive', 'noData'],
  ['three minutes of health', errors(minutes(3, HEALTHY)), 'inconclusive', 'tooFewRequests'],
  [
    'two minutes in which every request was bad, too few for the guard',
    errors(minutes(2, [171, 1, 19, 19])),
    'inconclusive',
    'tooFewMinutes',
  ],
  ['a minute of outage', errors([...minutes(5, HEALTHY), OUTAGE]), 'fail', 'fastGuard'],
  ['an outage in a minute that is not settled', errors(minutes(5, HEALTHY), {}, [HEALTHY, OUTAGE]), 'fail', 'fastGuard'],
  ['five times the errors, none of it settled', errors([], {}, minutes(30, FIVEFOLD)), 'inconclusive', 'noData'],
  ['health that is not settled', errors(minutes(3, HEALTHY), {}, minutes(30, HEALTHY)), 'inconclusive', 'tooFewRequests'],
  ['both above the ceiling', errors(minutes(30, [5400, 600, 600, 66]), { ceiling: 0.1 }), 'inconclusive', 'bothAboveCeiling'],
  ['stable alone above the ceiling', errors(minutes(30, [5400, 600, 600, 1]), { ceiling: 0.1 }), 'pass', 'noEvidence'],
  ['worse than a stable above the ceiling', errors(minutes(30, [5400, 600, 600, 200]), { ceiling: 0.1 }), 'fail', 'fastGuard'],
  ['a certain but small effect', errors(minutes(60, [540_000, 54_000, 60_000, 7800]), MATTERS_AT_HALF), 'pass', 'effectTooSmall'],
])('%s', (_name, { verdict, reason }, expected, why) => {
  expect({ verdict, reason }).toEqual({ verdict: expected, reason: why });
});

const NO_ROOM = { smallestEffect: { ratio: 2, difference: 0.02 }, fastGuard: undefined };
const ALWAYS_BAD: Row = [5400, 4320, 600, 480];

test.each<[string, Look, Look['verdict'], Reason, boolean]>([
  ['passes once the canary is proven safe', errors(minutes(30, ALWAYS_BAD), NO_ROOM), 'pass', 'noEvidence', true],
  ['is inconclusive before', errors(minutes(3, [9, 7, 1, 1]), NO_ROOM), 'inconclusive', 'tooFewRequests', false],
  ['fails where the canary is worse', errors(minutes(30, [5400, 4320, 600, 600]), { ...NO_ROOM, ...MATTERS }), 'fail', 'evidence', true],
  [
    'passes where the hour before was so bad, and the canary is proven safe',
    errors(minutes(30, [5400, 2700, 600, 300]), { ...NO_ROOM, expectedRate: 0.8 }),
    'pass',
    'noEvidence',
    true,
  ],
  [
    'is inconclusive where a rise is possible, but asked for too small',
    errors(minutes(30, HEALTHY), { ...NO_ROOM, smallestEffect: { ratio: 1, difference: 0 } }),
    'inconclusive',
    'tooFewRequests',
    true,
  ],
])('where stable leaves no room for a rise that could be found, it %s', (_name, { verdict, reason, safe, neededRequests }, ...expected) => {
  expect([verdict, reason, safe]).toEqual(expected);
  expect(neededRequests).toBeNull();
});

test('latency beside a stable group that is slow throughout passes once it is proven safe', () => {
  const slow = (length: number, rows: Row) =>
    lookAtLatency({
      tau95: { settled: steady(length, rows), settings: SLOW95_SETTINGS },
      tau99: { settled: steady(length, rows), settings: SLOW99_SETTINGS },
    });
  expect(slow(30, [5400, 4320, 600, 480])).toMatchObject({ verdict: 'pass', safe: true, neededRequests: null });
  expect(slow(4, [9, 7, 1, 1])).toMatchObject({ verdict: 'inconclusive', safe: false });
});

test('what is declared as the smallest bad effect decides how many requests a pass needs', () => {
  const needed = (ratio: number) =>
    errors(minutes(3, [5400, 10.8, 600, 1.2]), { smallestEffect: { ratio, difference: 0 } }).neededRequests!;
  expect(needed(2)).toBeCloseTo(3.5 * 6797, -1);
  expect(needed(5)).toBeCloseTo(3.5 * 687, -1);
  expect(errors(minutes(30, HEALTHY), { smallestEffect: { ratio: 1, difference: 0 } })).toMatchObject({
    verdict: 'inconclusive',
    neededRequests: null,
  });
});

test('a healthy canary with traffic is proven safe, one that is twice as bad is not', () => {
  expect(errors(minutes(30, HEALTHY)).safe).toBe(true);
  expect(errors(minutes(2, HEALTHY)).safe).toBe(false);
  expect(errors(minutes(60, [5400, 11, 600, 3])).safe).toBe(false);
});

const latency = (tau95: Row, tau99: Row, length = 30) =>
  lookAtLatency({
    tau95: { settled: steady(length, tau95), settings: SLOW95_SETTINGS },
    tau99: { settled: steady(length, tau99), settings: SLOW99_SETTINGS },
  });

test.each<[string, Look, Look['verdict']]>([
  ['equal latencies pass', latency([5400, 270, 600, 30], [5400, 54, 600, 6]), 'pass'],
  ['a drift of a fifth passes', latency([5400, 270, 600, 36], [5400, 54, 600, 7]), 'pass'],
  ['twice as many slow requests fail', latency([5400, 270, 600, 60], [5400, 54, 600, 12]), 'fail'],
  ['a slow tail alone fails', latency([5400, 270, 600, 36], [5400, 54, 600, 18]), 'fail'],
  ['no requests are inconclusive', latency([5400, 270, 0, 0], [5400, 54, 0, 0]), 'inconclusive'],
  ['a minute that is slow throughout is not decided by the guard', latency([5400, 270, 600, 600], [5400, 54, 600, 600], 1), 'inconclusive'],
])('latency: %s', (_name, { verdict }, expected) => {
  expect(verdict).toBe(expected);
});

const fall = (row: Row, length = 30, ratio = 1) =>
  lookAtFall({
    settled: steady(length, row),
    settings: { ...FALL_SETTINGS, ratio, smallestEffect: { ratio: 1.5 * ratio, difference: 0 } },
  });

test.each<[string, Look, Look['verdict']]>([
  ['an equal low rate passes', fall([5400, 162, 600, 18]), 'pass'],
  ['a low rate that is halved fails', fall([5400, 162, 600, 9]), 'fail'],
  ['a low rate that has doubled passes', fall([5400, 162, 600, 36]), 'pass'],
  ['a high rate that falls by 4 points fails', fall([5400, 5346, 600, 570]), 'fail'],
  ['a fall to nothing fails', fall([5400, 162, 600, 0]), 'fail'],
  ['an equal high rate passes', fall([5400, 5346, 600, 594]), 'pass'],
  ['a rate of everything passes', fall([5400, 5400, 600, 600]), 'pass'],
  ['few checkouts are inconclusive', fall([540, 16, 60, 2], 3), 'inconclusive'],
  ['a fall that is tolerated passes', fall([5400, 3000, 600, 280], 60, 1.25), 'pass'],
  ['a fall beyond what is tolerated fails', fall([5400, 3000, 600, 200], 60, 1.25), 'fail'],
  ['90 requests do not fail', fall([5400, 2700, 30, 0], 3), 'inconclusive'],
])('must not fall: %s', (_name, { verdict }, expected) => {
  expect(verdict).toBe(expected);
});
