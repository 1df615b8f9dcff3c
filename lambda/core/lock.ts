import type { PointerPhase, Release } from '../../lib/deployment/contract';
import type { Migration } from './database/migration';
import { DeploymentError } from './errors';
import type { Request } from './request';

/** How far a deployment came, written before it is done. */
export type Intent = 'begun' | Exclude<PointerPhase, 'idle'> | 'committing' | 'restoring';

/** The item `lock` of a fleet: one for ever, held or free. Its epoch only rises. */
export interface Lock {
  readonly epoch: number;
  /** ARN of the execution that holds it; empty while it is free. */
  readonly holder: string;
  readonly since: string;
  readonly mode: Request['mode'];
  readonly intent: Intent;
  /** Epoch by which hosts know the activations of this deployment: a recovery keeps that of the deployment that it cleans up. */
  readonly activationEpoch: number;
  /** The release that goes out, from the moment on at which pointers are to be written. */
  readonly release?: Release;
  /** The release that was committed before; absent where there was none. */
  readonly previous?: Release;
  /** What it does to the database; absent while that is nothing. */
  readonly migration?: Migration;
  /** Since when the maintenance page may be up; absent where it is not. */
  readonly maintenanceSince?: string;
  /** From when critical alarms count again after the maintenance page; absent where there was none. */
  readonly alarmsCountFrom?: string;
  /** Stable instances that were protected from scale-in before the deployment, and stay so. */
  readonly protectedBefore?: readonly string[];
  /** The execution that a recovery cleans up after; undefined otherwise. */
  readonly recovers?: string;
  /** Why the deployment must roll back; undefined where nobody asked for it. */
  readonly abortReason?: string;
}

/** A caller of the lock: which execution, in which epoch. */
export interface Holder {
  readonly execution: string;
  readonly epoch: number;
}

/**
 * Throws unless the lock is held by this execution in this epoch.
 *
 * @throws DeploymentError `Fenced`
 */
export function checkHolder(lock: Lock | undefined, { execution, epoch }: Holder): Lock {
  if (lock && lock.holder === execution && lock.epoch === epoch) return lock;
  const found = lock ? `it is in epoch ${lock.epoch}, held by ${lock.holder || 'nobody'}` : 'there is none';
  throw new DeploymentError('Fenced', `the lock must be held by ${execution} in epoch ${epoch}, but ${found}`);
}

/**
 * Throws where somebody asked for a rollback.
 *
 * @throws DeploymentError `Aborted`
 */
export function checkNotAborted(lock: Lock): Lock {
  if (lock.abortReason === undefined) return lock;
  throw new DeploymentError('Aborted', `aborted: ${lock.abortReason}`);
}
