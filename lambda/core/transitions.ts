import type { Pointer, PointerPhase, Release } from '../../lib/deployment/contract';
import { isBreaking } from './database/migration';
import { DeploymentError } from './errors';
import type { Lock } from './lock';

/** What is written into the pointers. */
export type PointerChange = Exclude<PointerPhase, 'idle'> | 'commit' | 'restore' | 'hold';

/** What a change needs to know. */
export interface ChangeContext {
  readonly epoch: number;
  readonly release: Release;
  readonly lock: Lock;
}

/**
 * What a group's pointer becomes. Pure and idempotent: applied to its own result it changes nothing.
 * Undefined means that there is no pointer: before the first deployment, and a restore leaves it at that.
 *
 * @throws DeploymentError `Fenced` where the pointer is of a newer epoch
 */
export function changePointer(current: Pointer | undefined, change: PointerChange, context: ChangeContext): Pointer | undefined {
  const { epoch, release, lock } = context;
  if (current && current.epoch > epoch) {
    throw new DeploymentError('Fenced', `the pointer is of epoch ${current.epoch}, which is newer than ${epoch}`);
  }
  switch (change) {
    case 'checking':
    case 'maintenance':
    case 'deploying':
    case 'promoting':
    case 'promoted':
    case 'migrated':
      return pointer(epoch, change, current?.committed, release);
    case 'commit':
      return pointer(epoch, 'idle', release, undefined);
    case 'hold':
      return isBreaking(lock) ? pointer(epoch, 'idle', release, undefined) : restored(current, epoch, lock);
    case 'restore':
      return restored(current, epoch, lock);
  }
}

function restored(current: Pointer | undefined, epoch: number, lock: Lock): Pointer | undefined {
  return current && pointer(epoch, 'idle', lock.release === undefined ? current.committed : lock.previous, undefined);
}

function pointer(epoch: number, phase: Pointer['phase'], committed: Release | undefined, candidate: Release | undefined): Pointer {
  return { epoch, phase, ...(committed && { committed }), ...(candidate && { candidate }) };
}
