import { spawn } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';

/** How a run of the command line ended. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
}

/** What a run of the command line is told, and whom it tells. */
export interface CommandOptions {
  /** On top of this process's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  /** Takes each line of standard error. */
  readonly onProgress?: (line: string) => void;
  /** Ends the command before its time. */
  readonly signal?: AbortSignal;
}

const SCRIPT = path.join(__dirname, '..', 'asg-canary.ts');

/** Runs `asg-canary` as a process of its own, as CI would. */
export function asgCanary(args: readonly string[], { environment, onProgress, signal }: CommandOptions): Promise<CommandResult> {
  const child = spawn(process.execPath, ['--no-warnings', '--require', require.resolve('tsx/cjs'), SCRIPT, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
    signal,
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  createInterface({ input: child.stderr }).on('line', (line) => onProgress?.(line));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ exitCode: code ?? -1, stdout }));
  });
}
