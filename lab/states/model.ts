import type { Condition } from './choice';
import type { Expression, Scope } from './intrinsic';
import type { Json } from './json';
import type { Path } from './path';

/** A definition that was checked and compiled. Also a branch of a Parallel state. */
export interface Machine {
  readonly startAt: string;
  readonly states: ReadonlyMap<string, State>;
  /** Limit of a whole execution, in seconds. */
  readonly timeoutSeconds?: number;
}

export type State = TaskState | ParallelState | PassState | ChoiceState | WaitState | SucceedState | FailState;

interface Filtered {
  readonly name: string;
  /** Null stands for `{}`. */
  readonly inputPath: Path | null;
  /** Null stands for `{}`. */
  readonly outputPath: Path | null;
}

interface Stepping extends Filtered {
  /** Undefined where the state ends its machine or branch. */
  readonly next: string | undefined;
}

interface Computing extends Stepping {
  readonly parameters?: Expression;
  /** Null drops the result and keeps the input. */
  readonly resultPath: Path | null;
}

/** What Task and Parallel share: they may fail, and what then. */
interface Fallible extends Computing {
  readonly resultSelector?: Expression;
  readonly retry: readonly Retrier[];
  readonly catch: readonly Catcher[];
}

export interface TaskState extends Fallible {
  readonly type: 'Task';
  readonly resource: string;
  readonly integration: Integration;
  readonly timeoutSeconds: ((scope: Scope) => number) | undefined;
}

export interface ParallelState extends Fallible {
  readonly type: 'Parallel';
  readonly branches: readonly Machine[];
}

export interface PassState extends Computing {
  readonly type: 'Pass';
  readonly result?: Json;
}

export interface ChoiceState extends Filtered {
  readonly type: 'Choice';
  readonly choices: readonly { readonly condition: Condition; readonly next: string }[];
  readonly otherwise: string | undefined;
}

export interface WaitState extends Stepping {
  readonly type: 'Wait';
  /** When the wait ends, in milliseconds since 1970. */
  readonly until: (scope: Scope, now: number) => number;
}

export interface SucceedState extends Filtered {
  readonly type: 'Succeed';
}

export interface FailState {
  readonly type: 'Fail';
  readonly name: string;
  readonly error?: (scope: Scope) => string;
  readonly cause?: (scope: Scope) => string;
}

/** An entry of `Retry`. */
export interface Retrier {
  readonly errorEquals: readonly string[];
  readonly intervalSeconds: number;
  readonly maxAttempts: number;
  readonly backoffRate: number;
  readonly maxDelaySeconds: number;
  readonly fullJitter: boolean;
}

/** An entry of `Catch`. */
export interface Catcher {
  readonly errorEquals: readonly string[];
  readonly next: string;
  readonly resultPath: Path | null;
}

/** What a Task state's `Resource` stands for: given to the interpreter, which knows no service. */
export interface Integration {
  /** `function`: history has LambdaFunction events. `service`: Task events with these two names. */
  readonly events: { readonly kind: 'function' } | { readonly kind: 'service'; readonly resourceType: string; readonly resource: string };
  /** Does the work. Throws `Failure`. */
  run(parameters: Json, task: RunningTask): Promise<Json>;
}

/** What an integration may tell while its task runs. */
export interface RunningTask {
  /** Says that a `.sync` job was accepted, with the service's answer. */
  submitted(output: Json): void;
  /** Calls back when nobody waits for the task any more: its time is out, or the execution has ended. */
  onAbandoned(abandon: () => void): void;
}

/**
 * Finds what a Task's `Resource` stands for, or throws `DefinitionError` for what is not supported.
 * `parameters` is the raw template, so that unknown parameters are refused when the definition is loaded.
 */
export type ResolveIntegration = (resource: string, parameters: Json | undefined) => Integration;
