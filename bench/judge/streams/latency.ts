import { CANARY_SHARE, type LatencyScenario, MINUTES } from '../scenario';
import type { WritableWatch } from '../watch';
import { binomial } from './counting';
import { density, upperQuantile, upperTail } from './normal';
import { autoregressive, bursts } from './processes';
import type { Random } from './random';
import { drawTraffic } from './traffic';

const MEDIAN_SECONDS = 0.08;
/** Standard deviation of the log of a response's time. */
const SIGMA = 0.6;
const COMMON_DRIFT = 0.1;
const CANARY_DRIFT = 0.03;
const STABLE_DRIFT = 0.01;
const BURST_FACTOR = 2;
const HISTORY = 60;
/** Seconds that delayed requests take longer: beyond any threshold. */
const DELAY = 1;
/** What the oracle takes a slow release to be where there is none. */
const ORACLE_FACTOR = 1.2;
const READ_QUANTILE = 0.95;

const common = new Float64Array(HISTORY + MINUTES);
const stableDrift = new Float64Array(HISTORY + MINUTES);
const canaryDrift = new Float64Array(MINUTES);
const inBurst = new Uint8Array(HISTORY + MINUTES);

/** Draws one replication of a latency scenario into `watch`: an hour of stable history for the thresholds, then the watch. */
export function drawLatency(random: Random, scenario: LatencyScenario, watch: WritableWatch): void {
  const { factor, delayed = 0 } = scenario;
  const { counts, tail } = watch;
  watch.metric = 'latency';
  drawTraffic(random, counts, scenario.requestsPerMinute);
  tail.stableRequests.set(counts.stableRequests);
  tail.canaryRequests.set(counts.canaryRequests);
  autoregressive(random, common, HISTORY + MINUTES, COMMON_DRIFT);
  if (scenario.bursts) {
    bursts(random, inBurst, HISTORY + MINUTES);
    for (let minute = 0; minute < common.length; minute++) common[minute] += inBurst[minute] * Math.log(BURST_FACTOR);
  }
  autoregressive(random, stableDrift, HISTORY + MINUTES, STABLE_DRIFT);
  autoregressive(random, canaryDrift, MINUTES, scenario.canaryDrift ?? CANARY_DRIFT);
  const pastRequests = HISTORY * scenario.requestsPerMinute * (1 - CANARY_SHARE);
  const z95 = threshold(random, 0.05, pastRequests);
  const z99 = threshold(random, 0.01, pastRequests);
  const shift = Math.log(factor) / SIGMA;
  const suspectedShift = scenario.truth === 'bad' ? shift : Math.log(ORACLE_FACTOR) / SIGMA;
  for (let minute = 0; minute < MINUTES; minute++) {
    const stable = (common[HISTORY + minute] + stableDrift[HISTORY + minute]) / SIGMA;
    const canary = (common[HISTORY + minute] + canaryDrift[minute]) / SIGMA;
    const nS = counts.stableRequests[minute];
    const nC = counts.canaryRequests[minute];
    drawSlow(random, nS, upperTail(z95 - stable), upperTail(z99 - stable), 0);
    counts.stableBad[minute] = slow.over95;
    tail.stableBad[minute] = slow.over99;
    watch.stableReading[minute] = readPercentile(random, nS, stable, 0);
    drawSlow(random, nC, upperTail(z95 - canary - shift), upperTail(z99 - canary - shift), delayed);
    counts.canaryBad[minute] = slow.over95;
    tail.canaryBad[minute] = slow.over99;
    watch.canaryReading[minute] = readPercentile(random, nC, canary + shift, delayed);
    watch.oracle[minute] = gain(nC, z95 - canary, z99 - canary, suspectedShift, delayed);
  }
}

/** The percentile of the hour of history, in standard deviations of log latency above the median: the mixture's, with the error of a sample of its size. */
function threshold(random: Random, tailShare: number, requests: number): number {
  const share = tailShare + Math.sqrt((tailShare * (1 - tailShare)) / requests) * random.normal();
  let z = upperQuantile(tailShare);
  for (let step = 0; step < 6; step++) {
    let above = 0;
    let slope = 0;
    for (let minute = 0; minute < HISTORY; minute++) {
      const offset = z - (common[minute] + stableDrift[minute]) / SIGMA;
      above += upperTail(offset);
      slope += density(offset);
    }
    z += Math.max(-0.5, Math.min(0.5, (above - share * HISTORY) / slope));
  }
  return z;
}

const slow = { over95: 0, over99: 0 };

function drawSlow(random: Random, requests: number, p95: number, p99: number, delayed: number): void {
  const over95 = delayed + (1 - delayed) * p95;
  const over99 = delayed + (1 - delayed) * p99;
  slow.over95 = binomial(random, requests, over95);
  slow.over99 = binomial(random, slow.over95, over99 / over95);
}

/** A group's 95th percentile of a minute in seconds, with the normal approximation of its sampling error. */
function readPercentile(random: Random, requests: number, shift: number, delayed: number): number {
  const share = 1 - READ_QUANTILE;
  const sampled = share + Math.sqrt((share * (1 - share)) / requests) * random.normal();
  const undelayed = (sampled - delayed) / (1 - delayed);
  const seconds = (z: number) => MEDIAN_SECONDS * Math.exp(SIGMA * (z + shift));
  if (undelayed > 0.0005) return seconds(upperQuantile(undelayed));
  return DELAY + seconds(upperQuantile(Math.max(0.0005, Math.min(0.9995, sampled / Math.max(delayed, 1e-9)))));
}

/** Log likelihood of the canary's three classes (fast, slow, very slow), bad against healthy. */
function gain(requests: number, z95: number, z99: number, shift: number, delayed: number): number {
  const healthy95 = upperTail(z95);
  const healthy99 = upperTail(z99);
  const bad95 = delayed + (1 - delayed) * upperTail(z95 - shift);
  const bad99 = delayed + (1 - delayed) * upperTail(z99 - shift);
  return (
    slow.over99 * Math.log(bad99 / healthy99) +
    (slow.over95 - slow.over99) * Math.log((bad95 - bad99) / (healthy95 - healthy99)) +
    (requests - slow.over95) * Math.log((1 - bad95) / (1 - healthy95))
  );
}
