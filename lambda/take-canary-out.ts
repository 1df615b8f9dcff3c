import { config } from './aws/config';
import { handle } from './aws/handler';
import { readRule, writeRule } from './aws/load-balancing';
import { flagAbort, readLock, readOwnLock, recordIntent } from './aws/table';
import { alarmsCount } from './core/alarms';
import { holdsCode, progressOf } from './core/database/migration';
import { DeploymentError } from './core/errors';
import { forwardsOnlyTo, onlyTo } from './core/rule';

/** From the state machine: the canary leaves, and what that is for. */
export interface TakeOutStep {
  readonly execution: string;
  readonly epoch: number;
  readonly purpose: 'rollBack' | 'promoted' | 'recover';
}

/** From a person, the command line or a critical alarm: the deployment that runs, if any, must roll back. */
export interface AbortRequest {
  readonly reason: string;
  /** When a critical alarm went off; absent from people. A rollback is what one does about an alarm, so it goes on. */
  readonly alarmAt?: string;
}

export interface CanaryOut {
  readonly canaryOut: true;
  /** The execution that was told to roll back; empty where none runs, or where one runs and the alarm does not count. */
  readonly told: string;
}

/** `$.wayBack` of the state machine: what the lock says. */
export interface WayBack extends CanaryOut {
  /** What was done to the database, such as `breaking done`; empty for nothing. */
  readonly migration: string;
  /** The instance that did it; none for nothing. */
  readonly leader: readonly string[];
  /** Whether the code must stay as it is because of that. */
  readonly holds: boolean;
  /** Since when the maintenance page may be up; empty where it is not. */
  readonly maintenanceSince: string;
}

const ATTEMPTS = 3;
/** Characters of a reason that are kept. */
const LONGEST_REASON = 500;

/** Takes the canary out of the main rule with one write, and reads it back. An abort is on record before that. */
export const handler = handle<TakeOutStep | AbortRequest, CanaryOut | WayBack>('take-canary-out', async (event) => {
  if ('execution' in event) {
    const { execution, epoch, purpose } = event;
    const lock = await readOwnLock({ execution, epoch });
    await takeOut();
    if (purpose === 'rollBack') await recordIntent({ execution, epoch }, 'restoring');
    return {
      canaryOut: true,
      told: '',
      migration: progressOf(lock.migration),
      leader: lock.migration ? [lock.migration.leader] : [],
      holds: holdsCode(lock),
      maintenanceSince: lock.maintenanceSince ?? '',
    };
  }
  // Where the table cannot be reached, the canary loses its traffic all the same.
  const [flag] = await Promise.allSettled([tellHolder(event)]);
  await takeOut();
  if (flag.status === 'rejected') throw flag.reason;
  return { canaryOut: true, told: flag.value ?? '' };
});

async function tellHolder({ reason, alarmAt }: AbortRequest): Promise<string | undefined> {
  if (alarmAt !== undefined) {
    const lock = await readLock();
    if (lock && !alarmsCount(lock, alarmAt)) return undefined;
  }
  return flagAbort(reasonOf(reason), alarmAt !== undefined);
}

async function takeOut(): Promise<void> {
  const { targetGroupArn } = config.stable;
  let actions = await readRule(config.mainRuleArn);
  for (let attempt = 1; attempt <= ATTEMPTS && !forwardsOnlyTo(actions, targetGroupArn); attempt++) {
    actions = await writeRule(config.mainRuleArn, onlyTo(targetGroupArn));
  }
  if (!forwardsOnlyTo(actions, targetGroupArn)) {
    throw new DeploymentError(
      'TrafficNotSafe',
      `the main rule was given the stable group alone ${ATTEMPTS} times, but reads back another action`,
    );
  }
}

/** An abort is never refused over its text. */
function reasonOf(reason: unknown): string {
  const text = typeof reason === 'string' ? reason.trim().slice(0, LONGEST_REASON) : '';
  return text === '' ? 'no reason was given' : text;
}
