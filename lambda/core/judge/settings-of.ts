import type { AnalysisConfig, CustomMetricConfig, PlanConfig } from '../../../lib/deployment/contract';
import {
  CUSTOM_SETTINGS,
  ERROR_SETTINGS,
  FALL_SETTINGS,
  type SequentialSettings,
  SLOW95_SETTINGS,
  SLOW99_SETTINGS,
} from './sequential/settings';

/** What the owner of a fleet asked for. */
export interface Owner {
  readonly plan: PlanConfig;
  readonly analysis: AnalysisConfig;
  readonly custom: readonly CustomMetricConfig[];
}

/** What is tested of each metric: the defaults of the judge with what the owner asked for. */
export const settingsOf = {
  errorRate: (owner: Owner): SequentialSettings => {
    const { ceiling, smallestEffect } = owner.analysis.errorRate;
    return { ...ERROR_SETTINGS, ...common(owner), ceiling, smallestEffect };
  },
  slow95: (owner: Owner): SequentialSettings => slow(SLOW95_SETTINGS, owner),
  slow99: (owner: Owner): SequentialSettings => slow(SLOW99_SETTINGS, owner),
  custom: (owner: Owner, { kind, smallestEffect }: CustomMetricConfig): SequentialSettings => ({
    ...(kind === 'badOfTotal' ? CUSTOM_SETTINGS : FALL_SETTINGS),
    ...common(owner),
    smallestEffect,
  }),
};

function slow(settings: SequentialSettings, owner: Owner): SequentialSettings {
  return { ...settings, ...common(owner), smallestEffect: owner.analysis.latency.smallestEffect };
}

/** Metrics that decide share alpha. A fault may begin in any minute of the plan, an extension included. */
function common({ plan, analysis, custom }: Owner): Pick<SequentialSettings, 'alpha' | 'metrics' | 'horizonMinutes'> {
  const deciding = [analysis.errorRate, analysis.latency, ...custom].filter(({ dryRun }) => !dryRun).length;
  const minutes = plan.steps.reduce((sum, step) => sum + step.watchMinutes, 0);
  const horizonMinutes = analysis.onInconclusive === 'extend' ? 2 * minutes : minutes;
  return { alpha: analysis.alpha, metrics: Math.max(1, deciding), horizonMinutes };
}
