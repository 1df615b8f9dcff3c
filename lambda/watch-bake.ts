import { describeGroups, protectStable } from './aws/auto-scaling';
import { config } from './aws/config';
import { handle } from './aws/handler';
import { readMinutes } from './aws/metrics';
import { readLockToGoOn } from './aws/table';
import { judgeBake } from './core/judge/bake';
import { type BakeDecision, decideBake } from './core/judge/decide';
import type { MetricJudgement } from './core/judge/judgement';
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

/** One look at the stable group after promotion: its absolute ceilings, and whether somebody aborted. */
export const handler = handle<WatchBakeEvent, Bake>('watch-bake', async ({ since, epoch, execution, now }) => {
  await readLockToGoOn({ epoch, execution });
  await protectStable((await describeGroups()).stable);
  const window = settledWindow(since, now, config.analysis.settleMinutes);
  const { stable } = await readMinutes({ stable: config.stable }, window);
  const judgement = judgeBake(stable, config.analysis);
  const decision = decideBake(judgement, since, now, config.plan.bakeMinutes, config.analysis.settleMinutes);
  const decisive = decision === 'failed' ? judgement.metrics.filter((metric) => metric.verdict === 'fail') : judgement.metrics;
  return { decision, sentence: decisive.map((metric) => metric.sentence).join('; '), metrics: judgement.metrics };
});
