import { Duration } from 'aws-cdk-lib';
import { checkWholeMinutes, checkWholeNumber } from '../checks';
import type { FleetGroup } from '../fleet';
import { MOST_INSTANCES } from '../fleet/check-fleet-props';
import type { CanaryDeploymentProps, CanaryStep } from './canary-deployment-props';
import type { PlanConfig } from './contract';

/** An execution has at most so many events: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
const MOST_EVENTS = 25_000;
/** Wait, Task and Choice: what a look takes. Hosts and canaries are looked at every ten seconds, metrics every minute. */
const EVENTS_A_LOOK = 9;
const LOOKS_A_MINUTE = 6;
const MOST_MINUTES = 1_440;
/** How long staging, a wave and going back may take before the plan does not hold them any more. */
const COMMAND_MINUTES = { staging: 30, wave: 2, revert: 30 };
/** What is not a look. */
const EVENTS_BESIDE = 300;

/** The plan of a deployment, checked: what cannot work is said at synthesis. */
export function planOf(props: CanaryDeploymentProps, warmUpMinutes: number): PlanConfig {
  const steps = props.steps ?? [{ weight: 10, watch: Duration.minutes(30) }];
  const minCanary = props.minCanary ?? 1;
  const wavePercent = props.wavePercent ?? 33;
  const bakeTime = props.bakeTime ?? Duration.minutes(15);
  checkWholeNumber('minCanary', minCanary, 1, MOST_INSTANCES);
  checkWholeNumber('wavePercent', wavePercent, 1, 100);
  checkWholeMinutes('bakeTime', bakeTime, 0, MOST_MINUTES);
  if (steps.length < 1 || steps.length > 20) throw new Error(`'steps' must have 1 to 20 steps, got ${steps.length}`);
  steps.forEach((step, index) => {
    checkStep(step, steps[index - 1], index, props.fleet, minCanary);
  });
  if (steps[0].watch.toMinutes() <= warmUpMinutes) {
    throw new Error(
      `'steps[0].watch' must be longer than the 'warmUp' of the analysis, ${warmUpMinutes} minutes, got ${steps[0].watch.toHumanString()}`,
    );
  }
  const minutes = steps.reduce((sum, step) => sum + 2 * step.watch.toMinutes(), bakeTime.toMinutes());
  if (minutes > MOST_MINUTES) {
    throw new Error(`twice the 'watch' of all steps and 'bakeTime' must be at most ${MOST_MINUTES} minutes, got ${minutes}`);
  }
  const bootMinutes = Math.ceil(props.fleet.bootTimeout.toSeconds() / 60);
  checkEvents(minutes, steps.length * (bootMinutes + 10), wavesOf(props.fleet.stable.maxCapacity, wavePercent));
  return {
    steps: steps.map((step) => ({ weight: step.weight, watchMinutes: step.watch.toMinutes() })),
    minCanary,
    wavePercent,
    bakeMinutes: bakeTime.toMinutes(),
    bootMinutes,
  };
}

/** A wave takes at most 50 instances, whatever its share. */
function wavesOf(maxCapacity: number, wavePercent: number): number {
  return Math.max(Math.ceil(100 / wavePercent), Math.ceil(maxCapacity / 50));
}

/** A plan whose looks would go beyond the events of an execution would end in the middle. */
function checkEvents(watched: number, boots: number, waves: number): void {
  const commands = COMMAND_MINUTES.staging + waves * COMMAND_MINUTES.wave + COMMAND_MINUTES.revert;
  const events = EVENTS_BESIDE + EVENTS_A_LOOK * (watched + LOOKS_A_MINUTE * (boots + commands));
  if (events <= MOST_EVENTS) return;
  throw new Error(
    `an execution may have ${MOST_EVENTS} events, but this plan may need ${events}: take fewer 'steps', a shorter 'watch', 'bakeTime' or 'bootTimeout', or a larger 'wavePercent'`,
  );
}

function checkStep(
  step: CanaryStep,
  before: CanaryStep | undefined,
  index: number,
  fleet: { stable: FleetGroup; canary: FleetGroup },
  minCanary: number,
): void {
  const { weight } = step;
  checkWholeNumber(`steps[${index}].weight`, weight, 1, 99);
  if (before && weight <= before.weight) {
    throw new Error(`'steps[${index}].weight' must be above that of the step before, ${before.weight}, got ${weight}`);
  }
  checkWholeMinutes(`steps[${index}].watch`, step.watch, 1, MOST_MINUTES);
  const needed = Math.max(minCanary, Math.ceil((fleet.stable.minCapacity * weight) / (100 - weight)));
  if (needed > fleet.canary.maxCapacity) {
    throw new Error(
      `'steps[${index}].weight' must be one that the canary group can carry, got ${weight}: beside ${fleet.stable.minCapacity} stable instances it needs ${needed} canaries, and the group's maximum is ${fleet.canary.maxCapacity}`,
    );
  }
}

/** How long an execution may take, in seconds: twice what it should, and hours for what hosts may need. */
export function longestExecution(plan: PlanConfig, buildSeconds: number): number {
  const watched = plan.steps.reduce((sum, step) => sum + 2 * step.watchMinutes + 15, 0);
  const booted = plan.steps.length * (plan.bootMinutes + 15);
  return buildSeconds + 60 * (watched + booted + 2 * plan.bakeMinutes) + 8 * 3600;
}
