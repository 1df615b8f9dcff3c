import { look } from '../../lambda/core/judge/sequential/look';
import { ERROR_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { binomial, poisson } from './streams/counting';
import { Random } from './streams/random';
import { emptyCounts } from './watch';

/** What a look takes, by the minutes that it looks back on. */
export interface Cost {
  readonly metrics: number;
  readonly looks: readonly { readonly minutes: number; readonly milliseconds: number }[];
  /** The straight line through the looks, by least squares. */
  readonly line: { readonly atNothing: number; readonly perMinute: number };
}

const METRICS = 10;
const MINUTES = [60, 120, 180, 240, 300, 360, 420, 480, 540, 600];
const LOOKS = 200;

/** Times looks at 10 metrics after 60 to 600 minutes, each from the counts alone as the product does: undisturbed, as the fastest tenth of many looks. */
export function measureCost(): Cost {
  measure(60);
  const looks = MINUTES.map((minutes) => ({ minutes, milliseconds: measure(minutes) }));
  return { metrics: METRICS, looks, line: lineThrough(looks) };
}

function lineThrough(looks: Cost['looks']): Cost['line'] {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const x = mean(looks.map(({ minutes }) => minutes));
  const y = mean(looks.map(({ milliseconds }) => milliseconds));
  const covariance = mean(looks.map(({ minutes, milliseconds }) => (minutes - x) * (milliseconds - y)));
  const perMinute = covariance / mean(looks.map(({ minutes }) => (minutes - x) ** 2));
  return { atNothing: y - perMinute * x, perMinute };
}

function measure(minutes: number): number {
  const metrics = Array.from({ length: METRICS }, (_, metric) => drawCounts(metric, minutes));
  const times: number[] = [];
  for (let count = 0; count < LOOKS; count++) {
    const began = performance.now();
    for (const settled of metrics) look({ settled, settings: ERROR_SETTINGS });
    times.push(performance.now() - began);
  }
  return times.sort((a, b) => a - b)[LOOKS / 10];
}

function drawCounts(metric: number, minutes: number) {
  const random = new Random();
  random.seed(metric);
  const counts = emptyCounts(minutes);
  for (let minute = 0; minute < minutes; minute++) {
    counts.stableRequests[minute] = poisson(random, 5400);
    counts.canaryRequests[minute] = poisson(random, 600);
    counts.stableBad[minute] = binomial(random, counts.stableRequests[minute], 0.002);
    counts.canaryBad[minute] = binomial(random, counts.canaryRequests[minute], 0.002);
  }
  return counts;
}
