import type { Json } from '../../lab/states/json';
import type { RunOptions } from './harness';

/** What one definition must come to. */
export interface Case {
  /** Section of https://states-language.net/spec.html, or a page of https://docs.aws.amazon.com/step-functions/latest/dg/. */
  readonly cites: string;
  readonly does: string;
  readonly machine: object;
  readonly input?: Json;
  readonly options?: RunOptions;
  readonly output?: Json;
  /** The name of the error that fails the execution. */
  readonly error?: string;
  readonly cause?: RegExp;
  readonly seconds?: number;
}

/** The input of cases that give none. */
export const INPUT = { a: { b: 1, c: [10, 20, 30] }, s: 'text', n: null };
