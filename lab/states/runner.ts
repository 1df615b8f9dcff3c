import type { Clock } from '../clock/clock';
import type { Random } from '../kernel/random';
import { Failure, takes } from './failure';
import type { Thread } from './history';
import type { Limits } from './interpret';
import type { Scope } from './intrinsic';
import type { Json, JsonObject } from './json';
import type { Line } from './line';
import type { ChoiceState, FailState, Machine, ParallelState, PassState, Retrier, State, TaskState } from './model';
import { runParallel } from './parallel';
import type { Path } from './path';
import { runTask } from './task';

/** What the states of an execution share. */
export interface RunnerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly limits: Limits;
  readonly taskTime: 'lab' | 'real';
  readonly transition?: () => number;
  /** False once the execution has ended. */
  isRunning(): boolean;
  contextOf(state: JsonObject): JsonObject;
}

/** Adds an event to the history. */
export type Recorder = (thread: Thread, type: string, details?: Readonly<Record<`${string}EventDetails`, unknown>>) => void;

/** A state that was entered: its raw input and what its paths are read from. */
export interface Visit {
  readonly state: State;
  readonly input: Json;
  readonly line: Line;
  readonly enteredAt: string;
  readonly enteredEvent: number;
  retryCount: number;
}

interface Step {
  readonly output: Json;
  readonly next: string | undefined;
}

/** Runs the states of a machine or branch, one after the other. */
export class Runner {
  constructor(
    readonly options: RunnerOptions,
    readonly record: Recorder,
  ) {}

  async runMachine(machine: Machine, input: Json, line: Line): Promise<Json> {
    let name: string | undefined = machine.startAt;
    let data = input;
    while (name !== undefined) {
      const charge = this.options.transition?.() ?? 0;
      if (charge > 0) await this.pause(charge, line);
      const step: Step = await this.visit(machine.states.get(name) as State, data, line);
      data = step.output;
      name = step.next;
    }
    return data;
  }

  /** Waits on the lab's clock, or until the line is stopped. */
  async pause(ms: number, line: Line, onStop: () => void = () => {}): Promise<void> {
    const { clock } = this.options;
    await clock.waitFor(
      new Promise<void>((resolve) => {
        const timer = clock.after(ms, 'wait', () => {
          forget();
          resolve();
        });
        const forget = line.onStop(() => {
          timer.cancel();
          onStop();
          resolve();
        });
      }),
    );
    line.check();
  }

  scopeOf(visit: Visit, input: Json): Scope {
    const context = this.options.contextOf({ EnteredTime: visit.enteredAt, Name: visit.state.name, RetryCount: visit.retryCount });
    return { input, context, random: this.options.random };
  }

  /** The JSON text of an input or output. @throws Failure over AWS's limit of bytes */
  checkedText(value: Json, state: string): string {
    const text = JSON.stringify(value);
    if (Buffer.byteLength(text) > this.options.limits.bytes) {
      const cause = `The state/task '${state}' returned a result with a size exceeding the maximum number of bytes service limit.`;
      throw new Failure('States.DataLimitExceeded', cause);
    }
    return text;
  }

  private async visit(state: State, input: Json, line: Line): Promise<Step> {
    line.check();
    const now = this.options.clock.now();
    this.record(line, `${state.type}StateEntered`, {
      stateEnteredEventDetails: { name: state.name, input: JSON.stringify(input), inputDetails: { truncated: false } },
    });
    const visit: Visit = {
      state,
      input,
      line,
      enteredAt: new Date(Math.floor(now)).toISOString(),
      enteredEvent: line.previous,
      retryCount: 0,
    };
    let step: Step;
    let text: string;
    try {
      step = await this.perform(visit);
      text = this.checkedText(step.output, state.name);
    } catch (error) {
      throw located(error, visit);
    }
    this.record(line, `${state.type}StateExited`, {
      stateExitedEventDetails: { name: state.name, output: text, outputDetails: { truncated: false } },
    });
    return step;
  }

  private async perform(visit: Visit): Promise<Step> {
    const { state, input, line } = visit;
    switch (state.type) {
      case 'Fail':
        return this.fail(state, visit);
      case 'Task':
      case 'Parallel':
        return this.persist(state, visit);
      case 'Pass':
        return this.pass(state, visit);
      case 'Choice':
        return this.choose(state, visit);
      case 'Wait': {
        const effective = this.filter(state.inputPath, 'InputPath', input, visit);
        const now = this.options.clock.now();
        const until = state.until(this.scopeOf(visit, effective), now);
        if (until > now) await this.pause(until - now, line, () => this.aborted(visit));
        return { output: this.filter(state.outputPath, 'OutputPath', effective, visit), next: state.next };
      }
      case 'Succeed': {
        const effective = this.filter(state.inputPath, 'InputPath', input, visit);
        return { output: this.filter(state.outputPath, 'OutputPath', effective, visit), next: undefined };
      }
    }
  }

  private fail(state: FailState, visit: Visit): never {
    const scope = this.scopeOf(visit, visit.input);
    const failure = new Failure(state.error?.(scope), state.cause?.(scope));
    throw Object.assign(failure, { located: true });
  }

  private pass(state: PassState, visit: Visit): Step {
    const effective = this.effectiveInput(state, visit);
    return { output: this.combine(state, state.result ?? effective, visit), next: state.next };
  }

  private choose(state: ChoiceState, visit: Visit): Step {
    const effective = this.filter(state.inputPath, 'InputPath', visit.input, visit);
    const scope = this.scopeOf(visit, effective);
    const next = state.choices.find(({ condition }) => condition(scope))?.next ?? state.otherwise;
    if (next === undefined) throw new Failure('States.NoChoiceMatched', 'No choice rule matched, and there is no Default.');
    return { output: this.filter(state.outputPath, 'OutputPath', effective, visit), next };
  }

  /** Task and Parallel: run, retried and caught as the state says. */
  private async persist(state: TaskState | ParallelState, visit: Visit): Promise<Step> {
    const attempts = new Map<Retrier, number>();
    for (;;) {
      try {
        const effective = this.effectiveInput(state, visit);
        this.checkedText(effective, state.name);
        const result =
          state.type === 'Task' ? await runTask(this, state, effective, visit) : await runParallel(this, state, effective, visit);
        const selected = state.resultSelector ? state.resultSelector(this.scopeOf(visit, result)) : result;
        const output = this.combine(state, selected, visit);
        this.checkedText(output, state.name);
        return { output, next: state.next };
      } catch (error) {
        const failure = located(error, visit);
        if (!(failure instanceof Failure)) throw failure;
        const delay = this.retryDelay(state.retry, attempts, failure);
        if (delay === undefined) return this.caught(state, failure, visit);
        await this.pause(delay, visit.line, () => this.aborted(visit));
        visit.retryCount++;
      }
    }
  }

  private retryDelay(retriers: readonly Retrier[], attempts: Map<Retrier, number>, failure: Failure): number | undefined {
    const retrier = retriers.find(({ errorEquals }) => takes(errorEquals, failure.error));
    if (retrier === undefined) return undefined;
    const attempt = attempts.get(retrier) ?? 0;
    if (attempt >= retrier.maxAttempts) return undefined;
    attempts.set(retrier, attempt + 1);
    const seconds = Math.min(retrier.intervalSeconds * retrier.backoffRate ** attempt, retrier.maxDelaySeconds);
    return 1000 * (retrier.fullJitter ? this.options.random.between(0, seconds) : seconds);
  }

  private caught(state: TaskState | ParallelState, failure: Failure, visit: Visit): Step {
    const catcher = state.catch.find(({ errorEquals }) => takes(errorEquals, failure.error));
    if (catcher === undefined) throw failure;
    const output: JsonObject = { Error: failure.error ?? '', Cause: failure.reason ?? '' };
    return { output: catcher.resultPath === null ? visit.input : catcher.resultPath.put(visit.input, output), next: catcher.next };
  }

  private effectiveInput(state: PassState | TaskState | ParallelState, visit: Visit): Json {
    const filtered = this.filter(state.inputPath, 'InputPath', visit.input, visit);
    return state.parameters ? state.parameters(this.scopeOf(visit, filtered)) : filtered;
  }

  /** ResultPath puts the result into the raw input; then OutputPath selects. */
  private combine(state: PassState | TaskState | ParallelState, result: Json, visit: Visit): Json {
    const combined = state.resultPath === null ? visit.input : state.resultPath.put(visit.input, result);
    return this.filter(state.outputPath, 'OutputPath', combined, visit);
  }

  private filter(path: Path | null, field: string, value: Json, visit: Visit): Json {
    return path === null ? {} : path.get(this.scopeOf(visit, value), 'States.Runtime', field);
  }

  /** A state that ends because another branch of its Parallel state failed. */
  aborted(visit: Visit): void {
    if (this.options.isRunning()) this.record(visit.line, `${visit.state.type}StateAborted`);
  }
}

const OF_THE_INTERPRETER = [
  'States.Runtime',
  'States.ParameterPathFailure',
  'States.ResultPathMatchFailure',
  'States.IntrinsicFailure',
  'States.NoChoiceMatched',
];

/** Says where an error of the interpreter itself arose, as AWS does. */
function located(error: unknown, visit: Visit): unknown {
  if (!(error instanceof Failure) || 'located' in error || !OF_THE_INTERPRETER.includes(error.error ?? '')) return error;
  const cause = `An error occurred while executing the state '${visit.state.name}' (entered at the event id #${visit.enteredEvent}). ${error.reason}`;
  return Object.assign(new Failure(error.error, cause), { located: true });
}
