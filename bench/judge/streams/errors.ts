import { type ErrorScenario, MINUTES } from '../scenario';
import type { WritableWatch } from '../watch';
import { binomial } from './counting';
import { drawFlakes } from './flakes';
import { bursts } from './processes';
import type { Random } from './random';
import { drawTraffic } from './traffic';

/** Error rate of both groups during a burst. */
const BURST_RATE = 0.1;

/** What the oracle takes a bad release to be where there is none: twice stable's rate. */
const ORACLE_RATIO = 2;

const inBurst = new Uint8Array(MINUTES);

/** Draws one replication of an error scenario into `watch`. */
export function drawErrors(random: Random, scenario: ErrorScenario, watch: WritableWatch): void {
  const { stableRate, canaryRate, onset = 0, clusterMean = 1, burstRatio = 1 } = scenario;
  const { counts, oracle } = watch;
  watch.metric = 'errors';
  drawTraffic(random, counts, scenario.requestsPerMinute, scenario.shareDrift);
  if (scenario.bursts) bursts(random, inBurst, MINUTES);
  const flakes = scenario.flakes ? drawFlakes(random) : undefined;
  for (let minute = 0; minute < MINUTES; minute++) {
    const burst = scenario.bursts && inBurst[minute] ? BURST_RATE : 0;
    const isBad = minute >= onset;
    const stable = Math.max(stableRate, burst) + (flakes?.stable[minute] ?? 0);
    const healthy = Math.max(stableRate, burst) + (flakes?.canary[minute] ?? 0);
    const canary = Math.max(isBad ? canaryRate : stableRate, burst * (isBad ? burstRatio : 1)) + (flakes?.canary[minute] ?? 0);
    const suspected = scenario.truth === 'bad' ? canary : Math.max(ORACLE_RATIO * stableRate, burst) + (flakes?.canary[minute] ?? 0);
    counts.stableBad[minute] = drawBad(random, counts.stableRequests[minute], stable, clusterMean).errors;
    const drawn = drawBad(random, counts.canaryRequests[minute], canary, clusterMean);
    counts.canaryBad[minute] = drawn.errors;
    oracle[minute] = gain(drawn.clusters, counts.canaryRequests[minute], healthy / clusterMean, suspected / clusterMean);
    watch.stableReading[minute] = counts.stableBad[minute] / counts.stableRequests[minute];
    watch.canaryReading[minute] = counts.canaryBad[minute] / counts.canaryRequests[minute];
  }
}

const bad = { errors: 0, clusters: 0 };

function drawBad(random: Random, requests: number, rate: number, clusterMean: number): typeof bad {
  bad.clusters = binomial(random, requests, rate / clusterMean);
  bad.errors = bad.clusters;
  if (clusterMean > 1) {
    for (let cluster = 0; cluster < bad.clusters; cluster++) bad.errors += random.geometric(clusterMean) - 1;
    bad.errors = Math.min(bad.errors, requests);
  }
  return bad;
}

function gain(hits: number, trials: number, healthy: number, suspected: number): number {
  return healthy === suspected ? 0 : hits * Math.log(suspected / healthy) + (trials - hits) * Math.log((1 - suspected) / (1 - healthy));
}
