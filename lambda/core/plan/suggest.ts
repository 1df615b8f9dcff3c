import type { StepConfig } from '../../../lib/deployment/contract';
import { detect } from './detect';
import type { PlannedMetric } from './planned-metric';
import type { Delays } from './schedule';

/** The longest watch of all steps together that is suggested: twice that, and a bake, is what a deployment may last. */
const LONGEST_WATCH = 700;
/** The most traffic that is suggested for a canary: beyond it, stable is the group of which too little is known. */
const MOST_WEIGHT = 50;

interface Steps extends Delays {
  readonly metrics: readonly PlannedMetric[];
  readonly steps: readonly StepConfig[];
}

/** The same steps with the shortest last watch that finds every metric's smallest bad effect; null where `LONGEST_WATCH` would not. */
export function longerSteps(plan: Steps): readonly StepConfig[] | null {
  const last = plan.steps[plan.steps.length - 1];
  const before = plan.steps.slice(0, -1).reduce((sum, step) => sum + step.watchMinutes, 0);
  return withLast(plan, last.watchMinutes, LONGEST_WATCH - before, (watchMinutes) => ({ ...last, watchMinutes }));
}

/** The same steps with the least weight on the last that finds every metric's smallest bad effect; null where half would not. */
export function heavierSteps(plan: Steps): readonly StepConfig[] | null {
  const last = plan.steps[plan.steps.length - 1];
  return withLast(plan, last.weight, MOST_WEIGHT, (weight) => ({ ...last, weight }));
}

/** Bisection: what a value of the last step finds, a higher one finds too. */
function withLast(plan: Steps, from: number, to: number, change: (value: number) => StepConfig): readonly StepConfig[] | null {
  const changed = (value: number) => [...plan.steps.slice(0, -1), change(value)];
  const finds = (value: number) => plan.metrics.every((metric) => detect(metric, changed(value), plan).minutes !== null);
  if (from >= to || !finds(to)) return null;
  let tooLow = from;
  let enough = to;
  while (enough - tooLow > 1) {
    const middle = Math.floor((tooLow + enough) / 2);
    if (finds(middle)) enough = middle;
    else tooLow = middle;
  }
  return changed(enough);
}
