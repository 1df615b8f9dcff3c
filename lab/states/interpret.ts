import type { Clock } from '../clock/clock';
import type { Random } from '../kernel/random';
import { Failure } from './failure';
import { History, type HistoryEvent, type Thread } from './history';
import type { Json, JsonObject } from './json';
import { Line, Stopped } from './line';
import type { Machine } from './model';
import { Runner } from './runner';

/** What an execution runs in. */
export interface InterpretOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** The fixed part of the context object; `Execution.Input` and `StartTime` are added. */
  readonly execution: { readonly id: string; readonly name: string; readonly roleArn: string };
  readonly stateMachine: { readonly id: string; readonly name: string };
  /** What a task's time-out is measured by: the lab's clock, or real time that is never scaled. */
  readonly taskTime: 'lab' | 'real';
  /** Lab time charged before each state, in milliseconds. Default: none. */
  readonly transition?: () => number;
  /** @default AWS's limits */
  readonly limits?: Limits;
  /** Called once, at the moment the execution ends. */
  readonly onEnd?: (outcome: Outcome) => void;
}

/** Quotas of a Standard workflow. */
export interface Limits {
  /** Events in a history. */
  readonly events: number;
  /** Bytes of any input or output, as UTF-8. */
  readonly bytes: number;
}

/** @see https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html */
export const AWS_LIMITS: Limits = { events: 25_000, bytes: 262_144 };

/** How an execution ended. */
export type Outcome =
  | { readonly status: 'SUCCEEDED'; readonly output: Json }
  | { readonly status: 'FAILED' | 'TIMED_OUT' | 'ABORTED'; readonly error?: string; readonly cause?: string };

const END_EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  TIMED_OUT: 'ExecutionTimedOut',
  ABORTED: 'ExecutionAborted',
};

/** One run of a state machine. */
export class Execution {
  readonly startedAt: number;
  /** Resolves when the execution has ended, however it did. In an actor, wait for it with `clock.waitFor`. */
  readonly ended: Promise<Outcome>;
  private readonly history: History;
  private readonly line = new Line();
  private readonly limits: Limits;
  private result: { outcome: Outcome; at: number } | undefined;
  private resolve: (outcome: Outcome) => void = () => {};
  private cancelTimeout: () => void = () => {};

  constructor(
    private readonly machine: Machine,
    readonly input: Json,
    private readonly options: InterpretOptions,
  ) {
    this.limits = options.limits ?? AWS_LIMITS;
    this.startedAt = Math.floor(options.clock.now());
    this.history = new History(() => options.clock.now());
    this.ended = new Promise((resolve) => {
      this.resolve = resolve;
    });
  }

  get events(): readonly HistoryEvent[] {
    return this.history.events;
  }

  get outcome(): Outcome | undefined {
    return this.result?.outcome;
  }

  /** Milliseconds since 1970; undefined while it runs. */
  get endedAt(): number | undefined {
    return this.result?.at;
  }

  /** Ends it as ABORTED, at once: Catch does not run, and a function that is running goes on. */
  stop(error?: string, cause?: string): void {
    this.end({ status: 'ABORTED', error, cause });
  }

  /** Begins to run as an actor of the clock. */
  start(): void {
    const { clock, execution } = this.options;
    const input = JSON.stringify(this.input);
    // The first state's event follows no other, as in AWS: its previousEventId is 0.
    this.history.add({ previous: 0 }, 'ExecutionStarted', {
      executionStartedEventDetails: { input, inputDetails: { truncated: false }, roleArn: execution.roleArn },
    });
    const { timeoutSeconds } = this.machine;
    if (timeoutSeconds !== undefined) {
      const timer = clock.after(timeoutSeconds * 1000, `time-out of ${execution.name}`, () =>
        this.end({ status: 'TIMED_OUT', error: 'States.Timeout' }),
      );
      this.cancelTimeout = () => timer.cancel();
    }
    clock.spawn(`execution ${execution.name}`, () => this.perform());
  }

  private async perform(): Promise<void> {
    const runner = new Runner(
      { ...this.options, limits: this.limits, isRunning: () => this.result === undefined, contextOf: (state) => this.contextOf(state) },
      (thread, type, details) => this.record(thread, type, details),
    );
    try {
      const output = await runner.runMachine(this.machine, this.input, this.line);
      this.end({ status: 'SUCCEEDED', output });
    } catch (error) {
      if (error instanceof Failure) this.end({ status: 'FAILED', error: error.error, cause: error.reason });
      else if (!(error instanceof Stopped)) throw error;
    }
  }

  /** The last event that fits is the one that ends the execution. */
  private record(thread: Thread, type: string, details?: Parameters<History['add']>[2]): void {
    if (this.result !== undefined) throw new Stopped();
    if (this.history.events.length >= this.limits.events - 1) {
      const cause = `The execution reached the maximum execution history size of ${this.limits.events} events.`;
      this.end({ status: 'FAILED', error: 'States.Runtime', cause }, thread);
      throw new Stopped();
    }
    this.history.add(thread, type, details);
  }

  private end(outcome: Outcome, thread: Thread = this.line): void {
    if (this.result !== undefined) return;
    this.result = { outcome, at: Math.floor(this.options.clock.now()) };
    const type = END_EVENTS[outcome.status];
    const details =
      outcome.status === 'SUCCEEDED'
        ? { output: JSON.stringify(outcome.output), outputDetails: { truncated: false } }
        : { error: outcome.error, cause: outcome.cause };
    this.history.add(thread, type, { [`${type[0].toLowerCase()}${type.slice(1)}EventDetails`]: details });
    this.cancelTimeout();
    this.line.stop();
    this.options.onEnd?.(outcome);
    this.resolve(outcome);
  }

  private contextOf(state: JsonObject): JsonObject {
    const { execution, stateMachine } = this.options;
    return {
      Execution: {
        Id: execution.id,
        Input: this.input,
        Name: execution.name,
        RoleArn: execution.roleArn,
        StartTime: new Date(this.startedAt).toISOString(),
        RedriveCount: 0,
      },
      State: state,
      StateMachine: { Id: stateMachine.id, Name: stateMachine.name },
    };
  }
}

/** Starts an execution of a loaded definition; it runs as an actor of the clock. */
export function interpret(machine: Machine, input: Json, options: InterpretOptions): Execution {
  const execution = new Execution(machine, input, options);
  execution.start();
  return execution;
}
