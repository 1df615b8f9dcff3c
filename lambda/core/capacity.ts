import type { PlanConfig } from '../../lib/deployment/contract';
import { DeploymentError } from './errors';

/**
 * Canaries that carry `weight` percent of the traffic without more load on each than a stable instance has:
 * the larger of `minCanary` and stable x w / (100 - w), rounded up.
 */
export function canariesFor(weight: number, stableInService: number, minCanary: number): number {
  return Math.max(minCanary, Math.ceil((stableInService * weight) / (100 - weight)));
}

/** Throws unless the canary group can grow to what this step needs. Returns that number. */
export function checkedCanaries(plan: PlanConfig, step: number, stableInService: number, maxCanary: number): number {
  const { weight } = plan.steps[step];
  const needed = canariesFor(weight, stableInService, plan.minCanary);
  if (needed > maxCanary) {
    throw new DeploymentError(
      'CapacityExceeded',
      `a weight of ${weight} % beside ${stableInService} stable instances needs ${needed} canaries, but the canary group's maximum is ${maxCanary}`,
    );
  }
  return needed;
}
