import type { AnalysisConfig } from '../../../lib/deployment/contract';
import type { Minute } from './evidence';
import type { Judgement, MetricJudgement } from './judgement';
import { pool } from './pool';
import { overall } from './sequential/overall';
import { ERROR_SETTINGS } from './sequential/settings';
import { percent, requests, seconds } from './show';
import { failures } from './thresholds';

/**
 * Judges the stable group after promotion against the absolute ceilings. Fewer requests than the least are
 * inconclusive, which is no reason to go back: the canary was judged with enough of them.
 */
export function judgeBake(stable: readonly Minute[], { errorRate, thresholds }: AnalysisConfig): Judgement {
  const all = pool(stable);
  const least = thresholds?.minimumRequests ?? ERROR_SETTINGS.leastRequests;
  const rate = all.requests > 0 ? all.bad / all.requests : undefined;
  const ceiling = Math.min(errorRate.dryRun ? 1 : errorRate.ceiling, thresholds?.errorRate?.ceiling ?? 1);
  const metrics = [limit('errorRate', 'error rate', rate, ceiling, percent, failures(all))];
  if (thresholds?.latency?.ceiling !== undefined) {
    const name = `latency ${thresholds.latency.statistic}`;
    metrics.push(
      limit('latencyThreshold', name, all.latency, thresholds.latency.ceiling, seconds, `${requests(all.timedRequests)} requests`),
    );
  }
  return { verdict: overall(metrics), metrics };

  function limit(
    metric: string,
    name: string,
    value: number | undefined,
    highest: number,
    show: (value: number) => string,
    counts: string,
  ): MetricJudgement {
    const enough = value !== undefined && all.requests >= least;
    return {
      metric,
      verdict: !enough ? 'inconclusive' : value > highest ? 'fail' : 'pass',
      reason: value === undefined ? 'noData' : enough ? 'threshold' : 'tooFewRequests',
      critical: true,
      dryRun: false,
      canary: null,
      stable: value ?? null,
      ratio: null,
      canaryRequests: 0,
      canaryBad: 0,
      stableRequests: all.requests,
      stableBad: all.bad,
      evidence: null,
      limit: highest,
      phi: null,
      minutes: all.minutes,
      safe: false,
      sentence: `${name} after promotion: ${value === undefined ? 'no data for stable' : `stable ${show(value)} (${counts})`}; the ceiling is ${show(highest)}`,
    };
  }
}
