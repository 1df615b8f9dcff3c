import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';

/** How a program is run; what it says goes to the file `log`. */
export interface Command {
  readonly program: string;
  readonly arguments: readonly string[];
  readonly folder: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
}

/** The programs that the benchmark started and that may still run. */
export class Processes {
  private readonly running = new Set<ChildProcess>();

  /** Starts a program that goes on until `endAll`. */
  start(command: Command): ChildProcess {
    const log = openSync(command.log, 'a');
    try {
      const child = spawn(command.program, command.arguments, {
        cwd: command.folder,
        env: command.environment,
        stdio: ['ignore', log, log],
      });
      this.running.add(child);
      child.once('exit', () => this.running.delete(child));
      return child;
    } finally {
      closeSync(log);
    }
  }

  /** @throws Error with the last lines that the program said, where it fails */
  run(command: Command): Promise<void> {
    const child = this.start(command);
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        if (code === 0) return resolve();
        const said = readFileSync(command.log, 'utf8').trimEnd().split('\n').slice(-12).join('\n');
        reject(new Error(`${command.program} ${command.arguments.join(' ')} ended with ${code ?? signal}:\n${said}`));
      });
    });
  }

  /** Kills everything that was started and what it started in turn. */
  endAll(): void {
    const children = childrenByParent();
    for (const { pid } of this.running) if (pid !== undefined) for (const each of [pid, ...descendants(pid, children)]) kill(each);
    this.running.clear();
  }
}

function descendants(pid: number, children: ReadonlyMap<number, readonly number[]>): number[] {
  return (children.get(pid) ?? []).flatMap((child) => [child, ...descendants(child, children)]);
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const parent = parentOf(pid);
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(pid)]);
  }
  return children;
}

/** Undefined for a process that has ended meanwhile. */
function parentOf(pid: string): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
