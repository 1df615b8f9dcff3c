import type { AnalysisConfig, PlanConfig } from '../../../lib/deployment/contract';
import { settledWindow, type Window } from '../time';
import { type Evidence, minutesWithin } from './evidence';
import type { Judgement, MetricJudgement } from './judgement';
import { pool } from './pool';
import type { Reason } from './sequential/look';

/** What the state machine does after a look at the canary. */
export type CanaryDecision = 'continue' | 'stepPassed' | 'passed' | 'failed' | 'inconclusive';
/** What the state machine does after a look at the stable group. */
export type BakeDecision = 'continue' | 'passed' | 'failed';

/** Where the plan is. */
export interface Progress {
  readonly plan: PlanConfig;
  /** Index of the step. */
  readonly step: number;
  /** When the step's weight was written. */
  readonly shiftedAt: string;
  readonly now: string;
}

/**
 * A bad canary is sent back at any look; a good one goes on only when the step's `watch` is covered by settled minutes
 * with data. Evidence of earlier steps does not stand in for a step without data. Only the last step needs as many requests
 * as a verdict takes, since they add up over the steps. A canary of which nothing can be said at that time is sent back,
 * or watched for twice the time first.
 */
export function decideCanary(judgement: Judgement, settled: Evidence, progress: Progress, analysis: AnalysisConfig): CanaryDecision {
  if (judgement.verdict === 'fail') return 'failed';
  const { watchMinutes } = progress.plan.steps[progress.step];
  const window = settledWindow(progress.shiftedAt, progress.now, analysis.settleMinutes);
  if (window.minutes < watchMinutes) return 'continue';
  const isLast = progress.step === progress.plan.steps.length - 1;
  const isGood = judgement.verdict === 'pass' || (!isLast && onlyTooFew(judgement));
  if (isGood && covers(settled, window)) return isLast ? 'passed' : 'stepPassed';
  return analysis.onInconclusive === 'extend' && window.minutes < 2 * watchMinutes ? 'continue' : 'inconclusive';
}

/** The metrics that a decision rests on: those that failed, those that hold a promotion up, or else all that count. */
export function decisive({ metrics }: Judgement, decision: CanaryDecision): readonly MetricJudgement[] {
  const counting = metrics.filter(({ dryRun }) => !dryRun);
  if (decision === 'failed') return counting.filter(({ verdict }) => verdict === 'fail');
  if (decision === 'inconclusive') return counting.filter(({ verdict, critical }) => verdict === 'inconclusive' && critical);
  return counting;
}

const TOO_FEW: readonly Reason[] = ['tooFewRequests', 'tooFewMinutes'];

/** Whether nothing is amiss but the number of requests or minutes, which the steps to come add to. */
function onlyTooFew({ metrics }: Judgement): boolean {
  return metrics.every(({ verdict, reason, critical, dryRun }) => verdict === 'pass' || !critical || dryRun || TOO_FEW.includes(reason));
}

/** Data in most of the step's minutes that are judged: a group that got nothing half of the time, or whose metrics are missing, proved nothing. */
function covers(settled: Evidence, window: Window): boolean {
  const step = minutesWithin(settled, window);
  return [step.stable, step.canary].every((minutes) => minutes.length > 0 && pool(minutes).minutes * 2 >= minutes.length);
}

/** What a bake goes by. */
export interface BakePlan {
  readonly bakeMinutes: number;
  readonly settleMinutes: number;
  /** False for a bake that is only reported. */
  readonly goesBack: boolean;
  /** Whether an alarm is active that does not count yet: the bake goes on until it is over, or counts. */
  readonly alarmed: boolean;
}

/** Goes back at once when a ceiling is passed, and ends when the bake's minutes are covered and no alarm is active. */
export function decideBake(judgement: Judgement, since: string, now: string, plan: BakePlan): BakeDecision {
  const { bakeMinutes, settleMinutes, goesBack, alarmed } = plan;
  if (judgement.verdict === 'fail' && goesBack) return 'failed';
  return settledWindow(since, now, settleMinutes).minutes >= bakeMinutes && !alarmed ? 'passed' : 'continue';
}
