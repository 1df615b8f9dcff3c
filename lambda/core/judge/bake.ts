import type { AnalysisConfig } from '../../../lib/deployment/contract';
import { type Minute, pool } from './evidence';
import { failures } from './judge';
import { combine, type Judgement, type MetricJudgement } from './judgement';
import { percent, requests, seconds } from './show';

/**
 * Judges the stable group after promotion against the absolute ceilings. Fewer requests than the minimum are
 * inconclusive, which is no reason to go back: the canary was judged with enough of them.
 */
export function judgeBake(stable: readonly Minute[], analysis: AnalysisConfig): Judgement {
  const all = pool(stable);
  const metrics: MetricJudgement[] = [];
  if (analysis.errorRate?.ceiling !== undefined) {
    const rate = all.requests > 0 ? all.bad / all.requests : undefined;
    metrics.push(limit('errorRate', 'error rate', rate, analysis.errorRate.ceiling, percent, failures(all)));
  }
  if (analysis.latency?.ceiling !== undefined) {
    const name = `latency ${analysis.latency.statistic}`;
    metrics.push(limit('latency', name, all.latency, analysis.latency.ceiling, seconds, `${requests(all.requests)} requests`));
  }
  return combine(metrics);

  function limit(
    metric: MetricJudgement['metric'],
    name: string,
    value: number | undefined,
    ceiling: number,
    show: (value: number) => string,
    counts: string,
  ): MetricJudgement {
    const enough = value !== undefined && all.requests >= analysis.minimumRequests;
    return {
      metric,
      verdict: !enough ? 'inconclusive' : value > ceiling ? 'fail' : 'pass',
      canary: null,
      stable: value ?? null,
      canaryRequests: 0,
      stableRequests: all.requests,
      limit: ceiling,
      sentence: `${name} after promotion: ${value === undefined ? 'no data for stable' : `stable ${show(value)} (${counts})`}; the ceiling is ${show(ceiling)}`,
    };
  }
}
