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

/** Stable's rates in the hour before, from 0 to 1; absent where there was nothing to count. */
export interface ExpectedRates {
  readonly errorRate?: number;
  /** Of each metric of the owner's own, by its id. */
  readonly custom: Readonly<Record<string, number>>;
}

/** What is tested of each metric: the defaults of the judge with what the owner asked for. */
export const settingsOf = {
  errorRate: (owner: Owner, expected: ExpectedRates): SequentialSettings => {
    const { ceiling, smallestEffect } = owner.analysis.errorRate;
    return { ...ERROR_SETTINGS, ...common(owner), ceiling, smallestEffect, expectedRate: expected.errorRate };
  },
  slow95: (owner: Owner): SequentialSettings => ({ ...slow(SLOW95_SETTINGS, owner), expectedRate: 0.05 }),
  slow99: (owner: Owner): SequentialSettings => ({ ...slow(SLOW99_SETTINGS, owner), expectedRate: 0.01 }),
  custom: (owner: Owner, { id, kind, smallestEffect }: CustomMetricConfig, expected: ExpectedRates): SequentialSettings => ({
    ...(kind === 'badOfTotal' ? CUSTOM_SETTINGS : FALL_SETTINGS),
    ...common(owner),
    smallestEffect,
    expectedRate: expected.custom[id],
  }),
};

function slow(settings: SequentialSettings, owner: Owner): SequentialSettings {
  return { ...settings, ...common(owner), smallestEffect: owner.analysis.latency.smallestEffect };
}

/** Metrics that decide share alpha. A fault may begin in any minute of the plan, extensions and the boots between steps included. */
function common({ plan, analysis, custom }: Owner): Pick<SequentialSettings, 'alpha' | 'metrics' | 'horizonMinutes'> {
  const deciding = [analysis.errorRate, analysis.latency, ...custom].filter(({ dryRun }) => !dryRun).length;
  const times = analysis.onInconclusive === 'extend' ? 2 : 1;
  const watched = plan.steps.reduce((sum, step) => sum + times * step.watchMinutes + analysis.settleMinutes, 0);
  const horizonMinutes = watched + (plan.steps.length - 1) * plan.bootMinutes;
  return { alpha: analysis.alpha, metrics: Math.max(1, deciding), horizonMinutes };
}
