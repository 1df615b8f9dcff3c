import type { ThresholdConfig } from '../../../lib/deployment/contract';
import type { MetricJudgement, Verdict } from './judgement';

/** One metric of both groups. */
export interface Comparison {
  readonly metric: MetricJudgement['metric'];
  /** As it begins a sentence: `error rate`. */
  readonly name: string;
  readonly canary?: number;
  readonly stable?: number;
  readonly canaryRequests: number;
  readonly stableRequests: number;
  readonly minimumRequests: number;
  /** A value for people. */
  readonly show: (value: number) => string;
  /** The counts behind a group's value, for people. */
  readonly counts: (group: 'canary' | 'stable') => string;
}

/**
 * Compares one metric with its limits.
 *
 * Above the relative limit (more than `relative` times stable's value, and more than `floor` above it) fails.
 * Above the absolute ceiling fails too, unless stable is above it as well: what both groups suffer from is not
 * the release's fault, and nothing to promote on.
 */
export function compare(config: ThresholdConfig, comparison: Comparison): MetricJudgement {
  const { canary, stable, canaryRequests, stableRequests, minimumRequests } = comparison;
  const hasCanary = canary !== undefined && canaryRequests >= minimumRequests;
  const hasStable = stable !== undefined && stableRequests >= minimumRequests;
  const relative = config.relative !== undefined && hasStable ? Math.max(config.relative * stable, stable + config.floor) : undefined;
  const limits = [config.ceiling, relative].filter((limit) => limit !== undefined);
  const limit = limits.length > 0 ? Math.min(...limits) : null;

  const finish = (verdict: Verdict, why: string): MetricJudgement => ({
    metric: comparison.metric,
    verdict,
    canary: canary ?? null,
    stable: stable ?? null,
    canaryRequests,
    stableRequests,
    limit,
    sentence: `${describe(comparison)}; ${why}`,
  });

  if (!hasCanary) return finish('inconclusive', `at least ${minimumRequests} requests to the canary are needed`);
  if (relative !== undefined && canary > relative) return finish('fail', `the limit beside stable is ${comparison.show(relative)}`);
  if (config.ceiling !== undefined && canary > config.ceiling) {
    const ceiling = comparison.show(config.ceiling);
    if (hasStable && stable > config.ceiling) return finish('inconclusive', `both are above the ceiling of ${ceiling}`);
    return finish('fail', `the ceiling is ${ceiling}`);
  }
  if (config.relative !== undefined && relative === undefined) {
    return finish('inconclusive', `at least ${minimumRequests} requests to stable are needed`);
  }
  return finish('pass', limit === null ? 'no limit applies' : `the limit is ${comparison.show(limit)}`);
}

function describe({ name, canary, stable, show, counts }: Comparison): string {
  const group = (who: 'canary' | 'stable', value: number | undefined) =>
    value === undefined ? `no data for ${who}` : `${who} ${show(value)} (${counts(who)})`;
  return `${name}: ${group('canary', canary)}, ${group('stable', stable)}`;
}
