import { ERROR_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { type PlanInput, planDetection } from '../../lambda/core/plan/plan';
import type { PlannedMetric } from '../../lambda/core/plan/planned-metric';

const settings = { ...ERROR_SETTINGS, smallestEffect: { ratio: 5, difference: 0 } };
const errors: PlannedMetric = { kind: 'bad', label: 'error rate', requestsPerMinute: 600, rate: 0.002, settings };

const plan = (input: Partial<PlanInput> = {}) =>
  planDetection({ metrics: [errors], steps: [{ weight: 10, watchMinutes: 30 }], settleMinutes: 0, warmUpMinutes: 0, ...input });

test('a longer watch is suggested up to the longest', () => {
  expect(plan({ longestWatch: 61 }).longer).toEqual([{ weight: 10, watchMinutes: 61 }]);
  expect(plan({ longestWatch: 60 }).longer).toBeNull();
});

test('the watches of all steps together are meant', () => {
  const steps = [
    { weight: 1, watchMinutes: 10 },
    { weight: 10, watchMinutes: 20 },
  ];
  const [, { watchMinutes }] = plan({ steps }).longer!;
  expect(plan({ steps, longestWatch: 10 + watchMinutes }).longer).toEqual(plan({ steps }).longer);
  expect(plan({ steps, longestWatch: 9 + watchMinutes }).longer).toBeNull();
});

test('more weight is suggested up to the heaviest, and the least that does whatever is allowed', () => {
  expect(plan({ heaviestWeight: 29 }).heavier).toEqual([{ weight: 29, watchMinutes: 30 }]);
  expect(plan({ heaviestWeight: 28 }).heavier).toBeNull();
  expect(plan({ heaviestWeight: 99 }).heavier).toEqual([{ weight: 29, watchMinutes: 30 }]);
});

test.each<[number, number, string]>([
  [60, 28, 'neither a watch of 60 minutes nor 28 % of the traffic would be enough'],
  [20, 5, 'neither a watch of 30 minutes nor 10 % of the traffic would be enough'],
])('what is allowed is told where it is not enough: %d minutes, %d %%', (longestWatch, heaviestWeight, told) => {
  const { longer, heavier, sentence } = plan({ longestWatch, heaviestWeight });
  expect([longer, heavier]).toEqual([null, null]);
  expect(sentence.split('; ').at(-1)).toBe(told);
});

const limit = (requestsPerMinute: number): PlannedMetric => ({
  kind: 'limit',
  label: 'fixed limits',
  requestsPerMinute,
  neededRequests: 500,
});

test.each<[number, boolean, number | null, string]>([
  [500, true, 10, 'fixed limits: the 500 requests that they need come within about 10 minutes'],
  [
    200,
    false,
    25,
    'fixed limits: the 500 requests that they need come within about 25 minutes, but a healthy release may be left without a verdict: the steps give the canary 600 requests, 80 % of what is needed with a margin for chance; 10 % for 38 minutes, or 13 % for 30 minutes would be enough',
  ],
  [
    55,
    false,
    null,
    'fixed limits: the 500 requests that they need do not come: the steps give the canary 165 requests, 22 % of what is needed with a margin for chance; 10 % for 137 minutes, or 46 % for 30 minutes would be enough',
  ],
])('fixed limits at %d requests a minute', (requestsPerMinute, isDetectable, minutes, sentence) => {
  const found = plan({ metrics: [limit(requestsPerMinute)] });
  expect(found).toMatchObject({ isDetectable, sentence });
  expect(found.metrics).toMatchObject([{ label: 'fixed limits', effect: null, minutes, badResponses: null, neededRequests: 500 }]);
});

test('a suggestion does for fixed limits and for the others', () => {
  const { longer } = plan({ metrics: [errors, { ...limit(600), neededRequests: 5000 } as PlannedMetric] });
  expect(longer).toEqual([{ weight: 10, watchMinutes: 125 }]);
});

test('where no promotion waits for a metric, nothing has to be found', () => {
  expect(plan({ metrics: [] })).toEqual({
    isDetectable: true,
    metrics: [],
    longer: null,
    heavier: null,
    sentence: 'no promotion waits for a metric: nothing has to be found',
  });
});
