import type { Pointer } from '../../lib/deployment/contract';
import type { Lock } from './lock';

/** How a deployment that died is ended. */
export interface RecoveryPlan {
  /** Whether stable instances may have been switched. */
  readonly begun: boolean;
  /** Whether the release is committed already, so that the rest is done instead of undone. */
  readonly committed: boolean;
}

/**
 * Decides by what is written: the stable pointer is the commit point. An execution that had begun to go back is not turned around.
 */
export function planRecovery(lock: Lock, stable: Pointer | undefined): RecoveryPlan {
  const isCandidate = lock.release !== undefined && stable?.committed?.id === lock.release.id;
  const committed = lock.intent === 'committing' && stable?.phase === 'idle' && isCandidate;
  const begun = lock.release !== undefined && !['begun', 'checking', 'maintenance', 'deploying'].includes(lock.intent);
  return { begun, committed };
}
