import type { AnalysisConfig, PlanConfig } from '../../../lib/deployment/contract';
import { settledWindow } from '../time';
import type { Evidence, Minute } from './evidence';
import { pool } from './evidence';
import type { Judgement } from './judgement';

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
 * with data. Evidence of earlier steps does not stand in for a step without data. A canary of which nothing can be said at
 * that time is sent back, or watched for twice the time first.
 */
export function decideCanary(judgement: Judgement, evidence: Evidence, progress: Progress, analysis: AnalysisConfig): CanaryDecision {
  if (judgement.verdict === 'fail') return 'failed';
  const { watchMinutes } = progress.plan.steps[progress.step];
  const window = settledWindow(progress.shiftedAt, progress.now, analysis.settleMinutes);
  if (window.minutes < watchMinutes) return 'continue';
  if (judgement.verdict === 'pass' && covers(evidence.stable, window) && covers(evidence.canary, window)) {
    return progress.step === progress.plan.steps.length - 1 ? 'passed' : 'stepPassed';
  }
  return analysis.onInconclusive === 'extend' && window.minutes < 2 * watchMinutes ? 'continue' : 'inconclusive';
}

/** Data in most minutes of the step: a group that got nothing half of the time, or whose metrics are missing, proved nothing. */
function covers(minutes: readonly Minute[], window: { readonly start: number; readonly end: number; readonly minutes: number }): boolean {
  const inStep = minutes.filter(({ at }) => at >= window.start && at < window.end);
  return pool(inStep).minutes * 2 >= window.minutes;
}

/** What a bake goes by. */
export interface BakePlan {
  readonly bakeMinutes: number;
  readonly settleMinutes: number;
  /** False for a bake that is only reported. */
  readonly goesBack: boolean;
}

/** Goes back at once when a ceiling is passed, and ends when the bake's minutes are covered. */
export function decideBake(judgement: Judgement, since: string, now: string, plan: BakePlan): BakeDecision {
  const { bakeMinutes, settleMinutes, goesBack } = plan;
  if (judgement.verdict === 'fail' && goesBack) return 'failed';
  return settledWindow(since, now, settleMinutes).minutes >= bakeMinutes ? 'passed' : 'continue';
}
