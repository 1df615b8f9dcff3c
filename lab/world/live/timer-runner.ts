import type { Timer } from '../../clock/clock';
import type { TimerUnit } from './unit-file';
import type { Machine, ServiceRunner, UnitState } from './unit-runner';

/** A timer on the lab's clock. Its next start is reckoned when its service has ended, so runs never overlap. */
export class TimerRunner {
  private timer: Timer | undefined;
  private active = false;

  constructor(
    private readonly unit: TimerUnit,
    private readonly machine: Machine,
    private readonly bootedAt: number,
    private readonly service: ServiceRunner,
  ) {
    service.onEnded(() => this.schedule(false));
  }

  get state(): UnitState {
    return this.active ? 'active' : 'inactive';
  }

  start(): void {
    if (this.active) return;
    this.active = true;
    this.schedule(true);
  }

  stop(): void {
    this.active = false;
    this.timer?.cancel();
  }

  /** A time since boot that has passed counts only when the timer is started. */
  private schedule(initial: boolean): void {
    this.timer?.cancel();
    if (!this.active) return;
    const now = this.machine.clock.now();
    const { onBootMs, onUnitActiveMs, onUnitInactiveMs } = this.unit;
    const { activatedAt, endedAt } = this.service;
    const due: number[] = [];
    if (onBootMs !== undefined && (initial || this.bootedAt + onBootMs > now)) due.push(this.bootedAt + onBootMs);
    if (onUnitActiveMs !== undefined && activatedAt !== undefined) due.push(activatedAt + onUnitActiveMs);
    if (onUnitInactiveMs !== undefined && endedAt !== undefined) due.push(endedAt + onUnitInactiveMs);
    if (due.length === 0) return;
    this.timer = this.machine.clock.after(Math.max(0, Math.min(...due) - now), 'systemd timer', async () => {
      await this.service.start();
    });
  }
}
