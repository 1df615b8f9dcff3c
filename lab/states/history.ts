/** An event as GetExecutionHistory returns it, in the names of SDK v3. */
export interface HistoryEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly timestamp: Date;
  readonly type: string;
  /** One of the `...EventDetails` members, according to the type. */
  readonly [details: `${string}EventDetails`]: unknown;
}

/** One line of events: the execution's, or that of a branch of a Parallel state. */
export interface Thread {
  /** Id of the event that the next one follows. */
  previous: number;
}

/** The events of an execution, in order. */
export class History {
  readonly events: HistoryEvent[] = [];

  constructor(private readonly now: () => number) {}

  /** Adds an event after the thread's last one. */
  add(thread: Thread, type: string, details?: Readonly<Record<`${string}EventDetails`, unknown>>): void {
    const id = this.events.length + 1;
    this.events.push({ id, previousEventId: thread.previous, timestamp: new Date(Math.floor(this.now())), type, ...details });
    thread.previous = id;
  }
}
