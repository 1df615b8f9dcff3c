import type { Clock, Timer } from '../../clock/clock';
import type { LaunchHook } from './model';

/** How a wait ended, and in the words of the scaling activity why. */
export interface WaitResult {
  readonly result: 'CONTINUE' | 'ABANDON';
  readonly reason: string;
}

/** No heartbeat holds an instance longer than 48 hours or 100 heartbeat time-outs. */
const LONGEST_SECONDS = 48 * 3600;

/** A lifecycle action: an instance held back by the launch hook until it is completed, or until its time is up. */
export class LaunchWait {
  readonly ended: Promise<WaitResult>;
  private resolve!: (result: WaitResult) => void;
  private readonly latest: number;
  private timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    readonly hook: LaunchHook,
    /** Identifies the action in calls. */
    readonly token: string,
  ) {
    this.ended = new Promise((resolve) => {
      this.resolve = resolve;
    });
    this.latest = clock.now() + Math.min(LONGEST_SECONDS, 100 * hook.heartbeatSeconds) * 1000;
    this.heartbeat();
  }

  /** Starts the heartbeat time-out anew. */
  heartbeat(): void {
    this.timer?.cancel();
    const wait = Math.min(this.hook.heartbeatSeconds * 1000, Math.max(0, this.latest - this.clock.now()));
    this.timer = this.clock.after(wait, `heartbeat of ${this.hook.name}`, () =>
      this.resolve({ result: this.hook.defaultResult, reason: 'Heartbeat Timeout' }),
    );
  }

  complete(result: 'CONTINUE' | 'ABANDON', reason = `Lifecycle Action Completed with ${result} Result`): void {
    this.timer?.cancel();
    this.resolve({ result, reason });
  }
}
