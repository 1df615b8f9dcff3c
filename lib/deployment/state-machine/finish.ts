import type { MachineParts, States } from './model';
import { CLEAN_UP, FENCED, FINISH, RECOVERY_NEEDED } from './names';
import { choose, letCustomersLeave, task } from './task';

const RECORD = 'Record the release and free the lock';
const LEAVE = 'Let customers leave the canary';

/**
 * Commits the release and puts the fleet to rest. What fails here is left to the recovery, which reads the stable pointer
 * to find out whether the release is committed: then it finishes, otherwise it goes back.
 */
export function finish({ functions }: MachineParts): States {
  const forward = { onError: RECOVERY_NEEDED, errorPath: '$.recoveryError', persistent: true };
  return {
    [FINISH]: task({
      ...forward,
      comment: 'The stable pointer is written first: with it the release is committed',
      resource: functions['write-pointers'],
      event: { change: 'commit', 'release.$': '$.release' },
      result: null,
      next: LEAVE,
    }),
    [LEAVE]: letCustomersLeave(CLEAN_UP),
    [CLEAN_UP]: task({ ...forward, resource: functions['retire-canary'], result: null, next: 'Prune old releases' }),
    'Prune old releases': task({
      comment: 'Hosts do so in their own time; nobody waits for it',
      resource: functions['host-command'],
      event: { action: 'send', command: 'prune', wayBack: true, 'release.$': '$.release', 'activationEpoch.$': '$.activationEpoch' },
      result: null,
      next: 'Did a deployment end?',
      onError: 'Did a deployment end?',
      errorPath: '$.pruneError',
    }),
    'Did a deployment end?': choose('$.request.mode', { recover: 'Record the recovery' }, RECORD),
    [RECORD]: task({
      ...forward,
      resource: functions['finish-deployment'],
      event: { verdict: 'promoted', 'state.$': '$' },
      result: '$.outcome',
      next: 'Release is on every instance',
    }),
    'Release is on every instance': { Type: 'Succeed', OutputPath: '$.outcome' },
    [RECOVERY_NEEDED]: {
      Type: 'Fail',
      Comment: 'The lock stays taken; the recovery starts by itself',
      Error: 'RecoveryFailed',
      CausePath: 'States.JsonToString($.recoveryError)',
    },
    [FENCED]: { Type: 'Fail', Error: 'Fenced', CausePath: 'States.JsonToString($.error)' },
  };
}
