import { mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../clock/clock';
import { ProcessGroup } from './process-group';
import type { ServiceUnit } from './unit-file';
import { accountOf, type UserAccount } from './user-account';

export type UnitState = 'inactive' | 'activating' | 'active' | 'failed';

/** What all units of one machine share. */
export interface Machine {
  readonly clock: Clock;
  readonly directory: string;
  /** What every service has in its environment; systemd passes nothing else on. */
  readonly environment: Readonly<Record<string, string>>;
  readonly logDirectory: string;
}

/** Real time between SIGTERM and SIGKILL; systemd's default, TimeoutStopSec. */
const STOP_MS = 90_000;
/** systemd gives up on a service that started so often ... */
const START_LIMIT = 5;
/** ... in so long (real time). */
const START_LIMIT_MS = 10_000;

/** Signals that end a service well, as systemd sees it. */
const CLEAN_SIGNALS: readonly (NodeJS.Signals | undefined)[] = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGPIPE'];

/** A service as a process of the lab; restarts are real, as a process manager's are. */
export class ServiceRunner {
  state: UnitState = 'inactive';
  /** The lab's time of the last start. */
  activatedAt: number | undefined;
  /** The lab's time of the last end. */
  endedAt: number | undefined;
  private process: ProcessGroup | undefined;
  private account: UserAccount | undefined;
  private wanted = false;
  private starts: number[] = [];
  private restartTimer: NodeJS.Timeout | undefined;
  private readonly listeners: (() => void)[] = [];

  constructor(
    private readonly name: string,
    private unit: ServiceUnit,
    private readonly machine: Machine,
  ) {}

  /** Called each time the service is no longer active. */
  onEnded(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** Starts it; a oneshot has ended when this resolves. @returns whether it worked */
  async start(unit: ServiceUnit = this.unit): Promise<boolean> {
    if (this.state === 'active' || this.state === 'activating') return true;
    this.account = accountOf(unit.user);
    this.unit = unit;
    this.wanted = true;
    this.starts = [];
    return this.launch();
  }

  async stop(graceMs = STOP_MS): Promise<void> {
    const ran = this.state !== 'failed';
    this.wanted = false;
    clearTimeout(this.restartTimer);
    await this.process?.end(graceMs);
    if (ran) this.state = 'inactive';
  }

  private launch(): Promise<boolean> {
    this.state = 'activating';
    this.activatedAt = this.machine.clock.now();
    this.starts.push(Date.now());
    return this.unit.type === 'simple' ? this.launchSimple() : this.launchOneshot();
  }

  private async launchSimple(): Promise<boolean> {
    const started = this.run(this.unit.commands[0]);
    this.state = 'active';
    void started.ended.then(({ exitCode, signal }) => {
      started.signal('SIGKILL');
      this.ended(exitCode === 0 || CLEAN_SIGNALS.includes(signal));
    });
    await new Promise((resolve) => setImmediate(resolve));
    return this.state === 'active';
  }

  private async launchOneshot(): Promise<boolean> {
    for (const command of this.unit.commands) {
      const { exitCode } = await this.run(command).ended;
      if (exitCode !== 0 || !this.wanted) {
        this.ended(!this.wanted);
        return false;
      }
    }
    this.ended(true);
    return true;
  }

  private run([command, ...rest]: readonly string[]): ProcessGroup {
    const log = path.join(this.machine.logDirectory, `${this.name}.log`);
    const { account } = this;
    for (const folder of this.unit.runtimeDirectories) mkdirSync(path.join(this.machine.directory, 'run', folder), { recursive: true });
    this.process = new ProcessGroup({
      command,
      arguments: rest,
      directory: this.unit.directory ?? this.machine.directory,
      environment: { ...this.machine.environment, ...(account && { HOME: account.home }), ...this.unit.environment },
      stdout: log,
      stderr: log,
      account,
    });
    return this.process;
  }

  private ended(well: boolean): void {
    const { restart, restartMs } = this.unit;
    this.endedAt = this.machine.clock.now();
    this.starts = this.starts.filter((at) => at > Date.now() - START_LIMIT_MS);
    const again = this.wanted && (restart === 'always' || (restart === 'on-failure' && !well));
    if (again && this.starts.length < START_LIMIT) {
      this.state = 'activating';
      this.restartTimer = setTimeout(() => void this.launch(), restartMs);
      return;
    }
    this.state = well && !again ? 'inactive' : 'failed';
    for (const listener of this.listeners) listener();
  }
}
