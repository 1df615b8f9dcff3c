/**
 * The lab's time. Everything that AWS would make us wait for waits on a clock;
 * what machines really do (time-outs of functions and commands, HTTP) does not.
 *
 * An *actor* is a piece of concurrent work that may wait: an execution, an instance
 * that boots, a build. Actors wait only through `sleep` and `waitFor`; on a virtual clock
 * time moves only while every actor is waiting, and one actor is woken at a time, so a run
 * is the same each time.
 */
export interface Clock {
  /** The lab's time, in milliseconds since 1970. */
  now(): number;
  /** Waits for `ms` milliseconds of the lab's time. Call it in an actor only. */
  sleep(ms: number): Promise<void>;
  /** Waits for something that another actor or a timer brings about, letting time pass. Call it in an actor only. */
  waitFor<T>(event: Promise<T>): Promise<T>;
  /** Starts an actor. What it throws ends the lab's run: it is a defect of the lab. */
  spawn(name: string, actor: () => Promise<void>): void;
  /** Runs an actor `ms` milliseconds of the lab's time from now, unless cancelled before. */
  after(ms: number, name: string, actor: () => void | Promise<void>): Timer;
  /**
   * Runs `body` as an actor from outside (a test, a command) and lets time pass until it has ended.
   * Timers that are due later stay pending.
   */
  run<T>(body: () => Promise<T>): Promise<T>;
  /** Drops all timers; later calls of `sleep` never return. */
  stop(): void;
}

/** A pending call of `Clock.after`. */
export interface Timer {
  cancel(): void;
}
