import fc from 'fast-check';
import type { Counts } from '../../lambda/core/judge/counts';
import { look } from '../../lambda/core/judge/sequential/look';
import { ERROR_SETTINGS, FALL_SETTINGS, SLOW95_SETTINGS, SLOW99_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { type PlanInput, planDetection } from '../../lambda/core/plan/plan';
import type { PlannedMetric } from '../../lambda/core/plan/planned-metric';
import { poisson, uniforms } from './draws';
import { counts, type Row } from './minutes';

const AT_ONCE = { settleMinutes: 0, warmUpMinutes: 0 };
const TEN_PERCENT = [{ weight: 10, watchMinutes: 30 }];

function errors(requestsPerMinute: number, rate: number, ratio = 5, difference = 0): PlannedMetric {
  const settings = { ...ERROR_SETTINGS, smallestEffect: { ratio, difference } };
  return { kind: 'bad', label: 'error rate', requestsPerMinute, rate, settings };
}

const plan = (metric: PlannedMetric, input: Partial<PlanInput> = {}) =>
  planDetection({ ...AT_ONCE, steps: TEN_PERCENT, ...input, metrics: [metric] });

test.each<[string, PlannedMetric, number | null, number | null]>([
  ['0.2 to 1 % of 6000 a minute: 687 x 3.5 requests at 600 a minute', errors(6000, 0.002), 5, 30],
  ['0.2 to 2 %: 211 x 3.5 requests, but three minutes at least', errors(6000, 0.002, 10), 3, 36],
  ['1 to 5 %: 135 x 3.5 requests, but three minutes at least', errors(6000, 0.01), 3, 90],
  ['0.2 to 0.4 %: 6797 x 3.5 requests are more than half an hour', errors(6000, 0.002, 2), null, null],
  ['the same with ten times the traffic', errors(60_000, 0.002, 2), 4, 96],
  [
    '0.2 to 20 % of 100 a minute: less than the 100 requests without which nothing is rolled back would do',
    errors(100, 0.002, 100),
    10,
    20,
  ],
  ['no traffic', errors(0, 0.002), null, null],
  ['no errors, none allowed', errors(6000, 0, 5, 0), null, null],
])('errors: %s', (_name, metric, minutes, badResponses) => {
  const { isDetectable, metrics } = plan(metric);
  expect({ isDetectable, ...metrics[0] }).toMatchObject({ isDetectable: minutes !== null, minutes, badResponses });
});

test('steps add up, and delays cost minutes and bad responses', () => {
  const steps = [
    { weight: 5, watchMinutes: 5 },
    { weight: 25, watchMinutes: 20 },
  ];
  const alone = plan(errors(6000, 0.002), { steps: steps.slice(0, 1) });
  expect(alone.metrics[0].gathered).toBeCloseTo(0.457, 3);
  expect(alone.isDetectable).toBe(false);
  const both = plan(errors(6000, 0.002), { steps });
  expect(both.metrics[0].minutes).toBe(6);
  const late = plan(errors(6000, 0.002), { steps, settleMinutes: 2, warmUpMinutes: 3 });
  expect(late.metrics[0].minutes).toBeGreaterThan(6);
  expect(late.metrics[0].badResponses).toBeGreaterThan(both.metrics[0].badResponses!);
});

test('latency and a rate that must not fall are planned too', () => {
  const latency = plan({
    kind: 'latency',
    label: 'slow requests',
    requestsPerMinute: 6000,
    settings95: SLOW95_SETTINGS,
    settings99: SLOW99_SETTINGS,
  });
  expect(latency.sentence).toMatch(/^slow requests: a rise from 5\.00 % to 15\.00 % is found within about \d minutes/);
  const fall = plan({ kind: 'fall', label: 'orders', requestsPerMinute: 600, rate: 0.3, settings: FALL_SETTINGS });
  expect(fall.sentence).toMatch(/^orders: a fall from 30\.00 % to 20\.00 % is found within about \d+ minutes/);
});

test('steps that cannot detect it come with steps that can', () => {
  const input = { ...AT_ONCE, steps: TEN_PERCENT };
  const metric = errors(600, 0.002);
  const { isDetectable, longer, heavier, sentence } = plan(metric, input);
  expect({ isDetectable, longer, heavier }).toEqual({
    isDetectable: false,
    longer: [{ weight: 10, watchMinutes: 61 }],
    heavier: [{ weight: 29, watchMinutes: 30 }],
  });
  expect(sentence).toBe(
    'error rate: a rise from 0.20 % to 1.00 % is not found: the steps give the canary 1,800 requests, 49 % of what is needed with a margin for chance; 10 % for 61 minutes, or 29 % for 30 minutes would be enough',
  );
  for (const steps of [longer!, heavier!]) expect(plan(metric, { steps }).isDetectable).toBe(true);
});

test('traffic for which no steps would do is told so', () => {
  const { longer, heavier, sentence } = plan(errors(5, 0.002));
  expect([longer, heavier]).toEqual([null, null]);
  expect(sentence).toMatch(/; neither a watch of 700 minutes nor 50 % of the traffic would be enough$/);
});

const step = fc.record({ weight: fc.integer({ min: 1, max: 50 }), watchMinutes: fc.integer({ min: 1, max: 60 }) });

test('where the plan says that the steps are enough, the judge has enough requests to pass a canary like stable', () => {
  const input = fc.record({
    steps: fc.array(step, { minLength: 1, maxLength: 4 }),
    rate: fc.double({ min: 0.001, max: 0.05, noNaN: true }),
    rpm: fc.integer({ min: 100, max: 100_000 }),
  });
  let detectable = 0;
  fc.assert(
    fc.property(input, ({ steps, rate, rpm }) => {
      const metric = errors(rpm, rate);
      if (!plan(metric, { steps }).isDetectable) return;
      detectable++;
      const rows = steps.flatMap(({ weight, watchMinutes }) => {
        const canary = (rpm * weight) / 100;
        return new Array<Row>(watchMinutes).fill([rpm - canary, (rpm - canary) * rate, canary, canary * rate]);
      });
      if (metric.kind === 'bad') expect(look({ settled: counts(rows), settings: metric.settings }).verdict).toBe('pass');
    }),
    { seed: 3, numRuns: 300 },
  );
  expect(detectable).toBeGreaterThan(100);
});

test('in the minutes that are planned, nine of ten releases with the smallest bad effect fail', () => {
  const metric = errors(600, 0.002);
  const planned = plan(metric, { steps: [{ weight: 10, watchMinutes: 60 }] }).metrics[0].minutes!;
  const uniform = uniforms(600);
  const watches = Array.from({ length: 200 }, () =>
    counts(Array.from({ length: planned }, (): Row => [540, poisson(540 * 0.002, uniform), 60, Math.min(60, poisson(60 * 0.01, uniform))])),
  );
  const fails = (watch: Counts) => {
    for (let minutes = 1; minutes <= watch.minutes; minutes++) {
      if (look({ settled: { ...watch, minutes }, settings: ERROR_SETTINGS }).verdict === 'fail') return true;
    }
    return false;
  };
  expect(watches.filter(fails).length / watches.length).toBeGreaterThan(0.87);
});
