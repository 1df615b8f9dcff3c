import type { Clock } from '../../clock/clock';

/** Lets one function run at a time, so that simulated runs are the same each time. Others wait on the clock, in order. */
export class Turn {
  private holder: string | undefined;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly clock: Clock) {}

  /** @param who the role that the work runs as; a call that this role makes meanwhile comes from inside and does not wait */
  async take<T>(who: string, caller: string, work: () => Promise<T>): Promise<T> {
    if (this.holder !== undefined && this.holder === caller) return work();
    if (this.holder !== undefined) await this.clock.waitFor(new Promise<void>((resolve) => this.waiting.push(resolve)));
    this.holder = who;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      // The next one is let in before anyone else can come.
      this.holder = next ? 'handed over' : undefined;
      next?.();
    }
  }
}
