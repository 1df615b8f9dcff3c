import fc from 'fast-check';
import { canariesFor, checkedCanaries } from '../../lambda/core/capacity';
import { replaceable } from '../../lambda/core/replacement';
import { nextWave, type Wave } from '../../lambda/core/waves';

const start: Wave = { number: 0, next: 'activate', instances: [], done: [], waitingSince: '' };
const NOW = '2026-01-05T09:00:00.000Z';
const ids = (count: number) => Array.from({ length: count }, (_, index) => `i-${index}`);

test.each([
  [10, 3, 1, 1],
  [10, 100, 1, 12],
  [50, 3, 1, 3],
  [99, 1, 1, 99],
  [1, 3, 2, 2],
])('a weight of %i %% beside %i instances, at least %#', (weight, stable, least, expected) => {
  expect(canariesFor(weight, stable, least)).toBe(expected);
});

test('no canary has to carry more than a stable instance does', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 99 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 1, max: 5 }),
      (weight, stable, least) => {
        const canaries = canariesFor(weight, stable, least);
        expect(weight / canaries).toBeLessThanOrEqual((100 - weight) / stable + 1e-9);
        expect(canaries).toBeGreaterThanOrEqual(least);
      },
    ),
  );
});

test('a canary group that is too small is refused', () => {
  const plan = { steps: [{ weight: 50, watchMinutes: 5 }], minCanary: 1, wavePercent: 33, bakeMinutes: 0, bootMinutes: 15 };
  expect(() => checkedCanaries(plan, 0, 4, 3)).toThrow(
    `a weight of 50 % beside 4 stable instances needs 4 canaries, but the canary group's maximum is 3`,
  );
});

test('waves switch every instance once, never more than allowed', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 100 }), (count, percent) => {
      const view = { inService: ids(count), healthy: new Set(ids(count)) };
      const switched: string[] = [];
      let wave = start;
      for (;;) {
        wave = nextWave(wave, view, percent, NOW);
        if (wave.next === 'done') break;
        expect(wave.next).toBe('activate');
        expect(wave.instances.length).toBeLessThanOrEqual(Math.min(50, Math.max(1, Math.ceil((count * percent) / 100))));
        switched.push(...wave.instances);
      }
      expect(switched.sort()).toEqual(ids(count).sort());
    }),
  );
});

test('an instance that comes into service late is switched too, and one that left after it proved healthy is forgotten', () => {
  const both = { inService: ['a', 'b'], healthy: new Set(['a', 'b']) };
  const second = nextWave(nextWave(start, both, 50, NOW), both, 50, NOW);
  expect(second).toMatchObject({ instances: ['b'], done: ['a'] });
  const third = nextWave(second, { inService: ['b', 'c'], healthy: new Set(['b', 'c']) }, 50, NOW);
  expect(third).toMatchObject({ next: 'activate', instances: ['c'], done: ['b'] });
});

test.each([
  [3, 1, 'i-0 of 1 instances left'],
  [30, 2, 'i-0, i-1 of 10 instances left'],
])('of %i instances, %i of a wave that leave the group before they prove healthy end the promotion', (count, lost, message) => {
  const wave = nextWave(start, { inService: ids(count), healthy: new Set(ids(count)) }, 33, NOW);
  const rest = ids(count).slice(lost);
  expect(() => nextWave(wave, { inService: rest, healthy: new Set(rest) }, 33, NOW)).toThrow(message);
});

test('a tenth of a wave may be lost for reasons of its own', () => {
  const wave = nextWave(start, { inService: ids(30), healthy: new Set(ids(30)) }, 33, NOW);
  const rest = ids(30).slice(1);
  expect(nextWave(wave, { inService: rest, healthy: new Set(rest) }, 33, NOW).next).toBe('activate');
});

test('the next wave waits until the last one is healthy, for ten minutes', () => {
  const wave = nextWave(start, { inService: ['a', 'b', 'c'], healthy: new Set(['a', 'b', 'c']) }, 33, NOW);
  const sick = { inService: ['a', 'b', 'c'], healthy: new Set(['b', 'c']) };
  const waiting = nextWave(wave, sick, 33, NOW);
  expect(waiting).toMatchObject({ next: 'wait', instances: ['a'], waitingSince: NOW });
  expect(nextWave(waiting, sick, 33, '2026-01-05T09:09:59.000Z').next).toBe('wait');
  expect(() => nextWave(waiting, sick, 33, '2026-01-05T09:10:00.000Z')).toThrow(
    'a did not become healthy within 10 minutes; 2 of 3 stable instances are healthy',
  );
  expect(nextWave(waiting, { ...sick, healthy: new Set(['a', 'b', 'c']) }, 33, NOW)).toMatchObject({ next: 'activate', instances: ['b'] });
});

test('no wave begins while too few of the others are healthy', () => {
  expect(nextWave(start, { inService: ids(9), healthy: new Set(ids(5)) }, 33, NOW).next).toBe('wait');
  expect(nextWave(start, { inService: ids(9), healthy: new Set(ids(6)) }, 33, NOW).next).toBe('wait');
});

test('a wave takes only so many as leaves enough of the others healthy', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), fc.nat(100), (count, percent, sick) => {
      const healthy = ids(count).slice(Math.min(sick, count));
      const wave = nextWave(start, { inService: ids(count), healthy: new Set(healthy) }, percent, NOW);
      const size = Math.max(1, Math.ceil((count * percent) / 100));
      expect(healthy.length - wave.instances.length).toBeGreaterThanOrEqual(Math.min(healthy.length, count - size));
      expect(wave.next).toBe(healthy.length > count - size ? 'activate' : 'wait');
    }),
  );
});

test('the end needs no room for another wave', () => {
  const last: Wave = { ...start, done: ids(9) };
  expect(nextWave(last, { inService: ids(9), healthy: new Set(ids(6)) }, 33, NOW).next).toBe('done');
  expect(nextWave(last, { inService: ids(9), healthy: new Set(ids(5)) }, 33, NOW).next).toBe('wait');
});

test.each([
  [['a'], ['a'], []],
  [['a'], ['a', 'b'], ['a']],
  [['a', 'b', 'c'], ['a', 'b', 'c'], ['a']],
  [['a', 'gone'], ['a', 'b'], ['a']],
  [ids(9), ids(9), ids(3)],
])('of %j that could not go back, in %j, these are replaced: %j', (failed, inService, expected) => {
  expect(replaceable(failed, inService)).toEqual(expected);
});
