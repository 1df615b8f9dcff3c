import { binomial, poisson } from '../../bench/judge/streams/counting';
import { Random } from '../../bench/judge/streams/random';
import type { Counts } from '../../lambda/core/judge/counts';
import { type Look, look, lookAtFall, lookAtLatency } from '../../lambda/core/judge/sequential/look';
import { ERROR_SETTINGS, FALL_SETTINGS, SLOW95_SETTINGS, SLOW99_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { steady } from './minutes';

/** How many watches had enough evidence at any look, and how many of them were rolled back. */
export interface NullWatches {
  readonly reached: number;
  readonly rolledBack: number;
}

const minutes = 60;
const empty = () => steady(minutes, [0, 0, 0, 0]);
const random = new Random();

/** Draws a minute's requests of both groups: neither the traffic nor the canary's share is steady. */
function drawRequests(counts: Counts, u: number): void {
  const requests = Math.round(3000 + 6000 * random.uniform());
  counts.canaryRequests[u] = Math.round(requests * (0.05 + 0.1 * random.uniform()));
  counts.stableRequests[u] = requests - counts.canaryRequests[u];
}

/** The canary's part of the bad requests of a minute where its rate is `ratio` times stable's, whatever that is. */
function canaryPart(counts: Counts, u: number, bad: number, ratio: number): number {
  const odds = (ratio * counts.canaryRequests[u]) / counts.stableRequests[u];
  return binomial(random, bad, odds / (1 + odds));
}

/** Errors at 0.2 %, with bursts: each is the canary's with the probability of its share. */
function errors(worse: number): (u: number) => Look {
  const counts = empty();
  return (u) => {
    drawRequests(counts, u);
    const requests = counts.stableRequests[u] + counts.canaryRequests[u];
    const bad = poisson(random, random.uniform() < 0.05 ? 100 : 0.002 * requests);
    counts.canaryBad[u] = canaryPart(counts, u, bad, worse * ERROR_SETTINGS.ratio);
    counts.stableBad[u] = bad - counts.canaryBad[u];
    return look({ settled: { ...counts, minutes: u + 1 }, settings: ERROR_SETTINGS });
  };
}

/** Slow requests at the boundary of what is tolerated; one in five of them is beyond the 99th percentile too. */
function latency(worse: number): (u: number) => Look {
  const counts = empty();
  const tail = { ...empty(), stableRequests: counts.stableRequests, canaryRequests: counts.canaryRequests };
  return (u) => {
    drawRequests(counts, u);
    const requests = counts.stableRequests[u] + counts.canaryRequests[u];
    const slow = poisson(random, (random.uniform() < 0.05 ? 0.15 : 0.05) * requests);
    counts.canaryBad[u] = canaryPart(counts, u, slow, worse * SLOW95_SETTINGS.ratio);
    counts.stableBad[u] = slow - counts.canaryBad[u];
    tail.canaryBad[u] = binomial(random, counts.canaryBad[u], 0.2);
    tail.stableBad[u] = binomial(random, counts.stableBad[u], 0.2);
    return lookAtLatency({
      tau95: { settled: { ...counts, minutes: u + 1 }, settings: SLOW95_SETTINGS },
      tau99: { settled: { ...tail, minutes: u + 1 }, settings: SLOW99_SETTINGS },
    });
  };
}

/** Good outcomes of the minute's own totals: few of them, with a rate that varies from minute to minute, or nearly all. */
function fall(usual: number): (worse: number) => (u: number) => Look {
  return (worse) => {
    const counts = empty();
    return (u) => {
      drawRequests(counts, u);
      const rate = usual * (1 - 0.4 * random.uniform());
      counts.stableBad[u] = binomial(random, counts.stableRequests[u], rate);
      counts.canaryBad[u] = binomial(random, counts.canaryRequests[u], rate / worse);
      return lookAtFall({ settled: { ...counts, minutes: u + 1 }, settings: FALL_SETTINGS });
    };
  };
}

const METRICS = { errors, latency, lowFall: fall(0.03), highFall: fall(0.99) };

export type NullMetric = keyof typeof METRICS;

/** Looks after every minute of one watch, as far as a deployment would. */
function watch(lookAfter: (u: number) => Look): { isReached: boolean; isRolledBack: boolean } {
  let isReached = false;
  for (let u = 0; u < minutes; u++) {
    const { verdict, evidence, limit } = lookAfter(u);
    isReached ||= evidence >= limit;
    if (verdict === 'fail') return { isReached, isRolledBack: true };
  }
  return { isReached, isRolledBack: false };
}

/** Watches one after the other from one seed. With `worse` = 1 the canary is as bad as the hypothesis allows, else so many times that. */
function nullWatches(metric: NullMetric, worse: number, watches: number): NullWatches {
  random.seed(20_261);
  const ends = Array.from({ length: watches }, () => watch(METRICS[metric](worse)));
  return {
    reached: ends.filter(({ isReached }) => isReached).length,
    rolledBack: ends.filter(({ isRolledBack }) => isRolledBack).length,
  };
}

const [metric, worse, watches] = process.argv.slice(2);
console.log(JSON.stringify(nullWatches(metric as NullMetric, Number(worse), Number(watches))));
