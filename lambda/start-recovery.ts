import { config } from './aws/config';
import { startRecovery, statusOf } from './aws/executions';
import { handle } from './aws/handler';
import { log } from './aws/log';
import { notifyFailedRecovery } from './aws/notifications';
import { readLock } from './aws/table';
import type { Lock } from './core/lock';

/** An event of EventBridge: an execution that ended, or the schedule. */
export interface RecoveryEvent {
  readonly source: string;
  readonly time: string;
}

export interface RecoveryStart {
  /** What was started; empty where nothing needs it. */
  readonly started: string;
}

/**
 * Starts a recovery where the lock is held by an execution that does not run any more. Events come at best effort, so a
 * schedule looks too. A recovery that failed itself is tried again by the schedule alone, and the topic is told.
 */
export const handler = handle<RecoveryEvent, RecoveryStart>('start-recovery', async ({ source, time }) => {
  const lock = await readLock();
  if (!lock || lock.holder === '') return { started: '' };
  if (lock.mode === 'recover' && source === 'aws.states') return { started: '' };
  const { alive, status } = await statusOf(lock.holder);
  if (alive) return { started: '' };
  const name = `recover-${lock.epoch}-${time.replace(/[^0-9]/g, '').slice(0, 14)}`;
  const started = await startRecovery(name, `${lock.holder} ended ${status} and holds the fleet`);
  if (lock.mode === 'recover') await tell(lock, `the recovery ${lock.holder} ended ${status}; another one is started`);
  return { started };
});

/** The recovery runs whether or not anybody can be told. */
async function tell({ epoch, holder }: Lock, cause: string): Promise<void> {
  await notifyFailedRecovery({ fleet: config.fleet, epoch, execution: holder, cause }).catch((error: Error) =>
    log('the topic could not be told', { error: error.name, reason: error.message }),
  );
}
