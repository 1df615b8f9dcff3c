import { explain, type MetricName } from '../../lambda/core/judge/sequential/explain';
import { look, lookAtLatency } from '../../lambda/core/judge/sequential/look';
import { overall } from '../../lambda/core/judge/sequential/overall';
import { ERROR_SETTINGS, SLOW95_SETTINGS, SLOW99_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { counts, type Row, steady } from './minutes';

const ERRORS: MetricName = { metric: 'errorRate', labels: ['error rate'], critical: true, dryRun: false };

const tell = (settled: readonly Row[], settings = {}) =>
  explain(
    ERRORS,
    look({ settled: counts(settled), settings: { ...ERROR_SETTINGS, smallestEffect: { ratio: 5, difference: 0.005 }, ...settings } }),
  );
const minutes = (count: number, row: Row) => new Array<Row>(count).fill(row);

test('a judgement carries the figures that decided', () => {
  const { evidence, ...rest } = tell(minutes(7, [7716, 15, 859, 9]), { metrics: 2 });
  expect(evidence).toBeGreaterThan(200);
  expect(rest).toEqual({
    metric: 'errorRate',
    verdict: 'fail',
    reason: 'evidence',
    critical: true,
    dryRun: false,
    canary: 63 / 6013,
    stable: 105 / 54_012,
    ratio: expect.closeTo(5.39, 2),
    canaryRequests: 6013,
    canaryBad: 63,
    stableRequests: 54_012,
    stableBad: 105,
    limit: 200,
    phi: 1,
    minutes: 7,
    safe: false,
    sentence: expect.stringMatching(
      /^error rate: canary 1\.05 % \(63 of 6,013 requests\), stable 0\.19 % \(105 of 54,012\); 5\.4 times stable's; evidence .* against a limit of 200 after 7 minutes$/,
    ),
  });
});

test.each<[string, ReturnType<typeof tell>, RegExp]>([
  ['no data', tell([]), /^error rate: no minute has requests to both the canary and stable$/],
  [
    'few requests',
    tell(minutes(3, [5400, 11, 600, 1])),
    /after 3 minutes; 2,\d{3} requests to the canary are needed to rule the smallest bad effect out$/,
  ],
  [
    'health',
    tell(minutes(30, [5400, 11, 600, 1])),
    /0\.82 times stable's; evidence 0\.\d+ against a limit of 100 after 30 minutes; proven safe$/,
  ],
  [
    'no errors',
    tell(minutes(30, [5400, 0, 600, 0])),
    /canary 0\.00 % \(0 of 18,000 requests\), stable 0\.00 % \(0 of 162,000\); evidence 1 against/,
  ],
  ['a rare error', tell(minutes(30, [54_000, 1, 6000, 0])), /stable 0\.0019 % \(30 of 1,620,000\)/],
  [
    'an outage',
    tell([[5400, 11, 600, 300]]),
    /^error rate: canary 50\.00 % \(300 of 600 requests\), .*, in one minute; no more evidence is needed$/,
  ],
  [
    'a small effect',
    tell(minutes(60, [540_000, 54_000, 60_000, 7800]), { effect: { ratio: 1.5, difference: 0, minutes: 10 } }),
    /evidence more than a million against .*; the canary is worse, but by too little to matter$/,
  ],
  ['both bad', tell(minutes(30, [5400, 600, 600, 66]), { ceiling: 0.1 }), /; both are above the ceiling$/],
  [
    'an effect that is tolerated',
    tell(minutes(30, [5400, 600, 600, 66]), { ratio: 1.25, smallestEffect: { ratio: 1.2, difference: 0 } }),
    /no number of requests would show it$/,
  ],
])('the sentence of %s', (_name, { sentence }, expected) => {
  expect(sentence).toMatch(expected);
});

test('the sentence of a latency has both percentiles', () => {
  const found = lookAtLatency({
    tau95: { settled: steady(10, [5400, 270, 600, 60]), settings: SLOW95_SETTINGS },
    tau99: { settled: steady(10, [5400, 54, 600, 12]), settings: SLOW99_SETTINGS },
  });
  const labels = ['requests slower than 0.214 s', 'slower than 0.402 s'];
  const { sentence, canaryBad } = explain({ metric: 'latency', labels, critical: true, dryRun: false }, found);
  expect(canaryBad).toBe(600);
  expect(sentence).toMatch(
    /^requests slower than 0\.214 s: canary 10\.00 % .*; 2 times stable's; slower than 0\.402 s: canary 2\.00 % .*; 2 times stable's; evidence/,
  );
});

test.each<[string, ReturnType<typeof overall>, [verdict: 'pass' | 'fail' | 'inconclusive', critical?: boolean, dryRun?: boolean][]]>([
  ['nothing', 'inconclusive', []],
  ['all good', 'pass', [['pass'], ['pass']]],
  ['one bad', 'fail', [['pass'], ['fail']]],
  ['one bad that is not critical', 'fail', [['pass'], ['fail', false]]],
  ['one bad in a dry run', 'pass', [['pass'], ['fail', true, true]]],
  ['one unknown', 'inconclusive', [['pass'], ['inconclusive']]],
  ['one unknown that is not critical', 'pass', [['pass'], ['inconclusive', false]]],
  ['only metrics that are not critical', 'inconclusive', [['pass', false]]],
  ['only a dry run', 'inconclusive', [['pass', true, true]]],
])('overall: %s is %s', (_name, expected, metrics) => {
  expect(overall(metrics.map(([verdict, critical = true, dryRun = false]) => ({ verdict, critical, dryRun })))).toBe(expected);
});
