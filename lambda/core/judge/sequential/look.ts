import type { Counts } from '../counts';
import type { Verdict } from '../judgement';
import { bothAbove } from './ceiling';
import { hasEffect } from './effect';
import { evidence } from './evidence';
import { fastGuard } from './fast-guard';
import { complement, exchange, ofBadRates } from './outcomes';
import { isProvenSafe } from './safety';
import { evidenceLimit, LATENCY_TUNING, leastMinutes, type SequentialSettings, TUNING, type Tuning } from './settings';
import { requestsForFall, requestsForRise } from './smallest-effect';
import { rate, type Totals, totals } from './totals';

/** What decided. */
export type Reason =
  /** One minute was bad beyond doubt. */
  | 'fastGuard'
  /** The evidence reached its limit, and the effect matters. */
  | 'evidence'
  /** No minute has requests in both groups. */
  | 'noData'
  /** Both groups are above the ceiling. */
  | 'bothAboveCeiling'
  /** Too early for any evidence to reach its limit. */
  | 'tooFewMinutes'
  /** The smallest bad effect may have gone unseen. */
  | 'tooFewRequests'
  /** The canary is worse, but not by enough to matter. */
  | 'effectTooSmall'
  /** Nothing speaks against the canary. */
  | 'noEvidence'
  /** A fixed limit of the owner's was passed, or kept. */
  | 'threshold';

/** What one look at one metric found. Every number is finite. */
export interface Look {
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** The evidence against the canary; it fails at `limit`. */
  readonly evidence: number;
  readonly limit: number;
  /** Dispersion, 1 or more. */
  readonly phi: number;
  /** Minutes with requests in both groups. */
  readonly minutes: number;
  /** Sums of the settled minutes, for each pair of counts that was looked at. */
  readonly totals: readonly Totals[];
  /** Sums of the minute that fired the fast guard. */
  readonly guarded?: Totals;
  /** Canary requests that a verdict of "pass" needs; null where no number would do. */
  readonly neededRequests: number | null;
  /** Whether the canary is proven to be less than `safety.ratio` times as bad. */
  readonly safe: boolean;
}

/** Bad requests of both groups, and what is tested. */
export interface BadLook {
  /** Whole minutes, warm-up left out. */
  readonly settled: Counts;
  /** Minutes that only the fast guard reads: those that CloudWatch still fills, and the warm-up. */
  readonly unsettled?: Counts;
  readonly settings: SequentialSettings;
}

/** Looks at a metric of bad requests, such as errors. */
export function look({ settled, unsettled, settings }: BadLook, tuning: Tuning = TUNING): Look {
  const guarded =
    settings.fastGuard && [settled, ...(unsettled ? [unsettled] : [])].flatMap((counts) => guardedMinute(counts, settings))[0];
  const sums = totals(settled);
  const canRise = hasRoom(sums, settings, tuning);
  return decide({ tests: [{ counts: settled, settings }], sums: [sums], needed: rise(sums, settings, tuning), canRise, guarded }, tuning);
}

/** Requests slower than the 95th and 99th percentile of stable's history, in minutes that are whole, and what is tested of each. */
export interface LatencyLook {
  readonly tau95: { readonly settled: Counts; readonly settings: SequentialSettings };
  readonly tau99: { readonly settled: Counts; readonly settings: SequentialSettings };
}

/** Looks at latency: the evidence at both percentiles is averaged, so either can decide. */
export function lookAtLatency({ tau95, tau99 }: LatencyLook, tuning: Tuning = LATENCY_TUNING): Look {
  const tests = [tau95, tau99].map(({ settled, settings }) => ({ counts: settled, settings }));
  const sums = tests.map(({ counts }) => totals(counts));
  const needed = Math.min(...tests.map(({ settings }, index) => rise(sums[index], settings, tuning)));
  const canRise = tests.some(({ settings }, index) => hasRoom(sums[index], settings, tuning));
  return decide({ tests, sums, needed, canRise }, tuning);
}

/** Good outcomes of both groups in minutes that are whole, in the `Bad` columns, and what is tested. */
export interface FallLook {
  readonly settled: Counts;
  readonly settings: Omit<SequentialSettings, 'ceiling' | 'fastGuard'>;
}

/**
 * Looks at a rate that must not fall, such as orders per checkout.
 *
 * The hypothesis is that stable's good rate is at most rho x (canary's + delta). It is tested with the groups' roles exchanged,
 * which sees a low rate fall, and as a rise of what is not good, which sees a high rate fall; the evidence of both is averaged.
 * There is no fast guard: good outcomes that come late would look like a fall.
 */
export function lookAtFall({ settled, settings }: FallLook, tuning: Tuning = TUNING): Look {
  const tests = [
    { counts: exchange(settled), settings },
    { counts: complement(settled), settings: { ...settings, ...ofBadRates(settings) } },
  ];
  const all = totals(settled);
  const needed =
    all.minutes > 0 ? requestsForFall(settings.expectedRate ?? stableRate(all), shareOf(all), settings, tuning) : Number.POSITIVE_INFINITY;
  return decide({ tests, sums: [all], needed, canRise: true }, tuning);
}

interface Test {
  readonly counts: Counts;
  readonly settings: SequentialSettings;
}

interface Examined {
  /** One or more; the first one's settings have the limit. */
  readonly tests: readonly Test[];
  /** Sums of each pair of counts. */
  readonly sums: readonly Totals[];
  /** Canary requests that a pass needs; Infinity where no number would do. */
  readonly needed: number;
  /** Whether stable's rate leaves the canary room to be found worse. */
  readonly canRise: boolean;
  /** Sums of the minute that fired the fast guard. */
  readonly guarded?: Totals;
}

function decide({ tests, sums, needed, canRise, guarded }: Examined, tuning: Tuning): Look {
  const [{ settings }] = tests;
  const found = tests.map((test) => evidence(test.counts, test.settings, test.counts.minutes, tuning));
  const value = found.reduce((sum, one) => sum + one.value, 0) / found.length;
  const limit = evidenceLimit(settings);
  const isEnough = sums[0].canaryRequests >= settings.leastRequests;
  const matters = isEnough && tests.some((test) => hasEffect(test.counts, test.settings));
  const safe = tests.every(({ counts }, index) => isProvenSafe(counts, settings.safety, found[index].phi, counts.minutes, tuning));
  const finish = (verdict: Verdict, reason: Reason): Look => ({
    verdict,
    reason,
    evidence: value,
    limit,
    phi: Math.max(...found.map(({ phi }) => phi)),
    minutes: sums[0].minutes,
    totals: sums,
    ...(guarded && { guarded }),
    neededRequests: Number.isFinite(needed) ? Math.max(needed, settings.leastRequests) : null,
    safe,
  });

  if (guarded) return finish('fail', 'fastGuard');
  if (value >= limit && matters) return finish('fail', 'evidence');
  if (sums[0].minutes === 0) return finish('inconclusive', 'noData');
  const { ceiling } = settings;
  if (ceiling !== undefined && bothAbove(sums[0], ceiling)) return finish('inconclusive', 'bothAboveCeiling');
  if (sums[0].minutes < leastMinutes(settings, tuning)) return finish('inconclusive', 'tooFewMinutes');
  if (!isEnough || (sums[0].canaryRequests < needed && (canRise || !safe))) return finish('inconclusive', 'tooFewRequests');
  return finish('pass', value >= limit ? 'effectTooSmall' : 'noEvidence');
}

function guardedMinute(counts: Counts, { fastGuard: guard }: SequentialSettings): Totals[] {
  const minute = guard && fastGuard(counts, guard);
  return minute === undefined ? [] : [totals(counts, minute, minute + 1)];
}

/** Canary requests that show the smallest rise that must not be missed. */
function rise(sums: Totals, settings: SequentialSettings, tuning: Tuning): number {
  return sums.minutes > 0
    ? requestsForRise(settings.expectedRate ?? stableRate(sums), shareOf(sums), settings, tuning)
    : Number.POSITIVE_INFINITY;
}

/** Whether the mildest alternative of the evidence is a rate at all: beside a stable group that fails nearly always, nothing is worse. */
function hasRoom(sums: Totals, { expectedRate, ratio, difference }: SequentialSettings, { ratios }: Tuning): boolean {
  return Math.min(...ratios) * ratio * ((expectedRate ?? stableRate(sums)) + difference) <= 1;
}

function stableRate({ stableBad, stableRequests }: Totals): number {
  return rate(stableBad, stableRequests);
}

function shareOf({ canaryRequests, stableRequests }: Totals): number {
  return canaryRequests / (canaryRequests + stableRequests);
}
