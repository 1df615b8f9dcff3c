import type { CustomMetricConfig } from '../../../lib/deployment/contract';
import { countsOf, type Evidence, lateCountsOf } from './evidence';
import type { Judgement, MetricJudgement } from './judgement';
import { customCount, customTotal, ERRORS, REQUESTS, SLOW95, SLOW99, type SlowBounds, TIMED } from './readings';
import { explain } from './sequential/explain';
import { look, lookAtFall, lookAtLatency } from './sequential/look';
import { overall } from './sequential/overall';
import { type ExpectedRates, type Owner, settingsOf } from './settings-of';
import { seconds } from './show';
import { type SplitEvidence, withoutDelays } from './split';
import { judgeThresholds } from './thresholds';

/** What a canary is judged by. */
export interface Case extends Owner, SplitEvidence {
  /** When the canary's weights were written, in ISO 8601. */
  readonly shifts: readonly string[];
  /** Stable's rates in the hour before. */
  readonly expected: ExpectedRates;
  /** Undefined where the hour before had no response times: nothing is slow or fast then, and latency is not judged. */
  readonly bounds?: SlowBounds;
}

/** Judges a canary against stable by all that is known of both. */
export function judge(given: Case): Judgement {
  const { analysis, custom, settled } = given;
  const metrics = [errorRate(given), latency(given), ...custom.map((metric) => judgeCustom(metric, given))];
  const all = [...metrics, ...(analysis.thresholds ? judgeThresholds(settled, analysis.thresholds) : [])];
  return { verdict: overall(all), metrics: all };
}

function errorRate({ settled, unsettled, expected, ...owner }: Case): MetricJudgement {
  const { critical, dryRun } = owner.analysis.errorRate;
  const counts = (evidence: Evidence) => countsOf(evidence, REQUESTS, ERRORS);
  const found = look({ settled: counts(settled), unsettled: counts(unsettled), settings: settingsOf.errorRate(owner, expected) });
  return explain({ metric: 'errorRate', labels: ['error rate'], critical, dryRun }, found);
}

function latency({ settled, bounds, ...owner }: Case): MetricJudgement {
  const { critical, dryRun } = owner.analysis.latency;
  const found = lookAtLatency({
    tau95: { settled: countsOf(settled, TIMED, [SLOW95]), settings: settingsOf.slow95(owner) },
    tau99: { settled: countsOf(settled, TIMED, [SLOW99]), settings: settingsOf.slow99(owner) },
  });
  if (bounds) {
    const labels = [bounds.tau95, bounds.tau99].map((bound) => `requests slower than ${seconds(bound)}`);
    return explain({ metric: 'latency', labels, critical, dryRun }, found);
  }
  const sentence = 'latency is not judged: there were no response times in the hour before';
  return { ...explain({ metric: 'latency', labels: ['latency'], critical: false, dryRun }, found), sentence };
}

function judgeCustom(metric: CustomMetricConfig, { settled, shifts, expected, ...owner }: Case): MetricJudgement {
  const { id, name, kind, critical, dryRun, delayMinutes } = metric;
  const counts = lateCountsOf(withoutDelays(settled, shifts, delayMinutes), customTotal(id), customCount(id));
  const asked = { settled: counts, settings: settingsOf.custom(owner, metric, expected) };
  return explain({ metric: id, labels: [name], critical, dryRun }, kind === 'badOfTotal' ? look(asked) : lookAtFall(asked));
}
