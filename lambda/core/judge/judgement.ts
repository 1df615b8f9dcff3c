/** What can be said of a canary, or of one of its metrics. */
export type Verdict = 'pass' | 'fail' | 'inconclusive';

/** One metric with the figures that decided. Rates are shares from 0 to 1, latencies seconds. */
export interface MetricJudgement {
  readonly metric: 'errorRate' | 'latency';
  readonly verdict: Verdict;
  readonly canary: number | null;
  readonly stable: number | null;
  readonly canaryRequests: number;
  readonly stableRequests: number;
  /** The lowest limit that applied; null where none could be worked out. */
  readonly limit: number | null;
  /** The figures in one English sentence. */
  readonly sentence: string;
}

/** The verdict on all metrics. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly metrics: readonly MetricJudgement[];
}

/** One bad metric is enough to fail; all must be good to pass. */
export function combine(metrics: readonly MetricJudgement[]): Judgement {
  const all = metrics.map((metric) => metric.verdict);
  const verdict = all.includes('fail') ? 'fail' : all.length > 0 && all.every((one) => one === 'pass') ? 'pass' : 'inconclusive';
  return { verdict, metrics };
}
