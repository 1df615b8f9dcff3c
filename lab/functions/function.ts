import type { AccessKey } from '../kernel/access-key';
import type { Code } from './code';

/** What is needed to run a function. */
export interface RunnableFunction {
  readonly name: string;
  readonly version: string;
  readonly code: Code;
  /** `<file>.<export>`, e.g. `index.handler`. */
  readonly handler: string;
  /** Real seconds, never scaled. */
  readonly timeoutSeconds: number;
  readonly memoryMb: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly roleArn: string;
}

/** One call of a function. */
export interface Invocation {
  readonly requestId: string;
  /** The event, as JSON. */
  readonly event: string;
  /** Lambda's context object, as far as it is data. */
  readonly context: Readonly<Record<string, string>>;
}

/** An error as Lambda reports it. */
export interface FunctionError {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

/** What came of a call: the result as JSON, or the error. */
export type InvocationResult = { readonly payload: string } | { readonly error: FunctionError };

/** Credentials of a worker. They stay with it; which role they stand for is said anew with each lease. */
export type LeasedKey = Required<Omit<AccessKey, 'expires'>>;
