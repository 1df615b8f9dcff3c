import type { MachineParts, States } from './model';
import { ANALYSE, NEXT_STEP, PROMOTE, ROLL_BACK } from './names';
import { choose, task, wait } from './task';

/** Looks at the canary every minute until it is good, bad, or nobody can tell. */
export function analyse({ functions, customMetrics }: MachineParts): States {
  return {
    [ANALYSE]: wait(60, 'Analyse canary'),
    'Analyse canary': task({
      comment: 'Weights, capacity and health as they should be, and the metrics of both groups',
      resource: functions['analyse-canary'],
      event: {
        'step.$': '$.step.index',
        'traffic.$': '$.traffic',
        'canaries.$': '$.canaries',
        'baseline.$': '$.fleet.baseline',
        customMetrics,
      },
      result: '$.analysis',
      next: 'How good is the canary?',
    }),
    'How good is the canary?': choose('$.analysis.decision', { continue: ANALYSE, stepPassed: NEXT_STEP, passed: PROMOTE }, ROLL_BACK),
  };
}
