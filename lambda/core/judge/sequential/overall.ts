import type { Verdict } from '../judgement';
import type { MetricJudgement } from './explain';

/**
 * The verdict on a release. A metric in a dry run decides nothing. One that fails is enough to fail; the release passes when all
 * critical ones pass. A metric that is not critical and of which nothing can be said holds nothing up.
 */
export function overall(metrics: readonly Pick<MetricJudgement, 'verdict' | 'critical' | 'dryRun'>[]): Verdict {
  const deciding = metrics.filter(({ dryRun }) => !dryRun);
  if (deciding.some(({ verdict }) => verdict === 'fail')) return 'fail';
  const critical = deciding.filter((metric) => metric.critical);
  return critical.length > 0 && critical.every(({ verdict }) => verdict === 'pass') ? 'pass' : 'inconclusive';
}
