import { handle } from './aws/handler';
import { readPointer } from './aws/releases';
import { readOwnLock } from './aws/table';
import type { Holder } from './core/lock';
import { planRecovery, type RecoveryPlan } from './core/recovery';

/** Finds out how far the execution came that a recovery cleans up after. The result is `$.promotion`. */
export const handler = handle<Holder, RecoveryPlan>('plan-recovery', async ({ epoch, execution }) => {
  const lock = await readOwnLock({ epoch, execution });
  const { pointer } = await readPointer('stable');
  return planRecovery(lock, pointer);
});
