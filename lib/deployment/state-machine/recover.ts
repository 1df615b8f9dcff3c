import { FUNCTION_TIMEOUT_SECONDS } from '../function-name';
import type { MachineParts, States } from './model';
import { FINISH, GO_BACK, RECOVER, RECOVERY_NEEDED, WAY_BACK } from './names';
import { ask, task, wait } from './task';

/** Cleans up after an execution that ended without doing so: makes traffic safe, lets its last functions die, then goes the usual way back. */
export function recover({ functions, steps }: MachineParts): States {
  const last = { onError: RECOVERY_NEEDED, errorPath: '$.recoveryError', persistent: true };
  const takeOut = {
    ...last,
    resource: functions['take-canary-out'],
    event: { purpose: 'recover' },
    result: steps.database ? '$.wayBack' : null,
  };
  return {
    [RECOVER]: task({ ...takeOut, next: 'Wait until no function of it runs' }),
    'Wait until no function of it runs': wait(2 * FUNCTION_TIMEOUT_SECONDS, 'Make sure that traffic is safe'),
    'Make sure that traffic is safe': task({
      ...takeOut,
      comment: 'A function of the dead execution may have written the rule after the first time',
      next: 'Find out how far it came',
    }),
    'Find out how far it came': task({
      ...last,
      resource: functions['plan-recovery'],
      result: '$.promotion',
      next: 'Was the release committed?',
    }),
    'Was the release committed?': ask('$.promotion.committed', FINISH, steps.database ? WAY_BACK : GO_BACK),
    'Record the recovery': task({
      ...last,
      resource: functions['finish-deployment'],
      event: { verdict: 'recovered', 'state.$': '$' },
      result: '$.outcome',
      next: 'Recovered',
    }),
    Recovered: { Type: 'Succeed', OutputPath: '$.outcome' },
  };
}
