import type { StepConfig } from '../../../lib/deployment/contract';
import { detect } from './detect';
import type { PlannedMetric } from './planned-metric';
import type { Delays } from './schedule';

/** The longest watch of all steps together that is suggested: twice that, and a bake, is what a deployment may last. */
export const LONGEST_WATCH = 700;
/** The most traffic that is suggested for a canary, in percent: beyond it, stable is the group of which too little is known. */
export const HEAVIEST_WEIGHT = 50;

interface Steps extends Delays {
  readonly metrics: readonly PlannedMetric[];
  readonly steps: readonly StepConfig[];
  readonly longestWatch?: number;
  readonly heaviestWeight?: number;
}

/** Minutes that the watches of suggested steps take together at most: never less than those of the steps at hand. */
export function longestWatch(plan: Steps): number {
  return Math.max(
    plan.longestWatch ?? LONGEST_WATCH,
    plan.steps.reduce((sum, { watchMinutes }) => sum + watchMinutes, 0),
  );
}

/** The most weight of a suggested step, in percent: never less than that of the steps at hand. */
export function heaviestWeight(plan: Steps): number {
  return Math.max(plan.heaviestWeight ?? HEAVIEST_WEIGHT, lastOf(plan).weight);
}

/** The same steps with the shortest last watch that does for every metric; null where the longest would not. */
export function longerSteps(plan: Steps): readonly StepConfig[] | null {
  const last = lastOf(plan);
  const before = plan.steps.slice(0, -1).reduce((sum, step) => sum + step.watchMinutes, 0);
  const does = (watchMinutes: number) => isEnough(plan, withLast(plan, { ...last, watchMinutes }));
  let tooShort = last.watchMinutes;
  let enough = longestWatch(plan) - before;
  if (tooShort >= enough || !does(enough)) return null;
  while (enough - tooShort > 1) {
    const middle = Math.floor((tooShort + enough) / 2);
    if (does(middle)) enough = middle;
    else tooShort = middle;
  }
  return withLast(plan, { ...last, watchMinutes: enough });
}

/** The same steps with the least weight on the last that does for every metric; null where the heaviest would not, nor any below. */
export function heavierSteps(plan: Steps): readonly StepConfig[] | null {
  const last = lastOf(plan);
  for (let weight = last.weight + 1; weight <= heaviestWeight(plan); weight++) {
    const steps = withLast(plan, { ...last, weight });
    if (isEnough(plan, steps)) return steps;
  }
  return null;
}

function isEnough(plan: Steps, steps: readonly StepConfig[]): boolean {
  return plan.metrics.every((metric) => detect(metric, steps, plan).isEnough);
}

function withLast({ steps }: Steps, last: StepConfig): readonly StepConfig[] {
  return [...steps.slice(0, -1), last];
}

function lastOf({ steps }: Steps): StepConfig {
  return steps[steps.length - 1];
}
