import { twoSampleRequests } from '../../lambda/core/judge/sequential/sample-size';
import { ERROR_SETTINGS, FALL_SETTINGS, SLOW95_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { requestsForFall, requestsForRise, smallestBadRate, smallestFall } from '../../lambda/core/judge/sequential/smallest-effect';

const of = (ratio: number, difference = 0) => ({ smallestEffect: { ratio, difference } });
const NEVER = Number.POSITIVE_INFINITY;

test('both the ratio and the difference hold, and a rate stays a share', () => {
  expect(smallestBadRate(0.002, { ratio: 5, difference: 0.02 })).toBeCloseTo(0.022, 12);
  expect(smallestBadRate(0.01, { ratio: 5, difference: 0.02 })).toBeCloseTo(0.05, 12);
  expect(smallestBadRate(0.4, { ratio: 5, difference: 0.02 })).toBe(1);
  expect(smallestFall(0.3, { ratio: 1.5, difference: 0.05 })).toBeCloseTo(0.2, 12);
  expect(smallestFall(0.03, { ratio: 1.5, difference: 0.05 })).toBe(0);
});

test('a rise takes three and a half times the bound, at the alpha that is left for one metric', () => {
  const bound = twoSampleRequests({ stableRate: 0.002, canaryRate: 0.01, alpha: 0.01 / 4 }, 0.1);
  expect(requestsForRise(0.002, 0.1, { ...ERROR_SETTINGS, ...of(5), metrics: 4 })).toBeCloseTo(3.5 * bound, 6);
});

test('a fall takes the same, whichever outcome is counted', () => {
  const fall = requestsForFall(0.98, 0.1, { ...FALL_SETTINGS, ...of(0.98 / 0.9) });
  expect(fall).toBeCloseTo(requestsForRise(0.02, 0.1, { ...ERROR_SETTINGS, ...of(5) }), 6);
});

test.each<[string, number]>([
  ['a rise by less than the mildest alternative', requestsForRise(0.01, 0.1, { ...ERROR_SETTINGS, ...of(1.3) })],
  ['a rise by the mildest alternative, above a tolerance', requestsForRise(0.05, 0.1, { ...SLOW95_SETTINGS, ...of(1.5) })],
  ['a rise of nothing', requestsForRise(0, 0.1, { ...ERROR_SETTINGS, ...of(5) })],
  ['a rise where all is bad', requestsForRise(1, 0.1, { ...ERROR_SETTINGS, ...of(5) })],
  ['a fall by too little in either direction', requestsForFall(0.6, 0.1, { ...FALL_SETTINGS, ...of(1.25) })],
  ['a fall of nothing', requestsForFall(0, 0.1, { ...FALL_SETTINGS, ...of(1.5) })],
])('%s is not found by any number of requests', (_name, requests) => {
  expect(requests).toBe(NEVER);
});

test.each<[string, number]>([
  ['a rise by the mildest alternative', requestsForRise(0.01, 0.1, { ...ERROR_SETTINGS, ...of(1.4) })],
  ['a rise of half as much again as is tolerated', requestsForRise(0.05, 0.1, { ...SLOW95_SETTINGS, ...of(1.875) })],
  ['a rise from nothing', requestsForRise(0, 0.1, { ...ERROR_SETTINGS, ...of(5, 0.02) })],
  ['a fall of all', requestsForFall(1, 0.1, { ...FALL_SETTINGS, ...of(1.5) })],
])('%s is found', (_name, requests) => {
  expect(requests).toBeGreaterThan(0);
  expect(requests).toBeLessThan(100_000);
});
