import type { MachineParts, States } from './model';
import { BEGIN, BUILD, RECOVER, RECOVERY_NEEDED, REFUSE } from './names';
import { choose, rawTask, task } from './task';

/** Checks the input, takes the lock and looks whether the deployment could end well. Nothing is changed but the lock. */
export function begin({ functions, fleetName, customMetrics }: MachineParts): States {
  return {
    [BEGIN]: rawTask({
      comment: 'Checks the input, then gives this execution the fleet and an epoch of its own',
      resource: functions['take-lock'],
      parameters: { 'input.$': '$$.Execution.Input', 'execution.$': '$$.Execution.Id', 'now.$': '$$.State.EnteredTime' },
      result: '$',
      next: 'What is to be done?',
      catchers: [{ ErrorEquals: ['States.ALL'], ResultPath: '$.error', Next: 'Say why the lock was not taken' }],
    }),
    'What is to be done?': choose(
      '$.next',
      { deploy: 'Check the fleet', recover: RECOVER, nothingToDo: 'Nothing to recover' },
      'Refused before it began',
    ),
    'Say why the lock was not taken': {
      Type: 'Pass',
      Parameters: {
        refusal: 'Refused',
        outcome: {
          verdict: 'refused',
          fleet: fleetName,
          epoch: 0,
          release: '',
          previous: '',
          'cause.$': "States.Format('the lock could not be taken: {}', States.JsonToString($.error))",
          plan: '',
          metrics: [],
        },
      },
      Next: 'Refused before it began',
    },
    'Refused before it began': { Type: 'Fail', ErrorPath: '$.refusal', CausePath: 'States.JsonToString($.outcome)' },
    'Nothing to recover': { Type: 'Succeed', OutputPath: '$.outcome' },
    'Check the fleet': task({
      comment: 'Pointers, groups, rule and alarms, which release it is about, and whether its steps could notice a bad one',
      resource: functions['check-fleet'],
      event: { 'request.$': '$.request', customMetrics },
      result: '$.fleet',
      next: BUILD,
      onError: REFUSE,
    }),
    [REFUSE]: task({
      resource: functions['finish-deployment'],
      event: { verdict: 'refused', 'state.$': '$' },
      result: '$.outcome',
      next: 'Refused',
      onError: RECOVERY_NEEDED,
      errorPath: '$.recoveryError',
      persistent: true,
    }),
    Refused: { Type: 'Fail', Error: 'Refused', CausePath: 'States.JsonToString($.outcome)' },
  };
}
