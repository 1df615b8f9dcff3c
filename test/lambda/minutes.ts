import type { Evidence, Minute } from '../../lambda/core/judge/evidence';
import type { AnalysisConfig } from '../../lib/deployment/contract';

/** Minutes that all have the same values. */
export const minutes = (count: number, values: Record<string, number>, from = 0): Minute[] =>
  Array.from({ length: count }, (_, index) => ({ at: (from + index) * 60_000, values }));

/** Ten minutes of 100 requests to the canary and 900 to stable, with so many answered by 5xx in each minute. */
export const rates = (canaryErrors: number, stableErrors: number, more: Record<string, number> = {}): Evidence => ({
  canary: minutes(10, { requests: 100, targetErrors: canaryErrors, ...more }),
  stable: minutes(10, { requests: 900, targetErrors: stableErrors }),
});

const judged = { critical: true, dryRun: false };

export const ANALYSIS: AnalysisConfig = {
  alpha: 0.01,
  errorRate: { ...judged, ceiling: 0.05, smallestEffect: { ratio: 5, difference: 0.02 } },
  latency: { ...judged, smallestEffect: { ratio: 3, difference: 0.01 } },
  settleMinutes: 2,
  warmUpMinutes: 2,
  onInconclusive: 'rollBack',
  onUndetectable: 'refuse',
};

export const PLAN = {
  steps: [
    { weight: 10, watchMinutes: 10 },
    { weight: 50, watchMinutes: 5 },
  ],
  minCanary: 1,
  wavePercent: 33,
  bakeMinutes: 15,
  bootMinutes: 15,
};
