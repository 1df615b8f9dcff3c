import type { CommandInvocationStatus, CommandStatus } from '@aws-sdk/client-ssm';
import type { LabContext } from '../../kernel/context';
import type { World } from '../../kernel/world';

/** How a command goes on one instance. Times are the lab's, in milliseconds. */
export interface Invocation {
  readonly instanceId: string;
  status: CommandInvocationStatus;
  details: string;
  /** -1 before the script has ended. */
  responseCode: number;
  stdout: string;
  stderr: string;
  startedAt?: number;
  endedAt?: number;
}

/** What a command is to do; counts are absolute. */
export interface CommandOrder {
  readonly instanceIds: readonly string[];
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly executionSeconds: number;
  readonly deliverySeconds: number;
  readonly maxConcurrency: number;
  readonly maxErrors: number;
}

/** Time that the service takes to reach an agent, in milliseconds of the lab's time: lowest and highest. */
const DELIVERY_MS = [500, 2500] as const;
/** How often an instance that is offline is looked at: real time at live speed, because time-outs of commands are real there. */
const LOOK_MS = 200;

/**
 * A command on its way over its instances: at most `maxConcurrency` at a time, and no further ones after more than `maxErrors` errors.
 *
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/send-commands-multiple.html
 * @see https://docs.aws.amazon.com/systems-manager/latest/userguide/monitor-commands.html for the statuses
 */
export class CommandRun {
  readonly invocations: readonly Invocation[];
  private readonly waiting: Invocation[];
  private active = 0;
  private cancelled = false;

  constructor(
    private readonly context: LabContext,
    private readonly world: World,
    private readonly order: CommandOrder,
  ) {
    this.invocations = order.instanceIds.map((instanceId) => ({
      instanceId,
      status: 'Pending',
      details: 'Pending',
      responseCode: -1,
      stdout: '',
      stderr: '',
    }));
    this.waiting = [...this.invocations];
  }

  /** Sends to as many instances as may run at once. */
  start(): void {
    while (this.waiting.length > 0 && this.active < this.order.maxConcurrency) {
      const invocation = this.waiting.shift() as Invocation;
      this.active++;
      this.context.clock.spawn(`command on ${invocation.instanceId}`, async () => {
        await this.perform(invocation);
        this.active--;
        if (this.errorCount > this.order.maxErrors) this.drop('Terminated');
        this.start();
      });
    }
  }

  /** Ends what has not begun; AWS does not promise to end more, and the lab does not. */
  cancel(instanceIds: readonly string[] = this.order.instanceIds): void {
    if (this.isOver) return;
    this.cancelled = true;
    this.drop('Cancelled', instanceIds);
  }

  get isOver(): boolean {
    return this.completedCount === this.invocations.length;
  }

  get completedCount(): number {
    return this.invocations.filter(({ status }) => !['Pending', 'InProgress', 'Delayed'].includes(status)).length;
  }

  /** Failed and out of execution time; not those that could not be delivered. */
  get errorCount(): number {
    return this.count('Failed') + this.count('ExecutionTimedOut');
  }

  get deliveryTimedOutCount(): number {
    return this.count('DeliveryTimedOut');
  }

  /** Status and StatusDetails of the whole command. */
  get status(): { status: CommandStatus; details: string } {
    const all = this.invocations.length;
    if (all === 0) return { status: 'Success', details: 'NoInstancesInTag' };
    if (!this.isOver) {
      if (this.cancelled) return { status: 'Cancelling', details: 'Cancelling' };
      const begun = this.invocations.some(({ status }) => status !== 'Pending');
      return begun ? { status: 'InProgress', details: 'InProgress' } : { status: 'Pending', details: 'Pending' };
    }
    if (this.count('Success') === all) return { status: 'Success', details: 'Success' };
    if (this.cancelled) return { status: 'Cancelled', details: 'Cancelled' };
    if (this.errorCount > this.order.maxErrors) return { status: 'Failed', details: 'Failed' };
    if (this.deliveryTimedOutCount === all) return { status: 'TimedOut', details: 'DeliveryTimedOut' };
    return { status: 'Failed', details: 'Incomplete' };
  }

  private async perform(invocation: Invocation): Promise<void> {
    const { clock, random } = this.context;
    await clock.sleep(random.between(...DELIVERY_MS));
    if (!(await this.reached(invocation))) return;
    const { script, environment, executionSeconds } = this.order;
    invocation.status = 'InProgress';
    invocation.details = 'InProgress';
    invocation.startedAt = clock.now();
    const { exitCode, stdout, stderr } = await this.world.runScript(invocation.instanceId, script, environment, executionSeconds);
    Object.assign(invocation, { stdout, stderr, responseCode: exitCode ?? -1 });
    if (exitCode === undefined) this.settle(invocation, 'TimedOut', 'ExecutionTimedOut');
    else if (exitCode === 0) this.settle(invocation, 'Success', 'Success');
    else this.settle(invocation, 'Failed', 'Failed');
  }

  /** Waits for the agent, as long as the delivery time-out and the command let it. */
  private async reached(invocation: Invocation): Promise<boolean> {
    for (let waited = 0; !this.world.agentOnline(invocation.instanceId); waited += LOOK_MS) {
      if (this.cancelled) {
        this.settle(invocation, 'Cancelled', 'Cancelled');
        return false;
      }
      if (waited >= this.order.deliverySeconds * 1000) {
        this.settle(invocation, 'TimedOut', 'DeliveryTimedOut');
        return false;
      }
      await this.look();
    }
    return true;
  }

  private look(): Promise<void> {
    const { clock, speed } = this.context;
    return speed === 'live' ? clock.waitFor(new Promise((resolve) => setTimeout(resolve, LOOK_MS))) : clock.sleep(LOOK_MS);
  }

  private drop(details: 'Terminated' | 'Cancelled', instanceIds: readonly string[] = this.order.instanceIds): void {
    for (const invocation of this.waiting.filter(({ instanceId }) => instanceIds.includes(instanceId))) {
      this.waiting.splice(this.waiting.indexOf(invocation), 1);
      this.settle(invocation, 'Cancelled', details);
    }
  }

  private settle(invocation: Invocation, status: CommandInvocationStatus, details: string): void {
    Object.assign(invocation, { status, details, endedAt: this.context.clock.now() });
  }

  private count(details: string): number {
    return this.invocations.filter((invocation) => invocation.details === details).length;
  }
}
