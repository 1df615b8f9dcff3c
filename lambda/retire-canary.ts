import { describeGroups, setCanaries, unprotectStable } from './aws/auto-scaling';
import { config } from './aws/config';
import { handle } from './aws/handler';
import { readRule, writeRule } from './aws/load-balancing';
import { readOwnLock } from './aws/table';
import { DeploymentError } from './core/errors';
import type { Holder } from './core/lock';
import { forwardsOnlyTo, onlyTo } from './core/rule';

export interface RetiredCanary {
  /** Canaries that now drain and end. */
  readonly canaries: number;
}

/** Puts the fleet to rest: preview to stable, no canaries, no protection but its owner's. Never while customers are sent to a canary. */
export const handler = handle<Holder, RetiredCanary>('retire-canary', async ({ epoch, execution }) => {
  const { protectedBefore = [] } = await readOwnLock({ epoch, execution });
  const { targetGroupArn } = config.stable;
  if (!forwardsOnlyTo(await readRule(config.mainRuleArn), targetGroupArn)) {
    throw new DeploymentError('TrafficNotSafe', 'canaries cannot be ended while the main rule forwards to them');
  }
  if (!forwardsOnlyTo(await readRule(config.previewRuleArn), targetGroupArn)) {
    const readBack = await writeRule(config.previewRuleArn, onlyTo(targetGroupArn));
    if (!forwardsOnlyTo(readBack, targetGroupArn))
      throw new DeploymentError('TrafficNotSafe', 'the preview rule does not read back the stable group');
  }
  const { stable, canary } = await describeGroups();
  await setCanaries(canary, 0);
  await unprotectStable(stable, protectedBefore);
  return { canaries: canary.present };
});
