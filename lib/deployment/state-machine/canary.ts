import type { MachineParts, States } from './model';
import { ANALYSE, CANARY, FIRST_GATE, GATE, NEXT_STEP, PROMOTE, SHIFT, TELL_HOSTS } from './names';
import { ask, task, wait } from './task';

const STAGE = 'Stage release on stable instances';

/** Stages the release on the stable hosts while canaries boot, then gives them the step's share of the traffic. */
export function canary({ functions, steps }: MachineParts): States {
  const bringCanaries = { resource: functions['bring-canaries'], result: '$.canaries' };
  return {
    [TELL_HOSTS]: task({
      comment: 'From here on everything is undone by a rollback',
      resource: functions['write-pointers'],
      event: { change: 'deploying', 'release.$': '$.release', 'protectedInstances.$': '$.fleet.protectedInstances' },
      result: null,
      next: 'Is a canary first?',
    }),
    'Is a canary first?': ask('$.fleet.usesCanary', 'Begin with the first step', STAGE),
    'Begin with the first step': { Type: 'Pass', Parameters: { index: 0, shifts: [] }, ResultPath: '$.step', Next: 'Launch canaries' },
    'Launch canaries': task({
      ...bringCanaries,
      comment: 'As many as the weight of the step needs; they boot with the release',
      event: { 'step.$': '$.step.index', launched: '' },
      next: STAGE,
    }),
    [STAGE]: task({
      comment: 'Downloaded, verified, unpacked, not active: a promotion is then only a switch',
      resource: functions['host-command'],
      event: { action: 'send', command: 'stage', 'release.$': '$.release', 'activationEpoch.$': '$.activationEpoch' },
      result: '$.staging',
      next: 'Wait for staging',
    }),
    'Wait for staging': wait(10, 'Look at staging'),
    'Look at staging': task({
      resource: functions['host-command'],
      event: { action: 'look', 'sending.$': '$.staging' },
      result: '$.staging',
      next: 'Is the release staged?',
    }),
    'Is the release staged?': ask('$.staging.over', 'Was a canary launched?', 'Wait for staging'),
    'Was a canary launched?': ask('$.fleet.usesCanary', CANARY, steps.database ? FIRST_GATE : PROMOTE),
    [CANARY]: wait(10, 'Look at canaries'),
    'Look at canaries': task({
      ...bringCanaries,
      event: { 'step.$': '$.step.index', 'launched.$': '$.canaries.launched' },
      next: 'Are canaries healthy?',
    }),
    'Are canaries healthy?': ask('$.canaries.ready', steps.database ? GATE : SHIFT, CANARY),
    [SHIFT]: task({
      comment: 'Writes the weight, reads it back, and undoes it where an abort came in between',
      resource: functions['shift-traffic'],
      event: { 'step.$': '$.step.index', 'desired.$': '$.canaries.desired', 'shifts.$': '$.step.shifts' },
      result: '$.traffic',
      next: ANALYSE,
    }),
    [NEXT_STEP]: {
      Type: 'Pass',
      Parameters: { 'index.$': 'States.MathAdd($.step.index, 1)', 'shifts.$': '$.traffic.shifts' },
      ResultPath: '$.step',
      Next: 'Scale canaries for the step',
    },
    'Scale canaries for the step': task({ ...bringCanaries, event: { 'step.$': '$.step.index', launched: '' }, next: CANARY }),
  };
}
