import type { MetricJudgement } from './sequential/explain';

export type { MetricJudgement } from './sequential/explain';

/** What can be said of a canary, or of one of its metrics. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** The verdict on all metrics. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly metrics: readonly MetricJudgement[];
}
