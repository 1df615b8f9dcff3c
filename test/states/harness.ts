import { VirtualClock } from '../../lab/clock/virtual-clock';
import { Random } from '../../lab/kernel/random';
import { Failure } from '../../lab/states/failure';
import { interpret, type Limits, type Outcome } from '../../lab/states/interpret';
import type { Json } from '../../lab/states/json';
import { loadDefinition } from '../../lab/states/load';
import type { Integration, RunningTask } from '../../lab/states/model';

export const START = new Date('2026-01-02T03:04:05.678Z');

/** What a task of the harness does: gives a value, throws a Failure, or takes lab time. */
export type TaskBody = (input: Json, world: { clock: VirtualClock; task: RunningTask; attempt: number }) => Json | Promise<Json>;

/** Tasks that any case may name as a Resource. */
export const TASKS: Record<string, TaskBody> = {
  echo: (input) => input,
  nothing: () => null,
  fail: () => {
    throw new Failure('Boom', 'as asked');
  },
  failTwice: (_input, { attempt }) => {
    if (attempt <= 2) throw new Failure('Flaky', `attempt ${attempt}`);
    return attempt;
  },
  failByTurns: (_input, { attempt }) => {
    if (attempt <= 4) throw new Failure(attempt % 2 ? 'Odd' : 'Even', '');
    return attempt;
  },
  runtimeError: () => {
    throw new Failure('States.Runtime', 'broken');
  },
  huge: () => 'x'.repeat(262_143),
  justFits: () => 'x'.repeat(262_142),
  hourLong: async (_input, { clock }) => {
    await clock.sleep(3_600_000);
    return 'late';
  },
};

export interface Ran {
  readonly outcome: Outcome;
  readonly types: string[];
  readonly events: readonly { id: number; previousEventId: number; type: string; timestamp: Date }[];
  /** Lab seconds that the execution took. */
  readonly seconds: number;
}

export interface RunOptions {
  readonly limits?: Limits;
  readonly seed?: number;
  /** Stops the execution after so many lab seconds. */
  readonly stopAfter?: number;
  readonly tasks?: Record<string, TaskBody>;
  /** Lab seconds charged for each transition. */
  readonly transition?: number;
  /** Lab seconds that pass after the end before the run is over. */
  readonly linger?: number;
}

/** Loads and runs a definition in virtual time. */
export async function run(definition: object, input: Json, options: RunOptions = {}): Promise<Ran> {
  const clock = new VirtualClock(START);
  const attempts = new Map<string, number>();
  const resolve = (resource: string): Integration => ({
    events: resource.includes(':') ? { kind: 'service', resourceType: 'test', resource } : { kind: 'function' },
    run: async (parameters, task) => {
      const name = resource.split(':')[0];
      const attempt = (attempts.get(name) ?? 0) + 1;
      attempts.set(name, attempt);
      return (options.tasks?.[name] ?? TASKS[name])(parameters, { clock, task, attempt });
    },
  });
  const machine = loadDefinition(JSON.stringify(definition), resolve);
  return clock.run(async () => {
    const execution = interpret(machine, input, {
      clock,
      random: new Random(options.seed ?? 1),
      execution: { id: 'arn:execution', name: 'exec-1', roleArn: 'arn:role' },
      stateMachine: { id: 'arn:machine', name: 'machine' },
      taskTime: 'lab',
      limits: options.limits,
      transition: () => (options.transition ?? 0) * 1000,
    });
    if (options.stopAfter !== undefined) clock.after(options.stopAfter * 1000, 'stop', () => execution.stop('Stop', 'by test'));
    const outcome = await clock.waitFor(execution.ended);
    const seconds = (clock.now() - START.getTime()) / 1000;
    if (options.linger !== undefined) await clock.sleep(options.linger * 1000);
    return { outcome, events: execution.events, types: execution.events.map(({ type }) => type), seconds };
  });
}

/** A machine of one Pass state with these fields. */
export function pass(fields: object): object {
  return { StartAt: 'P', States: { P: { Type: 'Pass', End: true, ...fields } } };
}

/** A machine of one Task state with these fields; `D` is where Catch may lead. */
export function task(resource: string, fields: object = {}): object {
  const caught = JSON.stringify(fields).includes('"Next":"D"');
  return {
    StartAt: 'T',
    States: { T: { Type: 'Task', Resource: resource, End: true, ...fields }, ...(caught && { D: { Type: 'Pass', End: true } }) },
  };
}

/** A Choice of one rule: outputs `"yes"` where it matches, else `"no"`. */
export function choice(rule: object): object {
  return {
    StartAt: 'C',
    States: {
      C: { Type: 'Choice', Choices: [{ ...rule, Next: 'Y' }], Default: 'N' },
      Y: { Type: 'Pass', Result: 'yes', End: true },
      N: { Type: 'Pass', Result: 'no', End: true },
    },
  };
}
