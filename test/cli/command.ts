import { spawn } from 'node:child_process';
import path from 'node:path';

/** The command as the package holds it. */
export const COMMAND = path.join(__dirname, '..', '..', 'assets', 'cli', 'asg-canary.js');

/** How the command ended. */
export interface CommandEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command with these variables, and without any of AWS's that the test itself was started with. */
export function run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<CommandEnd> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const child = spawn(COMMAND, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(own), HOME: '/nonexistent', AWS_EC2_METADATA_DISABLED: 'true', ...environment },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
