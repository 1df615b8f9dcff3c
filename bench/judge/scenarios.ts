import type { ErrorScenario, LatencyScenario, Scenario } from './scenario';

const NORMAL = 6_000;
const SMALL = 600;
const LARGE = 60_000;
const CLUSTERS = 5;

function healthy(id: string, title: string, rate: number, more: Partial<ErrorScenario> = {}): ErrorScenario {
  return { metric: 'errors', truth: 'null', id, title, requestsPerMinute: NORMAL, stableRate: rate, canaryRate: rate, ...more };
}

function failing(id: string, title: string, stableRate: number, canaryRate: number, more: Partial<ErrorScenario> = {}): ErrorScenario {
  return { metric: 'errors', truth: 'bad', id, title, requestsPerMinute: NORMAL, stableRate, canaryRate, ...more };
}

function latency(id: string, title: string, truth: 'null' | 'bad', more: Partial<LatencyScenario> = {}): LatencyScenario {
  return { metric: 'latency', truth, id, title, requestsPerMinute: NORMAL, factor: 1, ...more };
}

/** Every scenario, in the order of the tables. */
export const SCENARIOS: readonly Scenario[] = [
  healthy('N1', '0.2 % errors', 0.002),
  healthy('N1s', '0.2 % at 600 rpm', 0.002, { requestsPerMinute: SMALL }),
  healthy('N1l', '0.2 % at 60k rpm', 0.002, { requestsPerMinute: LARGE }),
  healthy('N2', '1 % errors', 0.01),
  healthy('N3', '0.2 %, bursts on both groups', 0.002, { bursts: true }),
  healthy('N4', '0.2 % in clusters of 5', 0.002, { clusterMean: CLUSTERS }),
  healthy('N4b', '0.2 % in clusters of 10', 0.002, { clusterMean: 10 }),
  healthy('N4l', '0.2 % in clusters of 5 at 60k rpm', 0.002, { clusterMean: CLUSTERS, requestsPerMinute: LARGE }),
  healthy('N5', '0.2 %, single instances flake', 0.002, { flakes: true }),
  healthy('N6', '0.2 %, the share drifts', 0.002, { shareDrift: 0.3 }),
  healthy('N7', '1 % to 1.1 % at 60k rpm, benign', 0.01, { requestsPerMinute: LARGE, canaryRate: 0.011 }),
  failing('B1', '0.2 % to 0.4 %', 0.002, 0.004),
  failing('B2', '0.2 % to 1 %', 0.002, 0.01),
  failing('B3', '0.2 % to 2 %', 0.002, 0.02),
  failing('B4', '0.2 % to 1.2 %', 0.002, 0.012),
  failing('B5', '1 % to 2 %', 0.01, 0.02),
  failing('B6', '1 % to 5 %', 0.01, 0.05),
  failing('B7', '0.2 % to 50.2 %', 0.002, 0.502),
  failing('B8', 'x5 at 600 rpm', 0.002, 0.01, { requestsPerMinute: SMALL }),
  failing('B9', 'x10 at 600 rpm', 0.002, 0.02, { requestsPerMinute: SMALL }),
  failing('B10', 'x2 at 60k rpm', 0.002, 0.004, { requestsPerMinute: LARGE }),
  failing('B11', 'x5 from minute 10', 0.002, 0.01, { onset: 10 }),
  failing('B12', 'x5, in bursts on both groups too', 0.002, 0.01, { bursts: true, burstRatio: 5 }),
  failing('B12b', 'x5, but bursts hit both groups alike', 0.002, 0.01, { bursts: true }),
  failing('B13', 'x5 in clusters of 5', 0.002, 0.01, { clusterMean: CLUSTERS }),
  latency('LN1', 'same latency', 'null'),
  latency('LN2', 'same latency at 600 rpm', 'null', { requestsPerMinute: SMALL }),
  latency('LN4', 'bursts of x2 on both groups', 'null', { bursts: true }),
  latency('LN6', 'the canary drifts by 6 %', 'null', { canaryDrift: 0.06 }),
  latency('LN7', '5 % slower, benign', 'null', { factor: 1.05 }),
  latency('LB1', 'x1.2', 'bad', { factor: 1.2 }),
  latency('LB2', 'x1.5', 'bad', { factor: 1.5 }),
  latency('LB4', '2 % of requests 1 s slower', 'bad', { delayed: 0.02 }),
  latency('LB8', 'x1.2 at 600 rpm', 'bad', { factor: 1.2, requestsPerMinute: SMALL }),
];
