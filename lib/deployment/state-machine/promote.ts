import { HEALTH_CHECK, UNHEALTHY_AFTER_SECONDS } from '../../health-check';
import type { MachineParts, States } from './model';
import { BAKE, FINISH, PROMOTE } from './names';
import { ask, choose, task, wait } from './task';

const PLAN = 'Plan the next wave';
const ACTIVATE = 'Activate next wave';
const SWITCHED = 'Tell hosts that all are switched';
const LATE = 'Look for late instances';
const PROVE = 'Let the wave prove itself';
const PROVE_SECONDS = UNHEALTHY_AFTER_SECONDS + HEALTH_CHECK.interval;

/** Switches the stable hosts in waves, each healthy before the next. The canary serves on until the last one is. */
export function promote({ functions, hasBake }: MachineParts): States {
  const planWave = { resource: functions['plan-wave'], event: { 'wave.$': '$.wave' }, result: '$.wave' };
  const writePointers = { resource: functions['write-pointers'], result: null };
  return {
    [PROMOTE]: {
      Type: 'Pass',
      Parameters: { number: 0, next: 'activate', instances: [], done: [], waitingSince: '' },
      ResultPath: '$.wave',
      Next: 'Remember that instances are switched',
    },
    'Remember that instances are switched': {
      Type: 'Pass',
      Parameters: { begun: true, committed: false },
      ResultPath: '$.promotion',
      Next: 'Tell hosts that the promotion begins',
    },
    'Tell hosts that the promotion begins': task({
      ...writePointers,
      event: { change: 'promoting', 'release.$': '$.release' },
      next: PLAN,
    }),
    [PLAN]: task({ ...planWave, next: 'Is there a next wave?' }),
    'Is there a next wave?': choose('$.wave.next', { activate: ACTIVATE, wait: PROVE }, SWITCHED),
    [ACTIVATE]: task({
      resource: functions['host-command'],
      event: {
        action: 'send',
        command: 'activate',
        'release.$': '$.release',
        'activationEpoch.$': '$.activationEpoch',
        'instances.$': '$.wave.instances',
      },
      result: '$.activation',
      next: 'Wait for the wave',
    }),
    'Wait for the wave': wait(10, 'Look at the wave'),
    'Look at the wave': task({
      resource: functions['host-command'],
      event: { action: 'look', 'sending.$': '$.activation' },
      result: '$.activation',
      next: 'Is the wave switched?',
    }),
    'Is the wave switched?': ask('$.activation.over', PROVE, 'Wait for the wave'),
    [PROVE]: { ...wait(PROVE_SECONDS, PLAN), Comment: 'Longer than the load balancer needs to find an instance unhealthy' },
    [SWITCHED]: task({
      ...writePointers,
      comment: 'From here on instances that boot take the release',
      event: { change: 'promoted', 'release.$': '$.release' },
      next: LATE,
    }),
    [LATE]: task({ ...planWave, comment: 'Those that came into service before', next: 'Are there late instances?' }),
    'Are there late instances?': choose('$.wave.next', { activate: ACTIVATE, wait: PROVE }, 'Take canary out after promotion'),
    'Take canary out after promotion': task({
      resource: functions['take-canary-out'],
      event: { purpose: 'promoted' },
      result: null,
      next: hasBake ? 'Begin the bake' : FINISH,
    }),
    ...(hasBake && {
      'Begin the bake': { Type: 'Pass', Parameters: { 'since.$': '$$.State.EnteredTime' }, ResultPath: '$.bakeBegan', Next: BAKE },
    }),
  };
}
