import type { MachineParts, States } from './model';
import { BAKE, FINISH, ROLL_BACK } from './names';
import { choose, task, wait } from './task';

/** Watches the stable group after promotion. */
export function bake({ functions, hasBake }: MachineParts): States {
  if (!hasBake) return {};
  return {
    [BAKE]: wait(60, 'Look at stable'),
    'Look at stable': task({
      resource: functions['watch-bake'],
      event: { 'since.$': '$.bakeBegan.since' },
      result: '$.bake',
      next: 'How good is stable?',
    }),
    'How good is stable?': choose('$.bake.decision', { continue: BAKE, passed: FINISH }, ROLL_BACK),
  };
}
