import type { Random } from '../kernel/random';

/**
 * What simulated time charges, in milliseconds: a range from which the lab's seed draws.
 * AWS documents cold starts ("from under 100 ms to over 1 second") and calls EventBridge near real time;
 * for the rest it names no figures, so these are plausible ranges, not promises of AWS.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/operatorguide/execution-environments.html
 * @see https://aws.amazon.com/eventbridge/faqs/
 */
export const DURATIONS = {
  transition: [15, 60],
  /** A function's own time, without its API calls. */
  warmInvoke: [30, 250],
  coldInvoke: [400, 1_200],
  /** One API call of a function. */
  apiCall: [10, 120],
  /** From the end of a job until a `.sync` task hears of it. */
  jobNotice: [500, 3_000],
  eventDelivery: [200, 900],
} as const satisfies Record<string, readonly [number, number]>;

/** A duration drawn from its range, in milliseconds. */
export function draw(name: keyof typeof DURATIONS, random: Random): number {
  const [low, high] = DURATIONS[name];
  return random.between(low, high);
}
