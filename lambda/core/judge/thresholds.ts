import type { ThresholdConfig, ThresholdsConfig } from '../../../lib/deployment/contract';
import type { Evidence } from './evidence';
import type { MetricJudgement, Verdict } from './judgement';
import { type Pool, pool } from './pool';
import type { Reason } from './sequential/look';
import { percent, requests, seconds } from './show';

/** One value of both groups, and where it comes from. */
interface Comparison {
  readonly metric: string;
  /** As it begins a sentence: `error rate`. */
  readonly name: string;
  readonly value: (group: Pool) => number | undefined;
  readonly requests: (group: Pool) => number;
  readonly bad: (group: Pool) => number;
  readonly show: (value: number) => string;
  /** The counts behind a group's value, for people. */
  readonly counts: (group: Pool) => string;
}

const ERROR_RATE: Comparison = {
  metric: 'errorRateThreshold',
  name: 'error rate',
  value: ({ bad, requests: all }) => (all > 0 ? bad / all : undefined),
  requests: (group) => group.requests,
  bad: (group) => group.bad,
  show: percent,
  counts: failures,
};

const LATENCY: Omit<Comparison, 'name'> = {
  metric: 'latencyThreshold',
  value: (group) => group.latency,
  requests: (group) => group.timedRequests,
  bad: () => 0,
  show: seconds,
  counts: ({ timedRequests }) => `${requests(timedRequests)} requests`,
};

/** Holds the fixed limits that the owner has added against all settled minutes. */
export function judgeThresholds({ stable, canary }: Evidence, thresholds: ThresholdsConfig): MetricJudgement[] {
  const { errorRate, latency, minimumRequests } = thresholds;
  const pools = { stable: pool(stable), canary: pool(canary), minimumRequests };
  return [
    ...(errorRate ? [compare(errorRate, ERROR_RATE, pools)] : []),
    ...(latency ? [compare(latency, { ...LATENCY, name: `latency ${latency.statistic}` }, pools)] : []),
  ];
}

/**
 * Compares one value with its limits.
 *
 * Above the relative limit (more than `relative` times stable's value, and more than `floor` above it) fails.
 * Above the absolute ceiling fails too, unless stable is above it as well: what both groups suffer from is not
 * the release's fault, and nothing to promote on.
 */
function compare(
  config: ThresholdConfig,
  comparison: Comparison,
  { stable: stablePool, canary: canaryPool, minimumRequests }: { stable: Pool; canary: Pool; minimumRequests: number },
): MetricJudgement {
  const { value, show, name } = comparison;
  const [canary, stable] = [value(canaryPool), value(stablePool)];
  const hasCanary = canary !== undefined && comparison.requests(canaryPool) >= minimumRequests;
  const hasStable = stable !== undefined && comparison.requests(stablePool) >= minimumRequests;
  const relative = config.relative !== undefined && hasStable ? Math.max(config.relative * stable, stable + config.floor) : undefined;
  const limits = [config.ceiling, relative].filter((limit) => limit !== undefined);
  const limit = limits.length > 0 ? Math.min(...limits) : null;

  const group = (who: 'canary' | 'stable', own: number | undefined, all: Pool) =>
    own === undefined ? `no data for ${who}` : `${who} ${show(own)} (${comparison.counts(all)})`;
  const finish = (verdict: Verdict, why: string, reason: Reason = 'threshold'): MetricJudgement => ({
    metric: comparison.metric,
    verdict,
    reason,
    critical: true,
    dryRun: false,
    canary: canary ?? null,
    stable: stable ?? null,
    ratio: canary !== undefined && stable ? canary / stable : null,
    canaryRequests: comparison.requests(canaryPool),
    canaryBad: comparison.bad(canaryPool),
    stableRequests: comparison.requests(stablePool),
    stableBad: comparison.bad(stablePool),
    evidence: null,
    limit,
    phi: null,
    minutes: canaryPool.minutes,
    safe: false,
    sentence: `${name}: ${group('canary', canary, canaryPool)}, ${group('stable', stable, stablePool)}; ${why}`,
  });

  const few = (who: 'canary' | 'stable', own: number | undefined) =>
    finish(
      'inconclusive',
      `at least ${minimumRequests} requests to ${who === 'canary' ? 'the canary' : 'stable'} are needed`,
      own === undefined ? 'noData' : 'tooFewRequests',
    );
  if (!hasCanary) return few('canary', canary);
  if (relative !== undefined && canary > relative) return finish('fail', `the limit beside stable is ${show(relative)}`);
  if (config.ceiling !== undefined && canary > config.ceiling) {
    const ceiling = show(config.ceiling);
    if (hasStable && stable > config.ceiling) return finish('inconclusive', `both are above the ceiling of ${ceiling}`, 'bothAboveCeiling');
    return finish('fail', `the ceiling is ${ceiling}`);
  }
  if (config.relative !== undefined && relative === undefined) return few('stable', stable);
  return finish('pass', limit === null ? 'no limit applies' : `the limit is ${show(limit)}`);
}

/** A pool's bad requests, for people. */
export function failures({ bad, requests: all }: Pool): string {
  return `${requests(bad)} of ${requests(all)} requests`;
}
