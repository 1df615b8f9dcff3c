import { backUp } from './backup';
import { migrate, record } from './gate';
import { hostCommand, step } from './host-command';
import type { MachineParts, States } from './model';
import { MAINTENANCE, PROVE_ALL } from './names';
import { task } from './task';

const SHOW = 'Show the maintenance page';
const BACK_UP = 'Back up the database before the maintenance';
const ACTIVATE = 'Activate release everywhere';
const TAKE_DOWN = 'Take the maintenance page down';
const OVER = 'Remember that the maintenance is over';

/**
 * The way of a change that the running release does not bear, where the input allows it: no canary, a page instead of the store
 * for as long as the migration and one switch of all instances take.
 */
export function maintenance(parts: MachineParts): States {
  const { functions, steps } = parts;
  if (!steps.database) return {};
  const onHosts = { resource: functions['host-command'] };
  return {
    ...backUp(parts, BACK_UP, 'the backup before the maintenance', 'Note when the maintenance begins'),
    [MAINTENANCE]: {
      Type: 'Pass',
      Comment: 'No canary: nobody can serve beside this change',
      Next: BACK_UP,
    },
    'Note when the maintenance begins': {
      Type: 'Pass',
      Parameters: { 'began.$': '$$.State.EnteredTime' },
      ResultPath: '$.maintenance',
      Next: 'Put the maintenance on record',
    },
    'Put the maintenance on record': task({
      resource: functions['database-gate']!,
      event: { action: 'maintenanceBegins', outcome: 'breaking', 'leader.$': '$.gate.leader' },
      result: null,
      next: 'Tell hosts that the maintenance begins',
    }),
    'Tell hosts that the maintenance begins': task({
      comment: 'One that boots from here on shows the page too',
      resource: functions['write-pointers'],
      event: { change: 'maintenance', 'release.$': '$.release' },
      result: null,
      next: SHOW,
    }),
    ...hostCommand({
      ...onHosts,
      state: SHOW,
      noun: 'the page to be up',
      event: step('maintenance-on'),
      result: '$.page',
      next: record('breaking'),
    }),
    ...migrate(parts, 'breaking', 'the migration behind the page', 'Tell hosts that the release is for all'),
    'Tell hosts that the release is for all': task({
      comment: 'And that none goes back: the database fits no other',
      resource: functions['write-pointers'],
      event: { change: 'migrated', 'release.$': '$.release' },
      result: null,
      next: 'Remember that all are switched',
    }),
    'Remember that all are switched': {
      Type: 'Pass',
      Parameters: { begun: true, committed: false },
      ResultPath: '$.promotion',
      Next: ACTIVATE,
    },
    ...hostCommand({
      ...onHosts,
      state: ACTIVATE,
      noun: 'all to be switched',
      event: { command: 'activate' },
      result: '$.activation',
      next: TAKE_DOWN,
    }),
    ...hostCommand({
      ...onHosts,
      state: TAKE_DOWN,
      noun: 'the page to be down',
      event: { ...step('maintenance-off'), wayBack: true },
      result: '$.page',
      next: 'Note when the maintenance ends',
    }),
    'Note when the maintenance ends': {
      Type: 'Pass',
      Parameters: { 'began.$': '$.maintenance.began', 'ended.$': '$$.State.EnteredTime' },
      ResultPath: '$.maintenance',
      Next: OVER,
    },
    [OVER]: task({
      resource: functions['database-gate']!,
      event: { action: 'maintenanceIsOver', outcome: 'breaking', 'leader.$': '$.gate.leader' },
      result: null,
      next: PROVE_ALL,
    }),
  };
}
