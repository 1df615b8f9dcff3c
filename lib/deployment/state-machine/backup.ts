import { hostCommand, step } from './host-command';
import type { MachineParts, States } from './model';
import { ask, task, wait } from './task';

/** Saves the database: by a snapshot where it is named, otherwise by the release's own step, which may be missing. */
export function backUp({ functions, backupTarget }: MachineParts, state: string, noun: string, next: string): States {
  if (backupTarget === undefined) {
    return hostCommand({
      state,
      noun,
      resource: functions['host-command'],
      event: { ...step('backup'), strict: true, 'instances.$': '$.gate.leader', 'group.$': '$.check.group' },
      result: '$.migration',
      next,
    });
  }
  const [waiting, look, over] = [`Wait for ${noun}`, `Look at ${noun}`, `Is it over, ${noun}?`];
  const snapshot = { resource: functions['back-up-database']!, result: '$.backup' };
  return {
    [state]: task({ ...snapshot, comment: 'A snapshot of the database', event: { target: backupTarget, begun: '' }, next: waiting }),
    [waiting]: wait(30, look),
    [look]: task({ ...snapshot, event: { target: backupTarget, 'begun.$': '$.backup.begun' }, next: over }),
    [over]: ask('$.backup.over', next, waiting),
  };
}
