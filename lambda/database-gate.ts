import { checkAlarms, criticalAlarms } from './aws/alarms';
import { handle } from './aws/handler';
import { log } from './aws/log';
import { outputOf } from './aws/run-command';
import { forgetMaintenance, readLockToGoOn, readOwnLock, recordMaintenance, recordMigration } from './aws/table';
import { type LookBack, minutesOfPage } from './core/alarms';
import { type DatabaseReport, decideGate, type Gate, type GateOutcome, parseReport } from './core/database/gate';
import { DeploymentError } from './core/errors';
import type { Sending } from './core/host-commands';
import type { Holder } from './core/lock';
import { minutesAfter } from './core/time';

/** Decides by what the leader found. */
export interface WeighEvent extends Holder {
  readonly action: 'weigh';
  readonly sending: Sending;
  /** The first release of a fleet. */
  readonly bootstrap: boolean;
  readonly allowMaintenance: boolean;
}

/** Puts on record what is about to be done, or has been, so that a recovery knows. */
export interface RecordEvent extends Holder {
  readonly action: 'migrationBegins' | 'migrationIsDone' | 'maintenanceBegins' | 'maintenanceIsOver';
  readonly outcome: GateOutcome;
  /** Who migrates. */
  readonly leader: readonly string[];
  readonly now: string;
}

/** Puts on record that a breaking migration came to its end, where the leader finds nothing pending any more. */
export interface SettleEvent extends Holder {
  readonly action: 'settle';
  readonly sending: Sending;
}

/** `$.gate` of the state machine. */
export interface DatabaseGate extends Gate {
  /** The instance that looked; it migrates too. */
  readonly leader: readonly string[];
}

/**
 * What becomes of a deployment by what its database needs.
 *
 * @throws DeploymentError `BreakingChange` where the database must change in a way that nobody allowed
 */
export const handler = handle<WeighEvent | RecordEvent | SettleEvent, DatabaseGate | null>('database-gate', async (event) => {
  switch (event.action) {
    case 'weigh':
      return weigh(event);
    case 'settle':
      await settle(event);
      return null;
    default:
      await record(event);
      return null;
  }
});

async function weigh({ sending, bootstrap, allowMaintenance, epoch, execution }: WeighEvent): Promise<DatabaseGate> {
  await readLockToGoOn({ epoch, execution });
  const gate = decideGate(await reportOf(sending), bootstrap);
  if (gate.outcome === 'breaking' && !allowMaintenance) {
    throw new DeploymentError(
      'BreakingChange',
      `${gate.sentence}; deploy it with 'allowMaintenance', or first a release that does without what changes, then one that declares the change compatible`,
    );
  }
  return { ...gate, leader: sending.commands[0].instances };
}

async function settle({ sending, epoch, execution }: SettleEvent): Promise<void> {
  const holder = { epoch, execution };
  await readOwnLock(holder);
  const { outcome } = decideGate(await reportOf(sending), false);
  if (outcome === 'upToDate') await recordMigration(holder, { kind: 'breaking', state: 'done', leader: sending.commands[0].instances[0] });
}

async function record({ action, outcome, leader, now, epoch, execution }: RecordEvent): Promise<void> {
  const holder = { epoch, execution };
  const begins = action === 'maintenanceBegins' || action === 'migrationBegins';
  await (begins ? readLockToGoOn(holder) : readOwnLock(holder));
  if (action === 'maintenanceBegins') {
    await checkAlarms();
    return recordMaintenance(holder, now);
  }
  if (action === 'maintenanceIsOver') {
    return forgetMaintenance(holder, minutesAfter(now, minutesOfPage(await lookBacks())));
  }
  const kind = outcome === 'breaking' ? 'breaking' : 'compatible';
  await recordMigration(holder, { kind, state: action === 'migrationBegins' ? 'begun' : 'done', leader: leader[0] });
}

/** Where CloudWatch does not answer, one alarm that does not tell: a change that is made is not held for that. */
async function lookBacks(): Promise<readonly LookBack[]> {
  try {
    return (await criticalAlarms()).lookBacks;
  } catch (error) {
    const { name, message } = error as Error;
    log('the alarms could not be asked how far they look back', { error: name, reason: message });
    return [{}];
  }
}

async function reportOf({ commands: [{ id, instances }] }: Sending): Promise<DatabaseReport> {
  return parseReport(await outputOf(id, instances[0]));
}
