import type { AnalysisConfig, PlanConfig, Pointer, Release } from '../../lib/deployment/contract';
import { checkedCanaries } from './capacity';
import { DeploymentError } from './errors';
import type { Plan } from './plan/plan';
import type { Request } from './request';

/** What the fleet looks like before anything is done to it. */
export interface FleetView {
  readonly epoch: number;
  readonly stablePointer?: Pointer;
  readonly canaryPointer?: Pointer;
  readonly stableInService: number;
  readonly canaryPresent: number;
  readonly canaryDesired: number;
  readonly canaryMax: number;
  /** Whether the main rule forwards to the stable group alone. */
  readonly ruleAtRest: boolean;
  readonly alarms: { readonly active: readonly string[]; readonly missing: readonly string[] };
}

/** Whether a deployment tries the release on canaries first. */
export function usesCanary(request: Request): boolean {
  return request.mode === 'deploy' && !request.bootstrap;
}

/**
 * The committed release, if any, of a fleet that can be deployed to.
 *
 * @throws DeploymentError `Refused` with what is in the way and what to do
 */
export function checkPreconditions(request: Request, plan: PlanConfig, view: FleetView): Release | undefined {
  const committed = checkPointers(view);
  if (request.mode === 'deploy' && !request.bootstrap && !committed) {
    throw refused(`the fleet has no committed release to compare with: start the first deployment with 'bootstrap': true`);
  }
  if (request.bootstrap && committed) {
    throw refused(
      `'bootstrap' is only for the first deployment of a fleet, but this one has the committed release '${committed.id}': leave it out`,
    );
  }
  if (request.mode === 'rollback' && !committed) throw refused('there is nothing to roll back: the fleet has no committed release');
  // A rollback is what one does about an alarm.
  if (request.mode === 'deploy') checkAlarms(view.alarms);
  if (view.stableInService === 0) throw refused('the stable group has no instance in service');
  if (!view.ruleAtRest) {
    throw refused(
      `the main rule forwards to more than the stable group, though no deployment runs: take the canary out of traffic first ('asg-canary abort')`,
    );
  }
  if (usesCanary(request)) checkCanaryGroup(plan, view);
  return committed;
}

function checkPointers({ epoch, stablePointer, canaryPointer }: FleetView): Release | undefined {
  for (const [group, pointer] of [
    ['stable', stablePointer],
    ['canary', canaryPointer],
  ] as const) {
    if (!pointer) continue;
    if (pointer.epoch >= epoch) {
      throw refused(
        `the ${group} pointer is of epoch ${pointer.epoch}, but the lock gave ${epoch}: was the table replaced? Set the lock's 'epoch' to ${pointer.epoch}`,
      );
    }
    if (pointer.phase !== 'idle') throw refused(`the ${group} pointer must be idle, got '${pointer.phase}' of epoch ${pointer.epoch}`);
  }
  const stable = stablePointer?.committed;
  const canary = canaryPointer?.committed;
  if (stable?.id !== canary?.id || stable?.sha256 !== canary?.sha256) {
    throw refused(
      `the pointers of both groups must name one release, got '${stable?.id ?? ''}' for stable and '${canary?.id ?? ''}' for canary`,
    );
  }
  return stable;
}

function checkAlarms({ active, missing }: FleetView['alarms']): void {
  if (active.length > 0) throw refused(`critical alarms are active: ${active.join(', ')}`);
  if (missing.length > 0)
    throw refused(`critical alarms do not exist: ${missing.join(', ')}; create them, or take them out of 'criticalAlarms'`);
}

function checkCanaryGroup(plan: PlanConfig, view: FleetView): void {
  if (view.canaryDesired > 0) {
    throw refused(`the canary group must have a desired capacity of 0 between deployments, got ${view.canaryDesired}: set it to 0`);
  }
  if (view.canaryPresent > 0) {
    throw refused(`the canary group is still ending ${view.canaryPresent} instances of the last deployment: try again in some minutes`);
  }
  for (const step of plan.steps.keys()) checkedCanaries(plan, step, view.stableInService, view.canaryMax);
}

/**
 * The id of the release that goes out.
 *
 * @throws DeploymentError `Refused` where it is committed already
 */
export function checkTarget(id: string, committed: Release | undefined): string {
  if (id === committed?.id) throw refused(`release '${id}' is the committed release already`);
  return id;
}

/**
 * Lets a deployment begin only if its steps can notice the smallest bad effects, or if its owner wants no more than a warning.
 *
 * @throws DeploymentError `Refused` with the figures and with steps that could
 */
export function checkDetectable({ isDetectable, sentence }: Plan, onUndetectable: AnalysisConfig['onUndetectable']): void {
  if (!isDetectable && onUndetectable === 'refuse') throw refused(`a bad release could go unnoticed: ${sentence}`);
}

/** An error that says why nothing is begun. */
export function refused(message: string): DeploymentError {
  return new DeploymentError('Refused', message);
}
