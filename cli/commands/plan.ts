import { ERROR_SETTINGS, type SequentialSettings, SLOW95_SETTINGS, SLOW99_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { describeSteps, type PlanInput, planDetection } from '../../lambda/core/plan/plan';
import type { PlannedMetric } from '../../lambda/core/plan/planned-metric';
import { ExitCode } from '../exit-code';
import { numberOf, shareOf, stepsOf, wholeNumberOf } from '../numbers';
import type { Terminal } from '../terminal';
import { type Arguments, parseArguments, usage } from '../usage';

/** Twice this is the longest that the watches of a deployment may last. */
const LONGEST_WATCH = 720;

const OPTIONS = {
  rpm: { type: 'string' },
  'error-rate': { type: 'string' },
  steps: { type: 'string', default: '10% 30m' },
  effect: { type: 'string', default: String(ERROR_SETTINGS.smallestEffect.ratio) },
  difference: { type: 'string', default: `${ERROR_SETTINGS.smallestEffect.difference * 100}%` },
  'no-latency': { type: 'boolean' },
  alpha: { type: 'string', default: `${ERROR_SETTINGS.alpha * 100}%` },
  settle: { type: 'string', default: '2' },
  'warm-up': { type: 'string', default: '2' },
  json: { type: 'boolean' },
} as const;

/** Tells whether the steps would notice the smallest bad effect, and what that costs; without AWS. */
export function plan(args: readonly string[], terminal: Terminal): number {
  const { values } = parseArguments(args, OPTIONS);
  const input = {
    metrics: metricsOf(values),
    steps: stepsOf('--steps', values.steps!),
    settleMinutes: wholeNumberOf('--settle', values.settle!, 0, 60),
    warmUpMinutes: wholeNumberOf('--warm-up', values['warm-up']!, 0, 60),
  };
  checkWatches(input);
  const found = planDetection(input);
  if (values.json !== undefined) {
    terminal.out(JSON.stringify({ steps: input.steps, ...found }));
  } else {
    terminal.out(`steps: ${describeSteps(input.steps)}`);
    for (const { sentence } of found.metrics) terminal.out(sentence);
    for (const steps of [found.longer, found.heavier]) if (steps) terminal.out(`would be enough: ${describeSteps(steps)}`);
    if (!found.isDetectable && !found.longer && !found.heavier) terminal.out('no longer watch and no larger share would be enough');
  }
  return found.isDetectable ? ExitCode.DONE : ExitCode.REFUSED;
}

/** Refuses watches that no deployment may have: each may last twice, within a day. */
function checkWatches({ steps, warmUpMinutes }: Pick<PlanInput, 'steps' | 'warmUpMinutes'>): void {
  const watched = steps.reduce((sum, { watchMinutes }) => sum + watchMinutes, 0);
  if (watched > LONGEST_WATCH) throw usage(`'--steps' must watch for at most ${LONGEST_WATCH}m in all, got ${watched}m`);
  const first = steps[0].watchMinutes;
  if (first <= warmUpMinutes)
    throw usage(`'--steps' must begin with a watch that is longer than '--warm-up', ${warmUpMinutes}m, got ${first}m`);
}

function metricsOf(values: Arguments['values']): PlannedMetric[] {
  if (values.rpm === undefined) throw usage(`'--rpm' is required: requests a minute of the whole fleet`);
  if (values['error-rate'] === undefined) throw usage(`'--error-rate' is required: the share of requests that fail today, such as 0.2%`);
  const requestsPerMinute = numberOf('--rpm', values.rpm, 0, 1e9);
  const withLatency = values['no-latency'] === undefined;
  const shared = { alpha: shareOf('--alpha', values.alpha!, 0.01, 20), metrics: withLatency ? 2 : 1 };
  const smallestEffect = {
    ratio: numberOf('--effect', values.effect!, 1.5, 1000),
    difference: shareOf('--difference', values.difference!, 0, 100),
  };
  const errors: SequentialSettings = { ...ERROR_SETTINGS, ...shared, smallestEffect };
  const metrics: PlannedMetric[] = [
    { kind: 'bad', label: 'error rate', requestsPerMinute, rate: shareOf('--error-rate', values['error-rate'], 0, 100), settings: errors },
  ];
  if (!withLatency) return metrics;
  const settings95 = { ...SLOW95_SETTINGS, ...shared };
  const settings99 = { ...SLOW99_SETTINGS, ...shared };
  return [...metrics, { kind: 'latency', label: 'slow requests', requestsPerMinute, settings95, settings99 }];
}
