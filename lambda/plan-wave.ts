import { describeGroups, protectStable } from './aws/auto-scaling';
import { config } from './aws/config';
import { handle } from './aws/handler';
import { healthyTargets } from './aws/load-balancing';
import { readLockToGoOn } from './aws/table';
import type { Holder } from './core/lock';
import { nextWave, type Wave } from './core/waves';

export interface PlanWaveEvent extends Holder {
  readonly wave: Wave;
  readonly now: string;
}

/** Checks that the wave before is healthy, and says which stable instances come next. The result is `$.wave`. */
export const handler = handle<PlanWaveEvent, Wave>('plan-wave', async ({ wave, epoch, execution, now }) => {
  await readLockToGoOn({ epoch, execution });
  const [{ stable }, healthy] = await Promise.all([describeGroups(), healthyTargets(config.stable.targetGroupArn)]);
  await protectStable(stable);
  return nextWave(wave, { inService: stable.inService, healthy }, config.plan.wavePercent, now);
});
