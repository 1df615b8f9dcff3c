import { describeGroups, failedCanaryLaunches, protectStable, setCanaries } from './aws/auto-scaling';
import { config } from './aws/config';
import { handle } from './aws/handler';
import { healthyTargets, readRule, writeRule } from './aws/load-balancing';
import { readLockToGoOn } from './aws/table';
import { checkedCanaries } from './core/capacity';
import { DeploymentError } from './core/errors';
import type { Holder } from './core/lock';
import { forwardsOnlyTo, onlyTo } from './core/rule';
import { minutesBetween } from './core/time';

export interface BringCanariesEvent extends Holder {
  /** Index of the step whose weight the canaries are to carry. */
  readonly step: number;
  /** When canaries were asked for; empty where that is now. */
  readonly launched: string;
  readonly now: string;
}

/** `$.canaries` of the state machine. */
export interface Canaries {
  readonly desired: number;
  readonly healthy: number;
  /** True where as many are healthy as the step needs. */
  readonly ready: boolean;
  readonly launched: string;
}

/** After so many launches that did not come into service, no more are tried. */
const FAILED_LAUNCHES = 2;
/** Minutes beside the boot: registration, health checks, a second try. */
const SLACK_MINUTES = 10;

/** Sees to it that there are as many canaries as a step needs, and says whether they are healthy. Called until they are. */
export const handler = handle<BringCanariesEvent, Canaries>('bring-canaries', async ({ step, launched, epoch, execution, now }) => {
  await readLockToGoOn({ epoch, execution });
  const { stable, canary } = await describeGroups();
  const desired = Math.max(canary.desired, checkedCanaries(config.plan, step, stable.inService.length, canary.max));
  await showInPreview();
  const since = launched || now;
  const failures = launched === '' ? [] : await failedCanaryLaunches(since);
  if (failures.length >= FAILED_LAUNCHES) giveUp(`${failures.length} canaries did not come into service: ${failures[0]}`);
  await setCanaries(canary, desired);
  await protectStable(stable);
  const targets = await healthyTargets(config.canary.targetGroupArn);
  const healthy = canary.inService.filter((id) => targets.has(id)).length;
  const ready = healthy >= desired;
  if (!ready && minutesBetween(since, now) > config.plan.bootMinutes + SLACK_MINUTES) {
    giveUp(`${healthy} of ${desired} canaries became healthy within ${config.plan.bootMinutes + SLACK_MINUTES} minutes`);
  }
  return { desired, healthy, ready, launched: since };
});

/** A target group in no rule is not health-checked, so the canary enters the preview rule first. */
async function showInPreview(): Promise<void> {
  const { targetGroupArn } = config.canary;
  if (forwardsOnlyTo(await readRule(config.previewRuleArn), targetGroupArn)) return;
  const readBack = await writeRule(config.previewRuleArn, onlyTo(targetGroupArn));
  if (!forwardsOnlyTo(readBack, targetGroupArn))
    throw new DeploymentError('WeightNotApplied', 'the preview rule does not read back the canary group');
}

/** Canaries of an earlier step may still serve customers: the rollback ends them when nobody is sent there any more. */
function giveUp(cause: string): never {
  throw new DeploymentError('CanariesFailed', cause);
}
