import type { StepConfig } from '../../../lib/deployment/contract';
import { minutes, share } from '../judge/sequential/figures';
import { requests } from '../judge/show';
import { type Detection, detect } from './detect';
import type { PlannedMetric } from './planned-metric';
import type { Delays } from './schedule';
import { heavierSteps, longerSteps } from './suggest';

/** What is known before the start. */
export interface PlanInput extends Delays {
  /** One or more. */
  readonly metrics: readonly PlannedMetric[];
  /** One or more, in the order in which they are taken. */
  readonly steps: readonly StepConfig[];
}

/** Whether the steps can find the smallest bad effect. Safe to write as JSON. */
export interface Plan {
  readonly isDetectable: boolean;
  readonly metrics: readonly (Detection & { readonly sentence: string })[];
  /** The steps with a longer last watch that would do; null where they do already, or 700 minutes in all would not be enough. */
  readonly longer: readonly StepConfig[] | null;
  /** The steps with more weight on the last that would do; null where they do already, or half of the traffic would not be enough. */
  readonly heavier: readonly StepConfig[] | null;
  /** All of it in one English sentence. */
  readonly sentence: string;
}

/** Works out whether these steps can find the smallest bad effect of every metric, when, and what that costs. */
export function planDetection(input: PlanInput): Plan {
  const metrics = input.metrics.map((metric) => {
    const found = detect(metric, input.steps, input);
    return { ...found, sentence: tell(metric, found) };
  });
  const isDetectable = metrics.every(({ minutes }) => minutes !== null);
  const longer = isDetectable ? null : longerSteps(input);
  const heavier = isDetectable ? null : heavierSteps(input);
  return {
    isDetectable,
    metrics,
    longer,
    heavier,
    sentence: `${metrics.map(({ sentence }) => sentence).join('; ')}${isDetectable ? '' : `; ${advice(longer, heavier)}`}`,
  };
}

/** `5 % for 10 minutes, then 25 % for 20 minutes`. */
export function describeSteps(steps: readonly StepConfig[]): string {
  return steps.map(({ weight, watchMinutes }) => `${weight} % for ${minutes(watchMinutes)}`).join(', then ');
}

function tell({ kind, requestsPerMinute }: PlannedMetric, { label, effect, ...found }: Detection): string {
  const change = `${label}: a ${kind === 'fall' ? 'fall' : 'rise'} from ${share(effect.now)} to ${share(effect.then)}`;
  if (found.minutes !== null)
    return `${change} is found within about ${minutes(found.minutes)}, at the cost of ${requests(found.badResponses!)} bad responses`;
  if (!(requestsPerMinute > 0)) return `${change} is not found: there are no requests`;
  if (found.neededRequests === null) return `${change} is not found: it is too close to what is tolerated`;
  if (found.gathered >= 1) return `${change} is not found: the steps are too short for a verdict`;
  const given = `the steps give the canary ${requests(Math.floor(found.requests))} requests`;
  return `${change} is not found: ${given}, ${Math.floor(found.gathered * 100)} % of what is needed`;
}

function advice(longer: readonly StepConfig[] | null, heavier: readonly StepConfig[] | null): string {
  const ways = [longer, heavier].filter((steps) => steps !== null).map(describeSteps);
  if (ways.length === 0) return 'neither a watch of 700 minutes nor half of the traffic would be enough';
  return `${ways.join(', or ')} would be enough`;
}
