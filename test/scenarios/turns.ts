import type { SimulatedLab } from '../../lab/simulated-lab';

/**
 * Lets executions take turns, one API call of their functions at a time: every call is held back until its execution is let on.
 * Only one execution runs at any moment, so a call that comes is that one's. The lab must not serialise its functions.
 */
export class Turns {
  private readonly held = new Map<string, () => void>();
  private running = '';
  private hasCome: () => void = () => {};
  private isOver = false;

  constructor(private readonly lab: SimulatedLab) {
    lab.account.wire.onCall(() => this.called());
  }

  /** Starts an execution and lets it run until its first call is held. Call it in an actor. */
  async begin(start: () => string): Promise<string> {
    this.isOver = false;
    const comes = this.nextCall();
    const execution = start();
    this.running = execution;
    await this.lab.account.context.clock.waitFor(comes);
    return execution;
  }

  /** Lets an execution make the call that is held and run on until its next one, or its end. Call it in an actor. */
  async on(execution: string): Promise<void> {
    const { stepFunctions, context } = this.lab.account;
    const comes = this.nextCall();
    this.running = execution;
    this.letGo(execution);
    await context.clock.waitFor(Promise.race([comes, stepFunctions.waitForExecution(execution)]));
  }

  /** True while a call of the execution is held. */
  holds(execution: string): boolean {
    return this.held.has(execution);
  }

  /** Holds nobody any more. */
  end(): void {
    this.isOver = true;
    for (const execution of [...this.held.keys()]) this.letGo(execution);
  }

  private nextCall(): Promise<void> {
    return new Promise((resolve) => {
      this.hasCome = resolve;
    });
  }

  private letGo(execution: string): void {
    this.held.get(execution)?.();
    this.held.delete(execution);
  }

  /** The call stands for the actor that waits for the function, so time may pass while it is held. */
  private async called(): Promise<void> {
    if (this.isOver) return;
    const released = new Promise<void>((resolve) => void this.held.set(this.running, resolve));
    this.hasCome();
    await this.lab.account.context.clock.waitFor(released);
  }
}
