import { config } from './aws/config';
import { handle } from './aws/handler';
import { log } from './aws/log';
import { notify } from './aws/notifications';
import { freeLock, readLock, recordHistory } from './aws/table';
import { isBreaking, progressOf } from './core/database/migration';
import { checkHolder, type Holder } from './core/lock';
import { type EndState, type Outcome, type OutcomeVerdict, outcomeOf } from './core/outcome';

export interface FinishDeploymentEvent extends Holder {
  readonly verdict: OutcomeVerdict;
  /** All of the state machine's data. */
  readonly state: EndState;
  readonly now: string;
}

/**
 * Records how the deployment ended, frees the lock and tells the topic, in this order. The result is `$.outcome`.
 * A topic that cannot be told changes nothing about the deployment, which is over.
 */
export const handler = handle<FinishDeploymentEvent, Outcome>('finish-deployment', async ({ verdict, state, epoch, execution, now }) => {
  const found = await readLock();
  const freedBefore = found?.epoch === epoch && found.holder === '';
  const lock = freedBefore ? undefined : checkHolder(found, { epoch, execution });
  const outcome = outcomeOf(config.fleet, verdict, state, progressOf(found?.migration));
  if (lock) {
    const { release, previous, cause, plan, metrics, database, maintenanceSeconds } = outcome;
    const committed = verdict === 'promoted' || state.promotion.committed === true || (verdict === 'held' && isBreaking(lock));
    await recordHistory({
      epoch,
      verdict,
      committed,
      request: state.request,
      release,
      previous,
      cause,
      plan,
      metrics,
      database,
      maintenanceSeconds,
      migration: lock.migration,
      execution,
      endedAt: now,
    });
    await freeLock({ epoch, execution });
  }
  await notify(outcome).catch((error: Error) => log('the topic could not be told', { error: error.name, reason: error.message }));
  return outcome;
});
