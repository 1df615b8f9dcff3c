import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, openSync } from 'node:fs';
import { marked } from './marked-processes';
import type { UserAccount } from './user-account';

/** What to start, and where its output goes. */
export interface ProcessSpec {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Files that standard output and standard error are appended to; may be the same. */
  readonly stdout: string;
  readonly stderr: string;
  /** Who runs it. @default - the lab's own user */
  readonly account?: UserAccount;
  /** What further descriptors (3, 4, ...) are connected to. */
  readonly pipes?: number;
}

/** How a process ended: by an exit code, by a signal, or it never started. */
export interface ProcessEnd {
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  readonly error?: Error;
}

/** Carried by every process of one group, so that those that left the group are found too, as systemd finds them by cgroup. */
const MARK = 'ASG_CANARY_LAB_PROCESS';

const running = new Set<ProcessGroup>();
let exitWatched = false;

/** A process in a process group of its own, ended together with all that it started. */
export class ProcessGroup {
  /** Resolves when the first process has ended; what it left behind may still run. */
  readonly ended: Promise<ProcessEnd>;
  readonly child: ChildProcess;
  private readonly mark = `${MARK}=${randomUUID()}`;
  private leaderRuns = true;

  constructor(spec: ProcessSpec) {
    const stdout = openSync(spec.stdout, 'a');
    const stderr = openSync(spec.stderr, 'a');
    try {
      this.child = spawn(spec.command, spec.arguments, {
        cwd: spec.directory,
        env: { ...spec.environment, [MARK]: this.mark.slice(MARK.length + 1) },
        detached: true,
        ...(spec.account && { uid: spec.account.uid, gid: spec.account.gid }),
        stdio: ['ignore', stdout, stderr, ...new Array<'pipe'>(spec.pipes ?? 0).fill('pipe')],
      });
    } finally {
      closeSync(stdout);
      closeSync(stderr);
    }
    running.add(this);
    watchExit();
    this.ended = new Promise((resolve) => {
      this.child.once('error', (error) => resolve(this.over({ exitCode: undefined, signal: undefined, error })));
      this.child.once('exit', (code, signal) => resolve(this.over({ exitCode: code ?? undefined, signal: signal ?? undefined })));
    });
  }

  /** Asks the whole group to end, and after `graceMs` real milliseconds kills what is left of it. */
  async end(graceMs: number): Promise<ProcessEnd> {
    this.signal('SIGTERM');
    const patience = setTimeout(() => this.signal('SIGKILL'), graceMs);
    const end = await this.ended;
    clearTimeout(patience);
    this.signal('SIGKILL');
    return end;
  }

  /** Sends a signal to the group and to the processes that left it. */
  signal(signal: NodeJS.Signals): void {
    if (this.leaderRuns && this.child.pid !== undefined) send(-this.child.pid, signal);
    for (const pid of marked(this.mark)) send(pid, signal);
  }

  private over(end: ProcessEnd): ProcessEnd {
    this.leaderRuns = false;
    running.delete(this);
    return end;
  }
}

/** Sends a signal to a process (or, negative, a group) that may have ended just now. */
export function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** No process outlives the lab. */
function watchExit(): void {
  if (exitWatched) return;
  exitWatched = true;
  process.on('exit', () => {
    for (const group of running) group.signal('SIGKILL');
  });
}
