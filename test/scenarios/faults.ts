import { AwsError } from '../../lab/kernel/service';
import type { Fleet } from './fleet';

/** What a state's function or build is called with, or rather not. */
export interface Attempt {
  readonly kind: 'function' | 'build';
  /** 1 for the first call at this state. */
  readonly number: number;
  readonly execution: string;
}

/** A fault at one state of the machine, in the first execution that comes there. */
export interface Fault {
  /** The execution that met the fault; undefined until then. */
  readonly execution: string | undefined;
}

/** The state that an execution is in. */
export function stateOf(fleet: Fleet, execution: string): string | undefined {
  const history = fleet.lab.account.stepFunctions.history(execution);
  for (let index = history.length - 1; index >= 0; index--) {
    const entered = history[index].stateEnteredEventDetails as { name: string } | undefined;
    if (entered) return entered.name;
  }
  return undefined;
}

/** Calls `meet` before each call of a state's function or build, in the first execution that comes there. What it throws is the call's error. */
export function faultAt(fleet: Fleet, state: string, meet: (attempt: Attempt) => void | Promise<void>): Fault {
  const { lambda, codeBuild, stepFunctions } = fleet.lab.account;
  const fault: { execution: string | undefined; attempts: number } = { execution: undefined, attempts: 0 };
  const arrive = (execution: string, kind: Attempt['kind']): Attempt | undefined => {
    if ((fault.execution !== undefined && fault.execution !== execution) || stateOf(fleet, execution) !== state) return undefined;
    fault.execution = execution;
    return { kind, number: ++fault.attempts, execution };
  };
  lambda.onInvoke(async ({ payload }) => {
    const { execution } = payload as { execution?: string };
    const attempt = execution === undefined ? undefined : arrive(execution, 'function');
    if (attempt) await meet(attempt);
  });
  const startBuild = codeBuild.startBuild.bind(codeBuild);
  codeBuild.startBuild = (input) => {
    const [execution] = stepFunctions.executionsOf(fleet.stateMachineArn);
    const attempt = arrive(execution, 'build');
    if (attempt) void meet(attempt);
    return startBuild(input);
  };
  return fault;
}

/** Runs `act` once, when an execution's function at this state is called for the `times`-th time. */
export function whenAt(fleet: Fleet, state: string, act: () => void | Promise<void>, times = 1): void {
  faultAt(fleet, state, async ({ number }) => {
    if (number === times) await act();
  });
}

/** What a function or a build is refused with for a moment. */
export function throttled(): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.');
}

/** Words of the lasting fault, which the cause must repeat. */
export const BROKEN = 'this service is broken today';

export function broken(): AwsError {
  return new AwsError('ServiceException', BROKEN);
}

/** Another execution holds the lock from now on: as after an execution that slept through its recovery. */
export function stealLock(fleet: Fleet): void {
  const { dynamoDb } = fleet.lab.account;
  const lock = fleet.lock()!;
  const holder = `${fleet.stateMachineArn.replace(':stateMachine:', ':execution:')}:another`;
  const Item = { ...lock, epoch: { N: String(Number(lock.epoch.N) + 1) }, holder: { S: holder } };
  dynamoDb.operations.PutItem.handle({ TableName: fleet.parameter.table, Item }, { principal: { kind: 'operator', arn: 'test' } } as never);
}

/** Waits, in an actor, until nobody holds the lock. */
export async function freed(fleet: Fleet, minutes = 60): Promise<void> {
  const { clock } = fleet.lab.account.context;
  for (let waited = 0; (fleet.lock()?.holder?.S ?? '') !== ''; waited += 0.5) {
    if (waited > minutes) throw new Error(`the lock must be free within ${minutes} minutes, but ${fleet.lock()?.holder?.S} holds it`);
    await clock.sleep(30_000);
  }
}
