import type { StepConfig } from '../../../lib/deployment/contract';
import { minutes, share } from '../judge/sequential/figures';
import { requests } from '../judge/show';
import { type Detection, detect } from './detect';
import type { PlannedMetric } from './planned-metric';
import type { Delays } from './schedule';
import { heavierSteps, heaviestWeight, longerSteps, longestWatch } from './suggest';

/** What is known before the start. */
export interface PlanInput extends Delays {
  /** Those that a promotion waits for. */
  readonly metrics: readonly PlannedMetric[];
  /** One or more, in the order in which they are taken. */
  readonly steps: readonly StepConfig[];
  /** Most minutes that all watches together may take in steps that are suggested. Default `LONGEST_WATCH`. */
  readonly longestWatch?: number;
  /** Most weight of a step that is suggested, in percent. Default `HEAVIEST_WEIGHT`. */
  readonly heaviestWeight?: number;
}

/** Whether the steps can find the smallest bad effect. Safe to write as JSON. */
export interface Plan {
  readonly isDetectable: boolean;
  readonly metrics: readonly (Detection & { readonly sentence: string })[];
  /** The steps with a longer last watch that would do; null where they do already, or `longestWatch` would not be enough. */
  readonly longer: readonly StepConfig[] | null;
  /** The steps with more weight on the last that would do; null where they do already, or `heaviestWeight` would not be enough. */
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
  const isDetectable = metrics.every(({ isEnough }) => isEnough);
  const longer = isDetectable ? null : longerSteps(input);
  const heavier = isDetectable ? null : heavierSteps(input);
  return {
    isDetectable,
    metrics,
    longer,
    heavier,
    sentence: [...sentencesOf(metrics), ...(isDetectable ? [] : [advice(input, longer, heavier)])].join('; '),
  };
}

/** `5 % for 10 minutes, then 25 % for 20 minutes`. */
export function describeSteps(steps: readonly StepConfig[]): string {
  return steps.map(({ weight, watchMinutes }) => `${weight} % for ${minutes(watchMinutes)}`).join(', then ');
}

function sentencesOf(metrics: Plan['metrics']): string[] {
  return metrics.length > 0 ? metrics.map(({ sentence }) => sentence) : ['no promotion waits for a metric: nothing has to be found'];
}

function tell(metric: PlannedMetric, found: Detection): string {
  const [what, isFound, isNotFound] = wordsFor(metric, found);
  if (found.minutes === null) return `${what} ${isNotFound}: ${whyNot(metric, found)}`;
  if (!found.isEnough) return `${what} ${isFound}, but a healthy release may be left without a verdict: ${given(found)}`;
  return found.badResponses === null
    ? `${what} ${isFound}`
    : `${what} ${isFound}, at the cost of ${requests(found.badResponses)} bad responses`;
}

function wordsFor(
  metric: PlannedMetric,
  { label, effect, minutes: within }: Detection,
): [what: string, isFound: string, isNotFound: string] {
  const about = `within about ${minutes(within ?? 0)}`;
  if (metric.kind === 'limit')
    return [`${label}: the ${requests(metric.neededRequests)} requests that they need`, `come ${about}`, 'do not come'];
  const change = metric.kind === 'fall' ? 'fall' : 'rise';
  return [`${label}: a ${change} from ${share(effect!.now)} to ${share(effect!.then)}`, `is found ${about}`, 'is not found'];
}

function whyNot({ requestsPerMinute }: PlannedMetric, found: Detection): string {
  if (!(requestsPerMinute > 0)) return 'there are no requests';
  if (found.neededRequests === null) return 'it is too close to what is tolerated';
  return found.gathered >= 1 ? 'the steps are too short for a verdict' : given(found);
}

function given({ requests: all, gathered }: Detection): string {
  return `the steps give the canary ${requests(Math.floor(all))} requests, ${Math.floor(gathered * 100)} % of what is needed with a margin for chance`;
}

function advice(input: PlanInput, longer: readonly StepConfig[] | null, heavier: readonly StepConfig[] | null): string {
  const ways = [longer, heavier].filter((steps) => steps !== null).map(describeSteps);
  if (ways.length === 0)
    return `neither a watch of ${longestWatch(input)} minutes nor ${heaviestWeight(input)} % of the traffic would be enough`;
  return `${ways.join(', or ')} would be enough`;
}
