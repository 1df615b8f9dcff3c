import { criticalAlarms } from './aws/alarms';
import { describeGroups, protectStable } from './aws/auto-scaling';
import { config } from './aws/config';
import { handle } from './aws/handler';
import { readMinutes } from './aws/metrics';
import { readLockToGoOn } from './aws/table';
import { alarmsCount, checkNoneActive } from './core/alarms';
import { judgeBake } from './core/judge/bake';
import { type BakeDecision, decideBake } from './core/judge/decide';
import type { MetricJudgement } from './core/judge/judgement';
import { errorReadings, thresholdReadings } from './core/judge/readings';
import type { Holder } from './core/lock';
import { settledWindow } from './core/time';

export interface WatchBakeEvent extends Holder {
  /** When the last wave had proved healthy. */
  readonly since: string;
  readonly now: string;
}

/** `$.bake` of the state machine. */
export interface Bake {
  readonly decision: BakeDecision;
  readonly sentence: string;
  readonly metrics: readonly MetricJudgement[];
}

/**
 * One look at the stable group after promotion: its absolute ceilings, critical alarms, and whether somebody aborted.
 * A rollback that was asked for is only reported on: going back from it would lead to the release that people fled from.
 */
export const handler = handle<WatchBakeEvent, Bake>('watch-bake', async ({ since, epoch, execution, now }) => {
  const lock = await readLockToGoOn({ epoch, execution });
  const goesBack = lock.mode !== 'rollback';
  const active = goesBack ? (await criticalAlarms()).active : [];
  if (alarmsCount(lock, now)) checkNoneActive(active);
  await protectStable((await describeGroups()).stable);
  const window = settledWindow(since, now, config.analysis.settleMinutes);
  const { loadBalancerDimension: loadBalancer, stable: group, analysis } = config;
  const { stable } = await readMinutes(
    { stable: [...errorReadings(loadBalancer, group), ...thresholdReadings(loadBalancer, group, analysis.thresholds)] },
    window,
  );
  const judgement = judgeBake(stable, analysis);
  const { bakeMinutes } = config.plan;
  const plan = { bakeMinutes, settleMinutes: analysis.settleMinutes, goesBack, alarmed: active.length > 0 };
  const decision = decideBake(judgement, since, now, plan);
  const decisive = judgement.verdict === 'fail' ? judgement.metrics.filter((metric) => metric.verdict === 'fail') : judgement.metrics;
  return { decision, sentence: decisive.map((metric) => metric.sentence).join('; '), metrics: judgement.metrics };
});
