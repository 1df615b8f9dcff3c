import type { Verdict } from '../judgement';
import { requests } from '../show';
import { amount, minutes, share } from './figures';
import type { Look, Reason } from './look';
import { rate, type Totals } from './totals';

/** What a metric is called, and what its verdict is good for. */
export interface MetricName {
  /** Stable id, such as `errorRate`. */
  readonly metric: string;
  /** As it begins a sentence, one for each pair of counts of the look: `error rate`, `requests slower than 0.214 s`. */
  readonly labels: readonly string[];
  /** Whether the release waits for a verdict on this metric. */
  readonly critical: boolean;
  /** Judged and reported, never deciding. */
  readonly dryRun: boolean;
}

/** The verdict on one metric with the figures that decided. Safe to write as JSON. */
export interface MetricJudgement {
  readonly metric: string;
  readonly verdict: Verdict;
  /** What decided. */
  readonly reason: Reason;
  readonly critical: boolean;
  readonly dryRun: boolean;
  /** The canary's rate, from 0 to 1; null without requests. */
  readonly canary: number | null;
  readonly stable: number | null;
  /** The canary's rate as a multiple of stable's; null where stable's is 0. */
  readonly ratio: number | null;
  readonly canaryRequests: number;
  readonly canaryBad: number;
  readonly stableRequests: number;
  readonly stableBad: number;
  readonly evidence: number | null;
  readonly limit: number | null;
  readonly phi: number | null;
  /** Minutes with requests in both groups. */
  readonly minutes: number;
  readonly safe: boolean;
  /** The figures in one English sentence. */
  readonly sentence: string;
}

/**
 * Tells a look at one metric. Of latency the figures are those of the 95th percentile; the sentence has both.
 * Of a rate that must not fall, `canaryBad` and `stableBad` count the good outcomes.
 */
export function explain(name: MetricName, look: Look): MetricJudgement {
  const [sums] = look.totals;
  const hasData = sums.minutes > 0;
  return {
    metric: name.metric,
    verdict: look.verdict,
    reason: look.reason,
    critical: name.critical,
    dryRun: name.dryRun,
    canary: hasData ? rate(sums.canaryBad, sums.canaryRequests) : null,
    stable: hasData ? rate(sums.stableBad, sums.stableRequests) : null,
    ratio: ratioOf(sums),
    canaryRequests: sums.canaryRequests,
    canaryBad: sums.canaryBad,
    stableRequests: sums.stableRequests,
    stableBad: sums.stableBad,
    evidence: hasData ? look.evidence : null,
    limit: look.limit,
    phi: hasData ? look.phi : null,
    minutes: sums.minutes,
    safe: look.safe,
    sentence: sentence(name, look),
  };
}

function sentence({ labels }: MetricName, look: Look): string {
  if (look.guarded) {
    return `${compared(labels[0], look.guarded)}, in one minute; no more evidence is needed`;
  }
  if (look.reason === 'noData') return `${labels[0]}: no minute has requests to both the canary and stable`;
  const figures = look.totals.map((sums, index) => compared(labels[index], sums)).join('; ');
  const evidence = `evidence ${amount(look.evidence)} against a limit of ${amount(look.limit)} after ${minutes(look.minutes)}`;
  return `${figures}; ${evidence}${why(look)}`;
}

function why({ reason, neededRequests, safe }: Look): string {
  switch (reason) {
    case 'bothAboveCeiling':
      return '; both are above the ceiling';
    case 'tooFewMinutes':
      return '; too early for a verdict';
    case 'tooFewRequests':
      return neededRequests === null
        ? '; the smallest bad effect is too close to what is tolerated: no number of requests would show it'
        : `; ${requests(Math.ceil(neededRequests))} requests to the canary are needed to rule the smallest bad effect out`;
    case 'effectTooSmall':
      return '; the canary is worse, but by too little to matter';
    case 'noEvidence':
      return safe ? '; proven safe' : '';
    default:
      return '';
  }
}

function compared(label: string, sums: Totals): string {
  const { canaryBad, canaryRequests, stableBad, stableRequests } = sums;
  const canary = `canary ${share(rate(canaryBad, canaryRequests))} (${requests(canaryBad)} of ${requests(canaryRequests)} requests)`;
  const stable = `stable ${share(rate(stableBad, stableRequests))} (${requests(stableBad)} of ${requests(stableRequests)})`;
  const ratio = ratioOf(sums);
  return `${label}: ${canary}, ${stable}${ratio === null ? '' : `; ${amount(ratio)} times stable's`}`;
}

function ratioOf({ canaryBad, canaryRequests, stableBad, stableRequests }: Totals): number | null {
  const stable = rate(stableBad, stableRequests);
  return stable > 0 && canaryRequests > 0 ? rate(canaryBad, canaryRequests) / stable : null;
}
