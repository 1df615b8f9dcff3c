import { describeGroups } from './aws/auto-scaling';
import { config } from './aws/config';
import { handle } from './aws/handler';
import { healthyTargets, readRule, writeRule } from './aws/load-balancing';
import { readLockToGoOn } from './aws/table';
import { DeploymentError } from './core/errors';
import type { Holder } from './core/lock';
import { canaryPercent, onlyTo, shownPercent, split } from './core/rule';

export interface ShiftTrafficEvent extends Holder {
  readonly step: number;
  /** Canaries that must be healthy. */
  readonly desired: number;
  /** When the weights of the steps before were written. */
  readonly shifts: readonly string[];
  readonly now: string;
}

/** `$.traffic` of the state machine. */
export interface Traffic {
  /** The canary's share in percent. */
  readonly weight: number;
  /** When this weight and those before were written, the first one first. */
  readonly shifts: readonly string[];
}

/**
 * Gives the canary the step's share of the traffic: only onto enough healthy canaries, only from the share before,
 * and only if the load balancer reads it back. An abort that comes in between undoes it.
 */
export const handler = handle<ShiftTrafficEvent, Traffic>('shift-traffic', async ({ step, desired, shifts, epoch, execution, now }) => {
  const holder = { epoch, execution };
  await readLockToGoOn(holder);
  const { weight } = config.plan.steps[step];
  await checkHealth(desired, weight);
  const current = percentOf(await readRule(config.mainRuleArn));
  if (current !== weight) {
    const expected = step === 0 ? 0 : config.plan.steps[step - 1].weight;
    if (current !== expected)
      throw new DeploymentError(
        'Drifted',
        `the canary should have ${expected} % of the traffic, but the rule says ${shownPercent(current)}: it was changed from outside`,
      );
    const { stable, canary, stickinessSeconds } = config;
    const readBack = percentOf(
      await writeRule(config.mainRuleArn, split(stable.targetGroupArn, canary.targetGroupArn, weight, stickinessSeconds)),
    );
    if (readBack !== weight)
      throw new DeploymentError(
        'WeightNotApplied',
        `the rule was given ${weight} % for the canary, but reads back ${shownPercent(readBack)}`,
      );
  }
  await readLockToGoOn(holder).catch(async (error) => {
    await writeRule(config.mainRuleArn, onlyTo(config.stable.targetGroupArn));
    throw error;
  });
  return { weight, shifts: [...shifts, now] };
});

async function checkHealth(desired: number, weight: number): Promise<void> {
  const [{ canary }, targets] = await Promise.all([describeGroups(), healthyTargets(config.canary.targetGroupArn)]);
  const healthy = canary.inService.filter((id) => targets.has(id)).length;
  if (healthy < desired) {
    throw new DeploymentError('TooFewCanaries', `${weight} % of the traffic needs ${desired} healthy canaries, but there are ${healthy}`);
  }
}

function percentOf(actions: Parameters<typeof canaryPercent>[0]): number | undefined {
  return canaryPercent(actions, config.stable.targetGroupArn, config.canary.targetGroupArn);
}
