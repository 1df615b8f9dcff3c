import fc from 'fast-check';
import type { Lock } from '../../lambda/core/lock';
import { formatPointer, parsePointer } from '../../lambda/core/pointer';
import { planRecovery } from '../../lambda/core/recovery';
import { changePointer } from '../../lambda/core/transitions';
import { pointers, releases } from './arbitraries';

const A = { id: 'v1', sha256: 'a'.repeat(64) };
const B = { id: 'v2', sha256: 'b'.repeat(64) };
const lock = (more: Partial<Lock> = {}): Lock => ({
  epoch: 7,
  activationEpoch: 7,
  holder: 'x',
  since: '',
  mode: 'deploy',
  intent: 'begun',
  ...more,
});
const changes = ['deploying', 'promoting', 'promoted', 'commit', 'restore'] as const;

test('a pointer is the text that hosts read', () => {
  expect(formatPointer({ epoch: 7, phase: 'deploying', committed: A, candidate: B })).toBe(
    `asg-canary-pointer 1\nepoch=7\nphase=deploying\ncommitted=v1\ncommitted_sha256=${A.sha256}\ncandidate=v2\ncandidate_sha256=${B.sha256}\n`,
  );
});

test('a pointer reads back as it was written', () => {
  fc.assert(fc.property(pointers, (pointer) => expect(parsePointer(formatPointer(pointer), 'k')).toEqual(pointer)));
});

test('a pointer with anything else in it is refused', () => {
  const text = formatPointer({ epoch: 7, phase: 'idle', committed: A });
  const changed = fc.record({ at: fc.integer({ min: 0, max: text.length - 1 }), by: fc.constantFrom('', '\n', ' ', '/', 'é') });
  fc.assert(
    fc.property(changed, ({ at, by }) => {
      const other = text.slice(0, at) + by + text.slice(at + 1);
      fc.pre(other !== text && !/^epoch=$/m.test(other));
      let reads = true;
      try {
        // Dropping a character of an id or a digit leaves another well-formed pointer.
        reads = formatPointer(parsePointer(other, 'k')) === other;
      } catch (error) {
        expect((error as Error).name).toBe('PointerInvalid');
      }
      expect(reads).toBe(true);
    }),
  );
});

test('a release without its sha256 is refused', () => {
  const text = formatPointer({ epoch: 7, phase: 'idle', committed: A }).replace(A.sha256, '');
  expect(() => parsePointer(text, 'fleets/shop/stable')).toThrow(`must have both a release and its sha256, or neither, got 'v1' and ''`);
});

test.each([
  ['deploying', { epoch: 7, phase: 'deploying', committed: A, candidate: B }],
  ['promoting', { epoch: 7, phase: 'promoting', committed: A, candidate: B }],
  ['promoted', { epoch: 7, phase: 'promoted', committed: A, candidate: B }],
  ['commit', { epoch: 7, phase: 'idle', committed: B }],
  ['restore', { epoch: 7, phase: 'idle', committed: A }],
] as const)('%s', (change, expected) => {
  const held = lock({ intent: 'deploying', release: B, previous: A });
  expect(changePointer({ epoch: 6, phase: 'idle', committed: A }, change, { epoch: 7, release: B, lock: held })).toEqual(expected);
});

test('a restore before anything was written keeps what is committed, and makes no pointer', () => {
  const context = { epoch: 7, release: { id: '', sha256: '' }, lock: lock({ intent: 'restoring' }) };
  expect(changePointer({ epoch: 6, phase: 'idle', committed: A }, 'restore', context)).toEqual({ epoch: 7, phase: 'idle', committed: A });
  expect(changePointer(undefined, 'restore', context)).toBeUndefined();
});

test('a restore takes back half a commit', () => {
  const context = { epoch: 8, release: B, lock: lock({ intent: 'restoring', release: B, previous: A }) };
  expect(changePointer({ epoch: 7, phase: 'idle', committed: B }, 'restore', context)).toEqual({ epoch: 8, phase: 'idle', committed: A });
});

test('every change can be made twice, never lowers the epoch, and a newer epoch fences', () => {
  fc.assert(
    fc.property(pointers, fc.constantFrom(...changes), releases, fc.integer({ min: 0, max: 1000 }), (pointer, change, release, epoch) => {
      const context = { epoch, release, lock: lock({ release, previous: pointer.committed }) };
      if (pointer.epoch > epoch) {
        expect(() => changePointer(pointer, change, context)).toThrow(expect.objectContaining({ name: 'Fenced' }));
        return;
      }
      const once = changePointer(pointer, change, context);
      expect(once?.epoch).toBe(epoch);
      expect(changePointer(once, change, context)).toEqual(once);
    }),
  );
});

test.each([
  ['begun', undefined, { epoch: 6, phase: 'idle', committed: A }, { begun: false, committed: false }],
  ['deploying', B, { epoch: 7, phase: 'deploying', committed: A, candidate: B }, { begun: false, committed: false }],
  ['promoting', B, { epoch: 7, phase: 'promoting', committed: A, candidate: B }, { begun: true, committed: false }],
  ['promoted', B, { epoch: 7, phase: 'promoted', committed: A, candidate: B }, { begun: true, committed: false }],
  ['committing', B, { epoch: 7, phase: 'promoted', committed: A, candidate: B }, { begun: true, committed: false }],
  ['committing', B, { epoch: 7, phase: 'idle', committed: B }, { begun: true, committed: true }],
  ['restoring', B, { epoch: 7, phase: 'idle', committed: B }, { begun: true, committed: false }],
  ['restoring', undefined, { epoch: 6, phase: 'idle', committed: A }, { begun: false, committed: false }],
] as const)('after an end in %s with %j, the recovery knows how far it came', (intent, release, stable, expected) => {
  expect(planRecovery(lock({ intent, release, previous: A }), stable)).toEqual(expected);
});
