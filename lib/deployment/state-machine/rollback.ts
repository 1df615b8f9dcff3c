import type { MachineParts, States } from './model';
import { GO_BACK, RECOVERY_NEEDED, ROLL_BACK } from './names';
import { ask, choose, letCustomersLeave, task, wait } from './task';

const RESTORE = 'Tell hosts that the deployment is over';
const LEAVE = 'Let customers leave the canary after the rollback';
const RETIRE = 'Retire the canary after the rollback';

/** The one way back, for every failure: traffic first, then hosts, pointers, capacity, and last the lock. */
export function rollback({ functions }: MachineParts): States {
  const last = { onError: RECOVERY_NEEDED, errorPath: '$.recoveryError', persistent: true };
  const revert = { resource: functions['host-command'], result: '$.revert', onError: RESTORE, errorPath: '$.revertError' };
  return {
    [ROLL_BACK]: task({
      ...last,
      comment: 'One write, read back',
      resource: functions['take-canary-out'],
      event: { purpose: 'rollBack' },
      result: null,
      next: GO_BACK,
    }),
    [GO_BACK]: ask('$.promotion.begun', 'Go back on stable instances', RESTORE),
    'Go back on stable instances': task({
      ...revert,
      comment: 'Each to the release that it ran before, which it still has',
      event: { action: 'send', command: 'revert', 'release.$': '$.release', 'activationEpoch.$': '$.activationEpoch' },
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
      next: 'Did instances fail to go back?',
    }),
    'Did instances fail to go back?': {
      Type: 'Choice',
      Choices: [{ Variable: '$.revert.failed[0]', IsPresent: true, Next: 'Replace instances that did not go back' }],
      Default: LEAVE,
    },
    'Replace instances that did not go back': task({
      resource: functions['replace-instances'],
      event: { 'failed.$': '$.revert.failed' },
      result: '$.replaced',
      next: LEAVE,
      onError: LEAVE,
      errorPath: '$.revertError',
    }),
    [LEAVE]: letCustomersLeave(RETIRE),
    [RETIRE]: task({ ...last, resource: functions['retire-canary'], result: null, next: 'Was it a recovery?' }),
    'Was it a recovery?': choose('$.request.mode', { recover: 'Record the recovery' }, 'Record the rollback'),
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
