import { backUp } from './backup';
import { hostCommand, step } from './host-command';
import type { MachineParts, State, States } from './model';
import { CANARY, CHECK_DATABASE, FIRST_GATE, GATE, MAINTENANCE, PROMOTE, SHIFT, TELL_HOSTS } from './names';
import { ask, choose, task } from './task';

const COMES_FIRST = 'Tell hosts that the database comes first';
const STAGE = 'Stage release on canaries';
const CHECK = 'Check the database';
const WEIGH = 'What does the database need?';
const BACK_UP = 'Back up the database';
const MIGRATE = 'Migrate the database';
const MAY_BEGIN = 'Tell hosts that the release may begin';
const ACTIVATE = 'Activate release on canaries';

/**
 * Looks, with the code of the release and before it serves anybody, whether the database fits it, and changes it where instances on
 * the release of before bear that. All is done once, on one instance: a canary, or with the first release a stable one.
 */
export function gate(parts: MachineParts): States {
  const { functions, steps } = parts;
  if (!steps.database) return {};
  return {
    [CHECK_DATABASE]: choose('$.request.mode', { deploy: COMES_FIRST }, TELL_HOSTS),
    [COMES_FIRST]: task({
      comment: 'Canaries boot with the committed release. From here on everything is undone by a rollback',
      resource: functions['write-pointers'],
      event: { change: 'checking', 'release.$': '$.release', 'protectedInstances.$': '$.fleet.protectedInstances' },
      result: null,
      next: 'Is a canary first?',
    }),
    [GATE]: ifLookedAt(SHIFT, STAGE),
    [FIRST_GATE]: choose('$.request.mode', { deploy: CHECK }, PROMOTE),
    ...hostCommand({
      state: STAGE,
      noun: 'staging on canaries',
      resource: functions['host-command'],
      event: { command: 'stage', group: 'canary' },
      result: '$.staging',
      next: CHECK,
    }),
    [CHECK]: ask('$.fleet.usesCanary', 'Check the database on a canary', 'Check the database on an instance'),
    ...check(parts, 'Check the database on a canary', 'the check on a canary', 'canary'),
    ...check(parts, 'Check the database on an instance', 'the check on an instance', 'stable'),
    [WEIGH]: task({
      comment: 'up to date | compatible change | breaking change: refused, unless maintenance is allowed',
      resource: functions['database-gate']!,
      event: {
        action: 'weigh',
        'sending.$': '$.check',
        'bootstrap.$': '$.request.bootstrap',
        'allowMaintenance.$': '$.request.allowMaintenance',
      },
      result: '$.gate',
      next: 'Up to date, compatible or breaking?',
    }),
    'Up to date, compatible or breaking?': choose('$.gate.outcome', { upToDate: MAY_BEGIN, compatible: BACK_UP }, MAINTENANCE),
    ...backUp(parts, BACK_UP, 'the backup', record('compatible')),
    ...migrate(parts, 'compatible', 'the migration', MAY_BEGIN),
    [MAY_BEGIN]: task({
      resource: functions['write-pointers'],
      event: { change: 'deploying', 'release.$': '$.release' },
      result: null,
      next: 'Is there a canary to switch?',
    }),
    'Is there a canary to switch?': ask('$.fleet.usesCanary', ACTIVATE, PROMOTE),
    ...hostCommand({
      state: ACTIVATE,
      noun: 'canaries to be switched',
      resource: functions['host-command'],
      event: { command: 'activate', group: 'canary' },
      result: '$.activation',
      next: 'Wait for canaries anew',
    }),
    'Wait for canaries anew': {
      Type: 'Pass',
      Comment: 'They have the whole time of a boot again to be found healthy',
      Parameters: { 'launched.$': '$$.State.EnteredTime' },
      ResultPath: '$.canaries',
      Next: CANARY,
    },
  };
}

function check({ functions }: MachineParts, state: string, noun: string, group: string): States {
  return hostCommand({
    state,
    noun,
    comment: 'With the code of the release, on the first instance of the group',
    resource: functions['host-command'],
    event: { ...step('check'), group, once: true, strict: true },
    result: '$.check',
    next: WEIGH,
  });
}

/** Name of the state that begins a migration of this kind. */
export function record(kind: 'compatible' | 'breaking'): string {
  return `Remember that a ${kind} change begins`;
}

/** Changes the database on the leader. From its begin on the lock says so: what fails then is held, not taken back. */
export function migrate({ functions }: MachineParts, kind: 'compatible' | 'breaking', noun: string, next: string): States {
  const note = { resource: functions['database-gate']!, result: null };
  const done = `Remember that the ${kind} change is made`;
  const state = kind === 'compatible' ? MIGRATE : `${MIGRATE} behind the page`;
  return {
    [record(kind)]: task({ ...note, event: { action: 'migrationBegins', outcome: kind, 'leader.$': '$.gate.leader' }, next: state }),
    ...hostCommand({
      state,
      noun,
      comment: 'Once, on the instance that looked. Whoever aborts waits for its end: half-way nobody knows what fits',
      resource: functions['host-command'],
      event: { ...step('migrate'), strict: true, wayBack: true, 'instances.$': '$.gate.leader', 'group.$': '$.check.group' },
      result: '$.migration',
      next: done,
    }),
    [done]: task({ ...note, event: { action: 'migrationIsDone', outcome: kind, 'leader.$': '$.gate.leader' }, next }),
  };
}

function ifLookedAt(yes: string, no: string): State {
  return { Type: 'Choice', Choices: [{ Variable: '$.gate.outcome', IsPresent: true, Next: yes }], Default: no };
}
