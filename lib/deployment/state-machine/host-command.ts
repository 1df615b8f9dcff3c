import type { State, States } from './model';
import { ask, type TaskOptions, task, wait } from './task';

/** What differs between commands to hosts. */
export interface HostCommandOptions extends Omit<TaskOptions, 'event' | 'result'> {
  /** Name of the first state. */
  readonly state: string;
  /** What is waited for, as the names of the other states end: `the check of the database`. */
  readonly noun: string;
  /** Command and receivers. */
  readonly event: { readonly [field: string]: unknown };
  /** Where the progress is kept. */
  readonly result: string;
}

/** A command that is sent to hosts, and waited for: four states. What fails on a host is an error, unless the way back goes on without it. */
export function hostCommand(options: HostCommandOptions): States {
  const { state, noun, comment, event, result, next, ...common } = options;
  const [waiting, look, over] = [`Wait for ${noun}`, `Look at ${noun}`, `Is it over, ${noun}?`];
  return {
    [state]: task({
      ...common,
      comment,
      event: { action: 'send', 'release.$': '$.release', 'activationEpoch.$': '$.activationEpoch', ...event },
      result,
      next: waiting,
    }),
    [waiting]: wait(SECONDS, look),
    [look]: task({ ...common, event: { action: 'look', 'sending.$': result }, result, next: over }),
    [over]: ask(`${result}.over`, next, waiting),
  };
}

/** Seconds between two looks. */
const SECONDS = 10;

/** One step of the release. */
export function step(name: string): State {
  return { command: 'step', step: name };
}
