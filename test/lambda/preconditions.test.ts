import { releaseBefore } from '../../lambda/core/history';
import type { Lock } from '../../lambda/core/lock';
import { checkHolder, checkNotAborted } from '../../lambda/core/lock';
import { checkPreconditions, checkTarget, type FleetView } from '../../lambda/core/preconditions';
import { parseRequest } from '../../lambda/core/request';

const A = { id: 'v1', sha256: 'a'.repeat(64) };
const B = { id: 'v2', sha256: 'b'.repeat(64) };
const plan = { steps: [{ weight: 10, watchMinutes: 10 }], minCanary: 1, wavePercent: 33, bakeMinutes: 0, bootMinutes: 15 };
const atRest: FleetView = {
  epoch: 7,
  stablePointer: { epoch: 6, phase: 'idle', committed: A },
  canaryPointer: { epoch: 6, phase: 'idle', committed: A },
  stableInService: 3,
  canaryPresent: 0,
  canaryDesired: 0,
  canaryMax: 3,
  ruleAtRest: true,
  alarms: { active: [], missing: [] },
};
const deploy = parseRequest({ release: 'v2' }, { canBuild: true, hasDatabase: true });
const bootstrap = parseRequest({ release: 'v2', bootstrap: true }, { canBuild: true, hasDatabase: true });
const rollback = parseRequest({ mode: 'rollback' }, { canBuild: true, hasDatabase: true });
const fresh = { ...atRest, stablePointer: undefined, canaryPointer: undefined };

test('a fleet at rest may be deployed to, and says what is committed', () => {
  expect(checkPreconditions(deploy, plan, atRest)).toEqual(A);
  expect(checkPreconditions(rollback, plan, atRest)).toEqual(A);
  expect(checkPreconditions(bootstrap, plan, fresh)).toBeUndefined();
});

test('a rollback starts even under an active alarm and beside a canary group that is not empty', () => {
  expect(checkPreconditions(rollback, plan, { ...atRest, alarms: { active: ['checkout'], missing: ['stock'] }, canaryPresent: 1 })).toEqual(
    A,
  );
});

test.each([
  [deploy, fresh, `start the first deployment with 'bootstrap': true`],
  [bootstrap, atRest, `this one has the committed release 'v1': leave it out`],
  [rollback, fresh, 'the fleet has no committed release'],
  [deploy, { ...atRest, alarms: { active: ['checkout', 'stock'], missing: [] } }, 'critical alarms are active: checkout, stock'],
  [deploy, { ...atRest, alarms: { active: [], missing: ['checkout'] } }, 'critical alarms do not exist: checkout; create them'],
  [deploy, { ...atRest, stableInService: 0 }, 'the stable group has no instance in service'],
  [deploy, { ...atRest, ruleAtRest: false }, 'the main rule forwards to more than the stable group'],
  [deploy, { ...atRest, canaryDesired: 1 }, 'must have a desired capacity of 0 between deployments, got 1'],
  [deploy, { ...atRest, canaryPresent: 2 }, 'is still ending 2 instances of the last deployment'],
  [deploy, { ...atRest, canaryMax: 0 }, `needs 1 canaries, but the canary group's maximum is 0`],
  [
    deploy,
    { ...atRest, stablePointer: { epoch: 7, phase: 'idle', committed: A } },
    `the stable pointer is of epoch 7, but the lock gave 7`,
  ],
  [
    deploy,
    { ...atRest, canaryPointer: { epoch: 6, phase: 'deploying', committed: A } },
    `the canary pointer must be idle, got 'deploying'`,
  ],
  [deploy, { ...atRest, canaryPointer: { epoch: 6, phase: 'idle', committed: B } }, `got 'v1' for stable and 'v2' for canary`],
] as const)('%#: refused with what to do', (request, view, message) => {
  expect(() => checkPreconditions(request, plan, view as FleetView)).toThrow(message);
});

test('what is committed is not deployed again', () => {
  expect(checkTarget('v2', A)).toBe('v2');
  expect(() => checkTarget('v1', A)).toThrow(`release 'v1' is the committed release already`);
});

test('a rollback without a name goes one further back each time', () => {
  const past = (mode: string, release: string, previous: string, committed = true) => ({
    mode,
    release,
    previous,
    committed,
    migration: '',
  });
  const history = [
    past('deploy', 'v4', 'v1', false),
    past('rollback', 'v2', 'v3'),
    past('deploy', 'v3', 'v2'),
    past('recover', 'v2', 'v1'),
    past('deploy', 'v1', ''),
  ];
  expect(releaseBefore('v3', history)).toBe('v2');
  expect(releaseBefore('v2', history)).toBe('v1');
  expect(releaseBefore('v1', history)).toBeUndefined();
  expect(releaseBefore('v4', history)).toBeUndefined();
});

const lock: Lock = { epoch: 7, activationEpoch: 7, holder: 'me', since: '', mode: 'deploy', intent: 'begun' };

test.each([
  [undefined, 'there is none'],
  [{ ...lock, holder: '' }, 'it is in epoch 7, held by nobody'],
  [{ ...lock, holder: 'other' }, 'held by other'],
  [{ ...lock, epoch: 8 }, 'it is in epoch 8, held by me'],
])('a lock that is not ours fences: %j', (found, message) => {
  expect(() => checkHolder(found, { execution: 'me', epoch: 7 })).toThrow(
    expect.objectContaining({ name: 'Fenced', message: expect.stringContaining(message) }),
  );
});

test('an abort ends with its reason', () => {
  expect(checkNotAborted(checkHolder(lock, { execution: 'me', epoch: 7 }))).toBe(lock);
  expect(() => checkNotAborted({ ...lock, abortReason: 'checkout is broken' })).toThrow('aborted: checkout is broken');
});
