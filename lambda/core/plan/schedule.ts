import type { StepConfig } from '../../../lib/deployment/contract';

/** When what is measured is judged. */
export interface Delays {
  /** Newest minutes that no look judges. */
  readonly settleMinutes: number;
  /** Minutes that are left out after the canary has got its first traffic. */
  readonly warmUpMinutes: number;
}

/** Minutes that a step's weight is on the rule: it is watched until all its `watchMinutes` are settled. */
export function minutesOf(step: StepConfig, { settleMinutes }: Delays): number {
  return step.watchMinutes + settleMinutes;
}

/**
 * The canary's share of the traffic in each minute that is judged before the last step ends, from 0 to 1.
 *
 * @param delayMinutes minutes after each change of the weight that are not judged: their share is 0
 */
export function judgedShares(steps: readonly StepConfig[], delays: Delays, delayMinutes = 0): number[] {
  const shares = steps.flatMap((step) =>
    Array.from({ length: minutesOf(step, delays) }, (_, minute) => (minute < delayMinutes ? 0 : step.weight / 100)),
  );
  return shares.slice(delays.warmUpMinutes, Math.max(delays.warmUpMinutes, shares.length - delays.settleMinutes));
}

/** The canary's share of the traffic in each minute from the first shift to the end of the last step, from 0 to 1. */
export function allShares(steps: readonly StepConfig[], delays: Delays): number[] {
  return steps.flatMap((step) => new Array<number>(minutesOf(step, delays)).fill(step.weight / 100));
}
