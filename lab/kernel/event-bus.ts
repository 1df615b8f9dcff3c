/** An event of the account's default bus, in EventBridge's envelope. */
export interface LabEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly resources: readonly string[];
  // biome-ignore lint/suspicious/noExplicitAny: each source has its own shape
  readonly detail: Record<string, any>;
}

/** Carries events from the services that emit them to EventBridge's rules. */
export class EventBus {
  private readonly listeners: ((event: LabEvent) => void)[] = [];

  emit(event: LabEvent): void {
    for (const listener of this.listeners) listener(event);
  }

  subscribe(listener: (event: LabEvent) => void): void {
    this.listeners.push(listener);
  }
}
