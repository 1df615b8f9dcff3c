import type { AnalysisConfig } from '../../../lib/deployment/contract';
import { type Evidence, type Pool, pool } from './evidence';
import { combine, type Judgement, type MetricJudgement } from './judgement';
import { percent, requests, seconds } from './show';
import { compare } from './thresholds';

/** Judges a canary against stable by all that is known of both. */
export function judge(evidence: Evidence, analysis: AnalysisConfig): Judgement {
  const canary = pool(evidence.canary);
  const stable = pool(evidence.stable);
  const metrics: MetricJudgement[] = [];
  if (analysis.errorRate) metrics.push(compare(analysis.errorRate, errorRates(canary, stable, analysis)));
  if (analysis.latency) metrics.push(compare(analysis.latency, latencies(canary, stable, analysis, analysis.latency.statistic)));
  return combine(metrics);
}

function errorRates(canary: Pool, stable: Pool, { minimumRequests }: AnalysisConfig) {
  const rate = ({ bad, requests: all }: Pool) => (all > 0 ? bad / all : undefined);
  return {
    metric: 'errorRate' as const,
    name: 'error rate',
    canary: rate(canary),
    stable: rate(stable),
    canaryRequests: canary.requests,
    stableRequests: stable.requests,
    minimumRequests,
    show: percent,
    counts: (group: 'canary' | 'stable') => (group === 'canary' ? failures(canary) : failures(stable)),
  };
}

function latencies(canary: Pool, stable: Pool, { minimumRequests }: AnalysisConfig, statistic: string) {
  return {
    metric: 'latency' as const,
    name: `latency ${statistic}`,
    canary: canary.latency,
    stable: stable.latency,
    canaryRequests: canary.timedRequests,
    stableRequests: stable.timedRequests,
    minimumRequests,
    show: seconds,
    counts: (group: 'canary' | 'stable') => `${requests((group === 'canary' ? canary : stable).timedRequests)} requests`,
  };
}

/** A pool's bad requests, for people. */
export function failures({ bad, requests: all }: Pool): string {
  return `${requests(bad)} of ${requests(all)} requests`;
}
