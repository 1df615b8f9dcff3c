import { hostCommand, step } from './host-command';
import type { MachineParts, State, States } from './model';
import { END_BACK, FAILED_BACK, GO_BACK, HELD, LEAVE_BACK as LEAVE, PAGE_UP, RECOVERY_NEEDED, ROLL_BACK, WAY_BACK } from './names';
import { ask, choose, letCustomersLeave, task, wait } from './task';

const RESTORE = 'Tell hosts that the deployment is over';
const FOLLOW = 'Let instances follow their pointer';
const REPLACE = 'Replace instances that did not go back';
const RETIRE = 'Retire the canary after the rollback';
const AFTER = 'Were instances switched back?';
const ONCE = 'Run what comes after the rollback';

/** The one way back, for every failure: traffic first, then hosts, pointers, capacity, and last the lock. */
export function rollback({ functions, steps }: MachineParts): States {
  const ending = steps.database ? HELD : END_BACK;
  const last = { onError: RECOVERY_NEEDED, errorPath: '$.recoveryError', persistent: true };
  const revert = { resource: functions['host-command'], result: '$.revert', onError: RESTORE, errorPath: '$.revertError' };
  const sync = { resource: functions['host-command'], result: '$.revert', onError: LEAVE, errorPath: '$.revertError' };
  return {
    [ROLL_BACK]: task({
      ...last,
      comment: 'One write, read back',
      resource: functions['take-canary-out'],
      event: { purpose: 'rollBack' },
      result: steps.database ? '$.wayBack' : null,
      next: steps.database ? WAY_BACK : GO_BACK,
    }),
    [GO_BACK]: ask('$.promotion.begun', 'Go back on stable instances', RESTORE),
    'Go back on stable instances': task({
      ...revert,
      comment: 'Each to the release that it ran before, which it still has',
      event: { action: 'send', command: 'revert', wayBack: true, 'release.$': '$.release', 'activationEpoch.$': '$.activationEpoch' },
      next: 'Wait for instances to go back',
    }),
    'Wait for instances to go back': wait(10, 'Look at instances that go back'),
    'Look at instances that go back': task({ ...revert, event: { action: 'look', 'sending.$': '$.revert' }, next: 'Are instances back?' }),
    'Are instances back?': ask('$.revert.over', RESTORE, 'Wait for instances to go back'),
    [RESTORE]: task({
      ...last,
      resource: functions['write-pointers'],
      event: { change: 'restore', 'release.$': '$.release' },
      result: null,
      next: steps.database ? PAGE_UP : FAILED_BACK,
    }),
    [FAILED_BACK]: ifAnyFailed(FOLLOW, LEAVE),
    [FOLLOW]: task({
      ...sync,
      comment: 'One that booted with the release has none before it, but can download the committed one',
      event: {
        action: 'send',
        command: 'sync',
        wayBack: true,
        'release.$': '$.release',
        'activationEpoch.$': '$.activationEpoch',
        'instances.$': '$.revert.failed',
      },
      next: 'Wait for instances to follow their pointer',
    }),
    'Wait for instances to follow their pointer': wait(10, 'Look at instances that follow their pointer'),
    'Look at instances that follow their pointer': task({
      ...sync,
      event: { action: 'look', 'sending.$': '$.revert' },
      next: 'Are instances through?',
    }),
    'Are instances through?': ask('$.revert.over', 'Did instances fail again?', 'Wait for instances to follow their pointer'),
    'Did instances fail again?': ifAnyFailed(REPLACE, LEAVE),
    [REPLACE]: task({
      resource: functions['replace-instances'],
      event: { 'failed.$': '$.revert.failed' },
      result: '$.replaced',
      next: LEAVE,
      onError: LEAVE,
      errorPath: '$.revertError',
    }),
    [LEAVE]: letCustomersLeave(RETIRE),
    [RETIRE]: task({ ...last, resource: functions['retire-canary'], result: null, next: steps.afterRollback ? AFTER : ending }),
    ...(steps.afterRollback && {
      [AFTER]: ask('$.promotion.begun', ONCE, ending),
      ...hostCommand({
        state: ONCE,
        noun: 'what comes after the rollback',
        comment: 'Once, on one stable instance; a failure undoes nothing',
        resource: functions['host-command'],
        event: { ...step('after-rollback'), once: true, wayBack: true, 'activationEpoch.$': '$.epoch' },
        result: '$.once',
        next: ending,
        onError: ending,
        errorPath: '$.onceError',
      }),
    }),
    [END_BACK]: choose('$.request.mode', { recover: 'Record the recovery' }, 'Record the rollback'),
    'Record the rollback': task({
      ...last,
      resource: functions['finish-deployment'],
      event: { verdict: 'rolledBack', 'state.$': '$' },
      result: '$.outcome',
      next: 'Rolled back',
    }),
    'Rolled back': { Type: 'Fail', Error: 'RolledBack', CausePath: 'States.JsonToString($.outcome)' },
  };
}

/** Goes on by whether there are hosts on which the last command failed. */
function ifAnyFailed(yes: string, no: string): State {
  return { Type: 'Choice', Choices: [{ Variable: '$.revert.failed[0]', IsPresent: true, Next: yes }], Default: no };
}
