import { arn, type LabContext } from '../../kernel/context';
import { AwsError } from '../../kernel/service';
import { draw } from '../../states/durations';
import { AWS_LIMITS, Execution, type Outcome } from '../../states/interpret';
import type { Json } from '../../states/json';
import type { StateMachine } from './state-machine';

/** An execution, running or ended, with what it was started with. */
export interface StartedExecution {
  readonly arn: string;
  readonly name: string;
  readonly stateMachine: StateMachine;
  /** As it was given, to the byte. */
  readonly input: string;
  readonly execution: Execution;
}

/** The executions of an account. */
export class Executions {
  private readonly byArn = new Map<string, StartedExecution>();

  constructor(private readonly context: LabContext) {}

  /**
   * Starts an execution, as an actor of the clock.
   *
   * @throws AwsError ExecutionAlreadyExists for a name that was used with another input or whose execution has ended; InvalidName; InvalidExecutionInput
   */
  start(stateMachine: StateMachine, name: string, input: string): StartedExecution {
    if (!/^[^\s<>{}[\]?*"#%\\^|~`$&,;:/]{1,80}$/.test(name)) throw new AwsError('InvalidName', `Invalid Name: '${name}'`);
    const executionArn = arn(this.context, 'states', `execution:${stateMachine.name}:${name}`);
    const before = this.byArn.get(executionArn);
    if (before) {
      if (before.execution.outcome === undefined && before.input === input) return before;
      throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${executionArn}'`);
    }
    const { clock, random, speed } = this.context;
    const execution = new Execution(stateMachine.machine, parseInput(input), {
      clock,
      random,
      execution: { id: executionArn, name, roleArn: stateMachine.roleArn },
      stateMachine: { id: stateMachine.arn, name: stateMachine.name },
      taskTime: speed === 'live' ? 'real' : 'lab',
      transition: speed === 'simulated' ? () => draw('transition', random) : undefined,
      onEnd: () => this.announce(started),
    });
    const started: StartedExecution = { arn: executionArn, name, stateMachine, input, execution };
    this.byArn.set(executionArn, started);
    this.announce(started);
    execution.start();
    return started;
  }

  /** @throws AwsError ExecutionDoesNotExist */
  get(executionArn: string): StartedExecution {
    const found = this.byArn.get(executionArn);
    if (!found) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${executionArn}'`);
    return found;
  }

  /** The newest first. */
  of(stateMachineArn: string): StartedExecution[] {
    return [...this.byArn.values()].filter(({ stateMachine }) => stateMachine.arn === stateMachineArn).reverse();
  }

  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html */
  private announce(started: StartedExecution): void {
    const { execution } = started;
    const outcome: Outcome | undefined = execution.outcome;
    const output = outcome?.status === 'SUCCEEDED' ? JSON.stringify(outcome.output) : null;
    const failure = outcome !== undefined && outcome.status !== 'SUCCEEDED' ? outcome : undefined;
    this.context.events.emit({
      source: 'aws.states',
      'detail-type': 'Step Functions Execution Status Change',
      resources: [started.arn],
      detail: {
        executionArn: started.arn,
        stateMachineArn: started.stateMachine.arn,
        name: started.name,
        status: statusOf(started),
        startDate: execution.startedAt,
        stopDate: execution.endedAt ?? null,
        input: started.input,
        inputDetails: { included: true },
        output,
        outputDetails: output === null ? null : { included: true },
        error: failure?.error ?? null,
        cause: failure?.cause ?? null,
      },
    });
  }
}

/** RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED. */
export function statusOf({ execution }: StartedExecution): 'RUNNING' | Outcome['status'] {
  return execution.outcome?.status ?? 'RUNNING';
}

function parseInput(input: string): Json {
  if (Buffer.byteLength(input) > AWS_LIMITS.bytes) {
    throw new AwsError('ValidationException', `'input' must have length less than or equal to ${AWS_LIMITS.bytes}`);
  }
  try {
    return JSON.parse(input) as Json;
  } catch (error) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(error as Error).message}'`);
  }
}
