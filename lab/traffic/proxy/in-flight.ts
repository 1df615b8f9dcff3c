/** Requests that are with each instance, so that one can be drained. */
export class InFlight {
  private readonly counts = new Map<string, number>();
  private readonly waiting = new Map<string, (() => void)[]>();

  count(instanceId: string): number {
    return this.counts.get(instanceId) ?? 0;
  }

  begin(instanceId: string): void {
    this.counts.set(instanceId, this.count(instanceId) + 1);
  }

  end(instanceId: string): void {
    const left = this.count(instanceId) - 1;
    if (left > 0) {
      this.counts.set(instanceId, left);
      return;
    }
    this.counts.delete(instanceId);
    for (const resolve of this.waiting.get(instanceId) ?? []) resolve();
    this.waiting.delete(instanceId);
  }

  /** Resolves when the instance has no request. */
  async none(instanceId: string): Promise<void> {
    if (this.count(instanceId) === 0) return;
    await new Promise<void>((resolve) => this.waiting.set(instanceId, [...(this.waiting.get(instanceId) ?? []), resolve]));
  }
}
