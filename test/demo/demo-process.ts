import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** How a run of a demo ended. */
export interface DemoEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A demo in a process of its own, with a folder for temporary files of its own. */
export class DemoProcess {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-demo-test-'));
  readonly ended: Promise<DemoEnd>;
  private readonly child: ChildProcess;
  private stdout = '';
  private stderr = '';

  constructor(script: string, args: readonly string[] = [], environment: Readonly<Record<string, string>> = {}) {
    this.child = spawn(process.execPath, ['--no-warnings', '--require', 'tsx/cjs', script, ...args], {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: this.folder, ...environment },
    });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = new Promise((resolve) => {
      this.child.once('close', (exitCode) => resolve({ exitCode, stdout: this.stdout, stderr: this.stderr }));
    });
  }

  /** Resolves when standard output has this text. */
  async says(text: RegExp): Promise<void> {
    while (!text.test(this.stdout)) {
      const next = new Promise<string>((resolve) => this.child.stdout?.once('data', () => resolve('')));
      const end = await Promise.race([next, this.ended]);
      if (typeof end !== 'string') throw new Error(`the demo ended before it said ${text}:\n${end.stdout}\n${end.stderr}`);
    }
  }

  interrupt(): void {
    this.child.kill('SIGINT');
  }

  /** Ids of all processes that know the demo's folder from their variables or arguments: what it has started, and what that has. */
  family(): number[] {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
      .filter((pid) => ['environ', 'cmdline'].some((file) => read(`/proc/${pid}/${file}`).includes(this.folder)))
      .map(Number);
  }

  /** Names of what the project left in its folder; tsx keeps its cache there too. */
  leftovers(): string[] {
    return readdirSync(this.folder).filter((name) => name.startsWith('asg-canary-'));
  }

  /** Ends the demo where it still runs, with all that it started, and removes its folder. */
  async dispose(): Promise<void> {
    this.child.kill('SIGKILL');
    for (const pid of this.family()) process.kill(pid, 'SIGKILL');
    await this.ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
