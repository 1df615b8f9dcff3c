import { main } from '../../cli/main';
import type { CommandEnd } from './command';

/** Runs a command line in this process: for commands that need neither AWS nor the bundle. */
export async function runHere(...args: readonly string[]): Promise<CommandEnd> {
  const out: string[] = [];
  const progress: string[] = [];
  const exitCode = await main(args, { out: (line) => out.push(line), progress: (line) => progress.push(line) });
  const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
  return { exitCode, stdout: text(out), stderr: text(progress) };
}
