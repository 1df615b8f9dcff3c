import type { CustomMetricConfig } from '../../../lib/deployment/contract';
import { canariesFor } from '../capacity';
import { count, type Minute } from '../judge/evidence';
import { customCount, customTotal, ERRORS, P95, P99, REQUESTS, type SlowBounds, TIMED } from '../judge/readings';
import { type ExpectedRates, type Owner, settingsOf } from '../judge/settings-of';
import type { PlanInput } from './plan';
import type { PlannedMetric } from './planned-metric';

/** What the stable group did in the hour before a deployment. */
export interface Baseline {
  /** Minutes from the first with requests to the last. */
  readonly minutes: number;
  readonly requestsPerMinute: number;
  /** A share from 0 to 1; 0 without requests. */
  readonly errorRate: number;
  /** Beyond which a request is slow; null where no response time is known. */
  readonly bounds: SlowBounds | null;
  /** Of each metric of the owner's own: its totals in a minute, and the count's share of them. */
  readonly custom: Readonly<Record<string, { readonly requestsPerMinute: number; readonly rate: number }>>;
}

/** The stable group's minutes before a deployment, in figures. A fleet that is younger than an hour is judged by the minutes that it has. */
export function baselineOf(hour: readonly Minute[], custom: readonly CustomMetricConfig[]): Baseline {
  const first = hour.findIndex(({ values }) => count(values[REQUESTS]) > 0);
  const minutes = first < 0 ? [] : hour.slice(first);
  const total = (...names: readonly string[]) =>
    minutes.reduce((sum, { values }) => sum + names.reduce((all, name) => all + count(values[name]), 0), 0);
  const share = (part: number, all: number) => (all > 0 ? Math.min(1, part / all) : 0);
  const perMinute = (all: number) => (minutes.length > 0 ? all / minutes.length : 0);
  return {
    minutes: minutes.length,
    requestsPerMinute: perMinute(total(REQUESTS)),
    errorRate: share(total(...ERRORS), total(REQUESTS)),
    bounds: boundsOf(minutes),
    custom: Object.fromEntries(
      custom.map(({ id }) => {
        const all = total(customTotal(id));
        return [id, { requestsPerMinute: perMinute(all), rate: share(total(customCount(id)), all) }];
      }),
    ),
  };
}

/**
 * The median minute's percentiles, each minute weighed by its requests: a few slow minutes do not move them.
 * Three digits are enough, and keep the same bound the same text.
 */
function boundsOf(minutes: readonly Minute[]): SlowBounds | null {
  const [tau95, tau99] = [P95, P99].map((name) =>
    weightedMedian(minutes.flatMap(({ values }) => (values[name] >= 0 ? [{ value: values[name], weight: count(values[TIMED]) }] : []))),
  );
  return tau95 === undefined || tau99 === undefined ? null : { tau95: threeDigits(tau95), tau99: threeDigits(tau99) };
}

function weightedMedian(samples: { readonly value: number; readonly weight: number }[]): number | undefined {
  const sorted = samples.filter(({ weight }) => weight > 0).sort((one, other) => one.value - other.value);
  const half = sorted.reduce((sum, { weight }) => sum + weight, 0) / 2;
  let seen = 0;
  return sorted.find(({ weight }) => {
    seen += weight;
    return seen >= half;
  })?.value;
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}

/** The rates that a canary is expected to be compared with. */
export function expectedRates({ requestsPerMinute, errorRate, custom }: Baseline): ExpectedRates {
  const counted = Object.entries(custom).filter(([, metric]) => metric.requestsPerMinute > 0);
  return { ...(requestsPerMinute > 0 && { errorRate }), custom: Object.fromEntries(counted.map(([id, { rate }]) => [id, rate])) };
}

/** How large the groups are, and may become. */
export interface Capacity {
  readonly stableInService: number;
  readonly canaryMax: number;
}

/** An execution may watch for so many minutes, each step for twice its time, and the bake. */
const MOST_MINUTES = 1_440;
const HALF = 50;

/** What is to be planned: the metrics that a promotion waits for, as they were in the hour before, and which steps could be suggested. */
export function planInput(baseline: Baseline, owner: Owner, { stableInService, canaryMax }: Capacity): PlanInput {
  const { analysis, custom, plan } = owner;
  const { requestsPerMinute } = baseline;
  const expected = expectedRates(baseline);
  const metrics: (PlannedMetric & { readonly waitedFor: boolean })[] = [
    {
      label: 'error rate',
      kind: 'bad',
      requestsPerMinute,
      rate: baseline.errorRate,
      settings: settingsOf.errorRate(owner, expected),
      waitedFor: !analysis.errorRate.dryRun,
    },
    {
      label: 'latency',
      kind: 'latency',
      requestsPerMinute,
      settings95: settingsOf.slow95(owner),
      settings99: settingsOf.slow99(owner),
      waitedFor: !analysis.latency.dryRun && baseline.bounds !== null,
    },
    ...custom.map((metric) => ({
      label: metric.name,
      delayMinutes: metric.delayMinutes,
      kind: metric.kind === 'badOfTotal' ? ('bad' as const) : ('fall' as const),
      ...baseline.custom[metric.id],
      settings: settingsOf.custom(owner, metric, expected),
      waitedFor: metric.critical && !metric.dryRun,
    })),
  ];
  const { thresholds, settleMinutes, warmUpMinutes } = analysis;
  const limits = thresholds
    ? [{ label: 'fixed limits', kind: 'limit' as const, requestsPerMinute, neededRequests: thresholds.minimumRequests }]
    : [];
  const isCarried = (weight: number) => canariesFor(weight, stableInService, plan.minCanary) <= canaryMax;
  return {
    metrics: [...metrics.filter(({ waitedFor }) => waitedFor), ...limits],
    steps: plan.steps,
    settleMinutes,
    warmUpMinutes,
    longestWatch: Math.floor((MOST_MINUTES - plan.bakeMinutes) / 2),
    heaviestWeight: Array.from({ length: HALF }, (_, index) => HALF - index).find(isCarried) ?? 1,
  };
}
