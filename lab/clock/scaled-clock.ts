import type { Clock, Timer } from './clock';

/** Node fires longer ones at once. */
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;

/** Live time, `scale` times faster than the wall clock: at 60 a minute takes a second. */
export class ScaledClock implements Clock {
  private readonly started = process.hrtime.bigint();
  private readonly pending = new Set<Timer>();
  private readonly failures = new Set<(error: unknown) => void>();
  private stopped = false;
  private readonly epoch: number;

  constructor(
    start: Date,
    private readonly scale: number,
    private readonly onDefect: (error: unknown) => void,
  ) {
    if (!(scale > 0)) throw new RangeError(`the clock's scale must be above 0, got ${scale}`);
    this.epoch = start.getTime();
  }

  now(): number {
    const realMs = Number(process.hrtime.bigint() - this.started) / 1e6;
    return this.epoch + realMs * this.scale;
  }

  /** Real time in milliseconds since 1970, with fractions as `performance.now` has them, at a moment of the lab's time that has passed. */
  wallTime(moment: number): number {
    return performance.timeOrigin + performance.now() - (this.now() - moment) / this.scale;
  }

  async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => void this.set(ms, resolve));
  }

  waitFor<T>(event: Promise<T>): Promise<T> {
    return event;
  }

  spawn(_name: string, actor: () => Promise<void>): void {
    actor().catch((error) => this.fail(error));
  }

  after(ms: number, name: string, actor: () => void | Promise<void>): Timer {
    return this.set(ms, () => this.spawn(name, async () => actor()));
  }

  async run<T>(body: () => Promise<T>): Promise<T> {
    let fail: (error: unknown) => void = () => {};
    const failure = new Promise<never>((_resolve, reject) => {
      fail = reject;
    });
    this.failures.add(fail);
    try {
      return await Promise.race([body(), failure]);
    } finally {
      this.failures.delete(fail);
    }
  }

  stop(): void {
    this.stopped = true;
    for (const timer of this.pending) timer.cancel();
  }

  /** Wakes at the time or later, never earlier: Node's timers round down and end after 2^31 ms at most. */
  private set(ms: number, wake: () => void): Timer {
    if (!(ms >= 0 && Number.isFinite(ms))) throw new RangeError(`a wait must be 0 ms or longer, got ${ms}`);
    const due = this.now() + ms;
    let timeout: NodeJS.Timeout | undefined;
    const timer: Timer = {
      cancel: () => {
        clearTimeout(timeout);
        this.pending.delete(timer);
      },
    };
    const arm = (): void => {
      const realMs = (due - this.now()) / this.scale;
      timeout = setTimeout(
        () => {
          if (this.now() < due) return arm();
          this.pending.delete(timer);
          wake();
        },
        Math.min(Math.ceil(realMs), LONGEST_TIMEOUT_MS),
      );
    };
    if (!this.stopped) {
      this.pending.add(timer);
      arm();
    }
    return timer;
  }

  private fail(error: unknown): void {
    for (const fail of this.failures) fail(error);
    this.onDefect(error);
  }
}
