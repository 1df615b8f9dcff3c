import { HEALTH_CHECK, UNHEALTHY_AFTER_SECONDS } from '../../health-check';
import { hostCommand, step } from './host-command';
import type { MachineParts, States } from './model';
import { AFTER_PROMOTION, BAKE, FINISH, PLAN_WAVE as PLAN, PROMOTE, PROVE_ALL } from './names';
import { ask, choose, task, wait } from './task';

const ACTIVATE = 'Activate next wave';
const SWITCHED = 'Tell hosts that all are switched';
const LATE = 'Look for late instances';
const PROVE = 'Let the wave prove itself';
const PROVE_SECONDS = UNHEALTHY_AFTER_SECONDS + HEALTH_CHECK.interval;

/** Switches the stable hosts in waves, each healthy before the next. The canary serves on until the last one is. */
export function promote({ functions, hasBake, steps }: MachineParts): States {
  const afterwards = hasBake ? 'Begin the bake' : FINISH;
  const noWave = { number: 0, next: 'activate', instances: [], done: [], waitingSince: '' };
  const planWave = { resource: functions['plan-wave'], event: { 'wave.$': '$.wave' }, result: '$.wave' };
  const writePointers = { resource: functions['write-pointers'], result: null };
  return {
    [PROMOTE]: {
      Type: 'Pass',
      Parameters: noWave,
      ResultPath: '$.wave',
      Next: 'Remember that instances are switched',
    },
    ...(steps.database && {
      [PROVE_ALL]: {
        Type: 'Pass',
        Comment: 'All are switched: each is to prove healthy',
        Parameters: noWave,
        ResultPath: '$.wave',
        Next: PLAN,
      },
    }),
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
      next: steps.afterPromotion ? AFTER_PROMOTION : afterwards,
    }),
    ...(steps.afterPromotion &&
      hostCommand({
        state: AFTER_PROMOTION,
        noun: 'what comes after the promotion',
        comment: 'Once, on one stable instance; a failure undoes nothing',
        resource: functions['host-command'],
        event: { ...step('after-promotion'), once: true, wayBack: true },
        result: '$.once',
        next: afterwards,
        onError: afterwards,
        errorPath: '$.onceError',
      })),
    ...(hasBake && {
      'Begin the bake': { Type: 'Pass', Parameters: { 'since.$': '$$.State.EnteredTime' }, ResultPath: '$.bakeBegan', Next: BAKE },
    }),
  };
}
