import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { TimerRunner } from './timer-runner';
import { parseUnit } from './unit-file';
import { type Machine, ServiceRunner, type UnitState } from './unit-runner';

/** What a `systemctl` command prints and exits with. */
export interface CommandReply {
  readonly exitCode: number;
  readonly output: string;
}

/** Exit codes of systemctl: LSB's for `is-active`, and its own for a unit that is not there. */
const NOT_ACTIVE = 3;
const NO_UNIT = 5;

/** The part of systemd that the lab has: services and timers of the units in `etc/systemd/system`. */
export class ServiceManager {
  private readonly services = new Map<string, ServiceRunner>();
  private readonly timers = new Map<string, TimerRunner>();
  private readonly bootedAt: number;
  private goingDown = false;

  constructor(private readonly machine: Machine) {
    this.bootedAt = machine.clock.now();
  }

  /** Runs one command of `systemctl`; what the lab does not know is refused. */
  async systemctl(words: readonly string[]): Promise<CommandReply> {
    const options = words.filter((word) => word.startsWith('-'));
    const [verb, ...names] = words.filter((word) => !word.startsWith('-'));
    const unknown = options.filter((option) => option !== '--no-block' && !(option === '--now' && verb === 'enable'));
    if (unknown.length > 0) return failure(1, `the lab's systemctl does not know ${unknown.join(' ')} of '${words.join(' ')}'`);
    try {
      if (verb === 'daemon-reload' && names.length === 0) return success();
      if (names.length === 0) return failure(1, `the lab's systemctl does not know '${words.join(' ')}'`);
      for (const name of names.map(fullName)) {
        const applied = this.apply(verb, name, options.includes('--now'));
        if (options.includes('--no-block') && existsSync(this.file(name))) {
          void applied.catch(() => {});
          continue;
        }
        const reply = await applied;
        if (reply.exitCode !== 0) return reply;
        if (verb === 'is-active' && names.length === 1) return reply;
      }
      return success();
    } catch (error) {
      return failure(1, (error as Error).message);
    }
  }

  /** Ends every service and timer; nothing is started afterwards. */
  async stopAll(graceMs: number): Promise<void> {
    this.goingDown = true;
    for (const timer of this.timers.values()) timer.stop();
    await Promise.all([...this.services.values()].map((service) => service.stop(graceMs)));
  }

  private async apply(verb: string, name: string, now: boolean): Promise<CommandReply> {
    if (!existsSync(this.file(name))) return failure(verb === 'is-active' ? NOT_ACTIVE : NO_UNIT, `Unit ${name} not found.`);
    switch (verb) {
      case 'enable':
        this.parse(name);
        return now ? this.start(name) : success();
      case 'start':
        return this.start(name);
      case 'stop':
        await this.stop(name);
        return success();
      case 'try-restart':
        if (!['active', 'activating'].includes(this.stateOf(name))) return success();
        await this.stop(name);
        return this.start(name);
      case 'restart':
        await this.stop(name);
        return this.start(name);
      case 'is-active': {
        const state = this.stateOf(name);
        return { exitCode: state === 'active' ? 0 : NOT_ACTIVE, output: state };
      }
      default:
        return failure(1, `the lab's systemctl does not know '${verb}'`);
    }
  }

  private stateOf(name: string): UnitState {
    return (this.timers.get(name) ?? this.services.get(name))?.state ?? 'inactive';
  }

  private async start(name: string): Promise<CommandReply> {
    if (this.goingDown) return failure(1, `Transaction for ${name} is destructive: the machine is going down`);
    const unit = this.parse(name);
    if (unit.kind === 'timer') {
      const timer = this.timers.get(name) ?? new TimerRunner(unit, this.machine, this.bootedAt, this.service(unit.unit));
      this.timers.set(name, timer);
      timer.start();
      return success();
    }
    const started = await this.service(name).start(unit);
    return started ? success() : failure(1, `Job for ${name} failed; see ${path.join(this.machine.logDirectory, `${name}.log`)}`);
  }

  private async stop(name: string): Promise<void> {
    this.timers.get(name)?.stop();
    await this.services.get(name)?.stop();
  }

  private service(name: string): ServiceRunner {
    const known = this.services.get(name);
    if (known !== undefined) return known;
    const unit = this.parse(name);
    if (unit.kind !== 'service') throw new Error(`a timer's unit must be a service, got ${name}`);
    const service = new ServiceRunner(name, unit, this.machine);
    this.services.set(name, service);
    return service;
  }

  private parse(name: string) {
    return parseUnit(name, readFileSync(this.file(name), 'utf8'));
  }

  private file(name: string): string {
    return path.join(this.machine.directory, 'etc', 'systemd', 'system', name);
  }
}

function fullName(name: string): string {
  if (!/^[A-Za-z0-9@_.-]+$/.test(name)) throw new Error(`a unit's name must match [A-Za-z0-9@_.-]+, got '${name}'`);
  return /\.(service|timer)$/.test(name) ? name : `${name}.service`;
}

function success(): CommandReply {
  return { exitCode: 0, output: '' };
}

function failure(exitCode: number, output: string): CommandReply {
  return { exitCode, output };
}
