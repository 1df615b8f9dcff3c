import { setTimeout as pause } from 'node:timers/promises';
import {
  DescribeExecutionCommand,
  type DescribeExecutionOutput,
  GetExecutionHistoryCommand,
  SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { ExitCode } from './exit-code';
import type { Terminal } from './terminal';

/** What an execution says of itself at its end: the output of a promotion, the cause of a roll-back or refusal. */
export interface Outcome {
  readonly verdict: string;
  readonly release?: string;
  readonly previous?: string;
  readonly cause?: string;
}

/** Starts the state machine with this input and returns the execution's ARN. */
export async function startExecution(stateMachineArn: string, input: object): Promise<string> {
  const started = await new SFNClient({}).send(new StartExecutionCommand({ stateMachineArn, input: JSON.stringify(input) }));
  return started.executionArn!;
}

/** The name of the state that an execution entered last. */
export async function currentState(executionArn: string): Promise<string | undefined> {
  const page = await new SFNClient({}).send(new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: 20 }));
  return page.events?.find((event) => event.stateEnteredEventDetails !== undefined)?.stateEnteredEventDetails?.name;
}

/** Waits until the execution has ended, telling each new state on the way. */
export async function followExecution(executionArn: string, pollSeconds: number, terminal: Terminal): Promise<DescribeExecutionOutput> {
  const client = new SFNClient({});
  let shown: string | undefined;
  for (;;) {
    const execution = await client.send(new DescribeExecutionCommand({ executionArn }));
    if (execution.status !== 'RUNNING') return execution;
    const state = await currentState(executionArn);
    if (state !== shown) terminal.progress(`${executionArn.split(':').at(-1)}: ${state}`);
    shown = state;
    await pause(pollSeconds * 1000);
  }
}

/** The outcome of an execution that has ended; undefined where it was stopped or timed out and so said nothing. */
export function outcomeOf(execution: Pick<DescribeExecutionOutput, 'status' | 'output' | 'cause'>): Outcome | undefined {
  const text = execution.status === 'SUCCEEDED' ? execution.output : execution.status === 'FAILED' ? execution.cause : undefined;
  if (text === undefined) return undefined;
  try {
    const outcome = JSON.parse(text);
    return typeof outcome?.verdict === 'string' ? outcome : undefined;
  } catch {
    return undefined;
  }
}

/** The exit code that belongs to an execution's end. */
export function exitCodeOf(execution: Pick<DescribeExecutionOutput, 'status' | 'output' | 'cause'>): number {
  if (execution.status === 'SUCCEEDED') return ExitCode.DONE;
  const verdict = outcomeOf(execution)?.verdict;
  if (verdict === 'rolledBack') return ExitCode.ROLLED_BACK;
  if (verdict === 'refused') return ExitCode.REFUSED;
  if (verdict === 'held') return ExitCode.HELD;
  return ExitCode.UNKNOWN;
}
