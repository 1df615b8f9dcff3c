import type { Clock, Timer } from './clock';

interface Pending {
  readonly at: number;
  readonly order: number;
  readonly wake: () => void;
  cancelled: boolean;
}

/**
 * Simulated time: it stands still while any actor works and jumps to the next timer when all wait.
 * Timers that are due at the same moment fire in the order in which they were set.
 */
export class VirtualClock implements Clock {
  private time: number;
  private working = 0;
  private sequence = 0;
  private timers: Pending[] = [];
  private defect: { error: unknown } | undefined;
  private nudge: (() => void) | undefined;
  private step: Promise<void> | undefined;
  private someRunEnded = false;
  private stopped = false;

  constructor(start: Date) {
    this.time = start.getTime();
  }

  now(): number {
    return this.time;
  }

  async sleep(ms: number): Promise<void> {
    await this.parked(new Promise<void>((resolve) => void this.set(ms, resolve)));
  }

  async waitFor<T>(event: Promise<T>): Promise<T> {
    this.ended();
    try {
      return await event;
    } finally {
      this.working++;
    }
  }

  spawn(_name: string, actor: () => Promise<void>): void {
    this.working++;
    void this.perform(actor);
  }

  after(ms: number, _name: string, actor: () => void | Promise<void>): Timer {
    const timer = this.set(ms, () => void this.perform(async () => actor()));
    return {
      cancel: () => {
        timer.cancelled = true;
      },
    };
  }

  async run<T>(body: () => Promise<T>): Promise<T> {
    let result: { value: T } | { error: unknown } | undefined;
    this.spawn('run', async () => {
      try {
        result = { value: await body() };
      } catch (error) {
        result = { error };
      }
      this.someRunEnded = true;
    });
    while (result === undefined) {
      this.step ??= this.takeStep();
      await this.step;
    }
    if ('error' in result) throw result.error;
    return result.value;
  }

  stop(): void {
    this.stopped = true;
    this.timers = [];
  }

  /** One step of time for all runs at once: until no actor works, and on to the next timer unless a run has ended. */
  private async takeStep(): Promise<void> {
    try {
      await this.quiet();
      if (this.defect !== undefined) throw this.defect.error;
      if (!this.someRunEnded) this.advance();
      this.someRunEnded = false;
    } finally {
      this.step = undefined;
    }
  }

  /** A timer wakes exactly one actor: the count of working actors goes up before it runs. */
  private set(ms: number, wake: () => void): Pending {
    if (!(ms >= 0 && Number.isFinite(ms))) throw new RangeError(`a wait must be 0 ms or longer, got ${ms}`);
    const timer = { at: this.time + ms, order: this.sequence++, wake, cancelled: false };
    if (this.stopped) return timer;
    let low = 0;
    let high = this.timers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.timers[middle].at <= timer.at) low = middle + 1;
      else high = middle;
    }
    this.timers.splice(low, 0, timer);
    return timer;
  }

  private async parked(wakeUp: Promise<void>): Promise<void> {
    this.ended();
    await wakeUp;
  }

  private async perform(actor: () => Promise<void>): Promise<void> {
    try {
      await actor();
    } catch (error) {
      this.defect ??= { error };
    } finally {
      this.ended();
    }
  }

  private ended(): void {
    this.working--;
    if (this.working === 0) this.nudge?.();
  }

  /** Resolves when no actor works, also after the microtasks that a settled event may still wake. */
  private async quiet(): Promise<void> {
    do {
      if (this.working > 0) {
        await new Promise<void>((resolve) => {
          this.nudge = resolve;
        });
      }
      this.nudge = undefined;
      await new Promise((resolve) => setImmediate(resolve));
    } while (this.working > 0);
  }

  private advance(): void {
    let next = this.timers.shift();
    while (next?.cancelled) next = this.timers.shift();
    if (next === undefined) throw new Error('deadlock: every actor waits and no timer is pending');
    this.time = next.at;
    this.working++;
    next.wake();
  }
}
