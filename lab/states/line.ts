import type { Thread } from './history';

/** Thrown through a line of execution that was stopped: nobody catches it but the line's own actor. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** One line of execution, whole or a branch of a Parallel state: where its events go on, and whether it still runs. */
export class Line implements Thread {
  previous: number;
  private isStopped = false;
  private readonly listeners = new Set<() => void>();

  constructor(previous = 0) {
    this.previous = previous;
  }

  get stopped(): boolean {
    return this.isStopped;
  }

  /** Stops it and its branches; what it waits for is told at once. */
  stop(): void {
    if (this.isStopped) return;
    this.isStopped = true;
    for (const listener of [...this.listeners]) listener();
    this.listeners.clear();
  }

  /** Calls back when it is stopped, until the returned function is called. */
  onStop(listener: () => void): () => void {
    this.check();
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** A branch that begins after this line's last event. */
  branch(): Line {
    const branch = new Line(this.previous);
    this.onStop(() => branch.stop());
    return branch;
  }

  /** @throws Stopped */
  check(): void {
    if (this.isStopped) throw new Stopped();
  }
}
