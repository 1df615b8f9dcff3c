import * as sdk from '@aws-sdk/client-sfn';
import type { LabContext } from '../../kernel/context';
import type { ResourceProvider } from '../../kernel/resources';
import { AwsError, type Operation, type Principal, type Service } from '../../kernel/service';
import type { HistoryEvent } from '../../states/history';
import { Executions, type StartedExecution, statusOf } from './executions';
import type { TaskServices } from './integrations';
import { type StateMachine, stateMachineProvider } from './state-machine';

export type { BuildStarter } from './integrations';

/** What StepFunctionsService needs of others. */
export type StepFunctionsDeps = TaskServices;

/** AWS Step Functions, Standard workflows: state machines, their executions and histories. */
export class StepFunctionsService implements Service {
  readonly signingName = 'states';
  readonly sdk = sdk as unknown as Record<string, unknown>;
  readonly client = 'SFNClient';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly machines = new Map<string, StateMachine>();
  private readonly executions: Executions;

  constructor(
    private readonly context: LabContext,
    private readonly deps: StepFunctionsDeps,
  ) {
    this.executions = new Executions(context);
    const ofMachine = (action: string) => (input: { stateMachineArn?: string }) => [
      { action: `states:${action}`, resource: input.stateMachineArn ?? '*' },
    ];
    const ofExecution = (action: string) => (input: { executionArn?: string }) => [
      { action: `states:${action}`, resource: input.executionArn ?? '*' },
    ];
    this.operations = {
      StartExecution: { authorize: ofMachine('StartExecution'), handle: (input) => this.handleStart(input) },
      DescribeExecution: {
        authorize: ofExecution('DescribeExecution'),
        handle: (input) => this.describe(this.executions.get(input.executionArn)),
      },
      StopExecution: { authorize: ofExecution('StopExecution'), handle: (input) => this.handleStop(input) },
      GetExecutionHistory: { authorize: ofExecution('GetExecutionHistory'), handle: (input) => this.handleHistory(input) },
      ListExecutions: { authorize: ofMachine('ListExecutions'), handle: (input) => this.handleList(input) },
      DescribeStateMachine: { authorize: ofMachine('DescribeStateMachine'), handle: (input) => this.handleDescribeMachine(input) },
    };
  }

  providers(): ResourceProvider[] {
    return [stateMachineProvider(this.context, this.deps, this.machines)];
  }

  /** Starts an execution from inside the lab; the caller was checked, or is a person. @throws AwsError as the API's StartExecution */
  startExecution(stateMachineArn: string, input: unknown, name?: string): { executionArn: string } {
    const started = this.executions.start(this.machine(stateMachineArn), name ?? this.context.random.uuid(), JSON.stringify(input));
    return { executionArn: started.arn };
  }

  /** As EventBridge starts an execution: with a role that must have `states:StartExecution`. @throws AwsError */
  startExecutionAs(role: Principal, stateMachineArn: string, input: unknown, name: string): { executionArn: string } {
    this.deps.iam.check(role, [{ action: 'states:StartExecution', resource: stateMachineArn }]);
    return this.startExecution(stateMachineArn, input, name);
  }

  /** Ends an execution at once; its Catch does not run. */
  stopExecution(executionArn: string, error?: string, cause?: string): void {
    this.executions.get(executionArn).execution.stop(error, cause);
  }

  /** Resolves when the execution has ended. In an actor, wait for it with `clock.waitFor`. */
  async waitForExecution(executionArn: string): Promise<ReturnType<StepFunctionsService['describe']>> {
    const started = this.executions.get(executionArn);
    await started.execution.ended;
    return this.describe(started);
  }

  /** What DescribeExecution gives. @throws AwsError ExecutionDoesNotExist */
  describeExecution(executionArn: string): ReturnType<StepFunctionsService['describe']> {
    return this.describe(this.executions.get(executionArn));
  }

  /** All events so far. @throws AwsError ExecutionDoesNotExist */
  history(executionArn: string): readonly HistoryEvent[] {
    return this.executions.get(executionArn).execution.events;
  }

  /** ARNs of a state machine's executions, the newest first. */
  executionsOf(stateMachineArn: string): string[] {
    return this.executions.of(stateMachineArn).map(({ arn }) => arn);
  }

  private machine(stateMachineArn: string): StateMachine {
    const machine = this.machines.get(stateMachineArn);
    if (!machine) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${stateMachineArn}'`);
    return machine;
  }

  private handleStart({ stateMachineArn, name, input }: sdk.StartExecutionInput) {
    const started = this.executions.start(this.machine(stateMachineArn ?? ''), name ?? this.context.random.uuid(), input ?? '{}');
    return { executionArn: started.arn, startDate: new Date(started.execution.startedAt) };
  }

  private handleStop({ executionArn, error, cause }: sdk.StopExecutionInput) {
    const { execution } = this.executions.get(executionArn ?? '');
    execution.stop(error, cause);
    return { stopDate: new Date(execution.endedAt as number) };
  }

  private describe(started: StartedExecution) {
    const { execution } = started;
    const { outcome } = execution;
    const included = { included: true };
    return {
      executionArn: started.arn,
      stateMachineArn: started.stateMachine.arn,
      name: started.name,
      status: statusOf(started),
      startDate: new Date(execution.startedAt),
      ...(execution.endedAt !== undefined && { stopDate: new Date(execution.endedAt) }),
      input: started.input,
      inputDetails: included,
      ...(outcome?.status === 'SUCCEEDED' && { output: JSON.stringify(outcome.output), outputDetails: included }),
      ...(outcome && outcome.status !== 'SUCCEEDED' && { error: outcome.error, cause: outcome.cause }),
      redriveCount: 0,
    };
  }

  private handleHistory(input: sdk.GetExecutionHistoryInput) {
    const all = [...this.executions.get(input.executionArn ?? '').execution.events];
    if (input.reverseOrder) all.reverse();
    const { items, nextToken } = page(all, input.maxResults, input.nextToken);
    return { events: input.includeExecutionData === false ? items.map(withoutData) : items, nextToken };
  }

  private handleList(input: sdk.ListExecutionsInput) {
    const machine = this.machine(input.stateMachineArn ?? '');
    const all = this.executions
      .of(machine.arn)
      .filter((started) => input.statusFilter === undefined || statusOf(started) === input.statusFilter);
    const { items, nextToken } = page(all, input.maxResults, input.nextToken);
    const executions = items.map((started) => {
      const { executionArn, stateMachineArn, name, status, startDate, stopDate } = this.describe(started);
      return { executionArn, stateMachineArn, name, status, startDate, stopDate };
    });
    return { executions, nextToken };
  }

  private handleDescribeMachine(input: sdk.DescribeStateMachineInput) {
    const { arn, name, definition, roleArn, createdAt } = this.machine(input.stateMachineArn ?? '');
    return {
      stateMachineArn: arn,
      name,
      status: 'ACTIVE' as const,
      definition,
      roleArn,
      type: 'STANDARD' as const,
      creationDate: createdAt,
    };
  }
}

/** One page: 100 items where the caller does not say, 1,000 at most. */
function page<T>(all: readonly T[], maxResults: number | undefined, token: string | undefined): { items: T[]; nextToken?: string } {
  const from = token === undefined ? 0 : Number(Buffer.from(token, 'base64').toString());
  if (!Number.isInteger(from) || from < 0) throw new AwsError('InvalidToken', `Invalid Token: '${token}'`);
  const to = from + Math.min(maxResults || 100, 1000);
  return { items: all.slice(from, to), ...(to < all.length && { nextToken: Buffer.from(String(to)).toString('base64') }) };
}

const DATA = ['input', 'output', 'parameters', 'cause'];

function withoutData(event: HistoryEvent): HistoryEvent {
  const strip = ([name, value]: [string, unknown]): [string, unknown] => {
    if (typeof value !== 'object' || value === null || value instanceof Date) return [name, value];
    return [name, Object.fromEntries(Object.entries(value).filter(([field]) => !DATA.includes(field)))];
  };
  return Object.fromEntries(Object.entries(event).map(strip)) as unknown as HistoryEvent;
}
