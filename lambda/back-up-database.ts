import type { BackupTarget } from '../lib/deployment/contract';
import { config } from './aws/config';
import { handle } from './aws/handler';
import { beginSnapshot, statusOfSnapshot } from './aws/snapshots';
import { readLockToGoOn } from './aws/table';
import { DeploymentError } from './core/errors';
import type { Holder } from './core/lock';
import { minutesBetween } from './core/time';

export interface BackUpDatabaseEvent extends Holder {
  readonly target: BackupTarget;
  /** When the snapshot was asked for; empty where that is now. */
  readonly begun: string;
  readonly now: string;
}

/** `$.backup` of the state machine. */
export interface Backup {
  readonly snapshot: string;
  readonly begun: string;
  readonly over: boolean;
}

/** How long a snapshot may take. */
const PATIENCE_MINUTES = 240;

/** Makes a snapshot of the database, one a deployment. Called until it is there. */
export const handler = handle<BackUpDatabaseEvent, Backup>('back-up-database', async ({ target, begun, epoch, execution, now }) => {
  await readLockToGoOn({ epoch, execution });
  const snapshot = `asg-canary-${config.fleet}-${epoch}`;
  if (begun === '') {
    await beginSnapshot(target, snapshot);
    return { snapshot, begun: now, over: false };
  }
  const status = await statusOfSnapshot(target, snapshot);
  if (status === 'failed') throw new DeploymentError('BackupFailed', `the snapshot ${snapshot} of ${target.identifier} failed`);
  const over = status === 'available';
  if (!over && minutesBetween(begun, now) > PATIENCE_MINUTES) {
    throw new DeploymentError(
      'BackupFailed',
      `the snapshot ${snapshot} of ${target.identifier} is '${status}' after ${PATIENCE_MINUTES} minutes`,
    );
  }
  return { snapshot, begun, over };
});
