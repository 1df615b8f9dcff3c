import { hostCommand, step } from './host-command';
import type { MachineParts, State, States } from './model';
import { END_BACK, FAILED_BACK, GO_BACK, HELD, LEAVE_BACK, PAGE_UP, RECOVERY_NEEDED, REFUSE, WAY_BACK } from './names';
import { ask, choose, task } from './task';

const LOOK_AGAIN = 'Look whether the migration came to its end';
const SETTLE = 'Put on record that it did';
const HOLDS = 'May instances go back?';
const KEEP = 'Keep the code as it is';
const FOLLOW = 'Let instances follow the code that stays';
const TAKE_DOWN = 'Take the maintenance page down again';
const GO_ON = 'Did instances stay as they are?';

/** On every way back: where the database holds the code as it is, nobody goes back, and no maintenance page stays up. */
export function hold(parts: MachineParts): States {
  const { functions, steps } = parts;
  if (!steps.database) return {};
  const last = { onError: RECOVERY_NEEDED, errorPath: '$.recoveryError', persistent: true };
  const onHosts = { resource: functions['host-command'], persistent: true };
  return {
    [WAY_BACK]: choose('$.wayBack.migration', { 'breaking begun': LOOK_AGAIN }, HOLDS),
    ...hostCommand({
      ...onHosts,
      state: LOOK_AGAIN,
      noun: 'that look',
      comment: 'What an execution began that was lost may have ended well',
      event: { ...step('check'), strict: true, wayBack: true, 'instances.$': '$.wayBack.leader', 'activationEpoch.$': '$.epoch' },
      result: '$.check',
      next: SETTLE,
      onError: HOLDS,
      errorPath: '$.checkError',
    }),
    [SETTLE]: task({
      resource: functions['database-gate']!,
      event: { action: 'settle', 'sending.$': '$.check' },
      result: null,
      next: HOLDS,
      onError: HOLDS,
      errorPath: '$.checkError',
      persistent: true,
    }),
    [HOLDS]: ask('$.wayBack.holds', KEEP, GO_BACK),
    [KEEP]: task({
      ...last,
      comment: 'The new release where the database was changed for it alone, otherwise the one of before',
      resource: functions['write-pointers'],
      event: { change: 'hold', 'release.$': '$.release' },
      result: null,
      next: FOLLOW,
    }),
    ...hostCommand({
      ...onHosts,
      state: FOLLOW,
      noun: 'instances to follow',
      event: { command: 'sync', wayBack: true },
      result: '$.revert',
      next: PAGE_UP,
      onError: PAGE_UP,
      errorPath: '$.revertError',
    }),
    // With the pointers as they were, a host that gets the order for the page late refuses it.
    [PAGE_UP]: choose('$.wayBack.maintenanceSince', { '': GO_ON }, TAKE_DOWN),
    ...hostCommand({
      ...onHosts,
      state: TAKE_DOWN,
      noun: 'the page to be down again',
      comment: 'Whatever failed: no instance is left behind the page',
      event: { ...step('maintenance-off'), wayBack: true },
      result: '$.page',
      next: 'Note when the maintenance ended',
      onError: GO_ON,
      errorPath: '$.pageError',
    }),
    'Note when the maintenance ended': {
      Type: 'Pass',
      Parameters: { 'began.$': '$.wayBack.maintenanceSince', 'ended.$': '$$.State.EnteredTime' },
      ResultPath: '$.maintenance',
      Next: GO_ON,
    },
    [GO_ON]: ask('$.wayBack.holds', LEAVE_BACK, FAILED_BACK),
    ...ends(parts),
  };
}

function ends({ functions }: MachineParts): States {
  const refused: State = {
    And: [
      { Variable: '$.error.Error', IsPresent: true },
      { Variable: '$.error.Error', StringEquals: 'BreakingChange' },
    ],
    Next: REFUSE,
  };
  return {
    [HELD]: {
      Type: 'Choice',
      Choices: [{ Variable: '$.wayBack.holds', BooleanEquals: true, Next: 'Record that the deployment is held' }, refused],
      Default: END_BACK,
    },
    'Record that the deployment is held': task({
      onError: RECOVERY_NEEDED,
      errorPath: '$.recoveryError',
      persistent: true,
      resource: functions['finish-deployment'],
      event: { verdict: 'held', 'state.$': '$' },
      result: '$.outcome',
      next: 'Held, roll forward',
    }),
    'Held, roll forward': { Type: 'Fail', Error: 'Held', CausePath: 'States.JsonToString($.outcome)' },
  };
}
