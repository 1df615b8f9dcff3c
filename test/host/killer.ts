import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PROGRAM } from './test-host';

// bash reads this file before the program: it counts simple commands, in functions and subshells too, and kills at the one asked for.
// What the program starts is not killed: it ends by itself, with the lock.
const KILLER = `
unset BASH_ENV
set -T
trap 'COUNT=$((COUNT + 1)); [ -z "\${TRACE_TO:-}" ] || echo "$COUNT $LINENO" >>"$TRACE_TO"; [ "$COUNT" != "\${KILL_AT:-}" ] || kill -9 $$' DEBUG
`;
/** Lines of the program that may change the disk. Between two of them a kill finds the same disk, so one point is enough. */
const CHANGES_DISK = /\b(put|mv|ln|rm|mkdir|tar|sync|chmod|timeout|exec 9)\b|[^>]>"|-o "/;
const EVERY = 97;

/** Kills the host program at every command that may change the disk, and at every 97th of all. */
export class Killer {
  private readonly file: string;

  constructor(private readonly folder: string) {
    this.file = path.join(folder, 'killer.bash');
    writeFileSync(this.file, KILLER);
  }

  /** The surroundings in which the program is killed before its n-th command. */
  at(n: number): Record<string, string> {
    return { BASH_ENV: this.file, KILL_AT: String(n) };
  }

  /** The numbers of the commands to kill at, from a run in the surroundings that are passed on. */
  async points(run: (environment: Record<string, string>) => Promise<void>): Promise<number[]> {
    const trace = path.join(this.folder, 'trace');
    await run({ BASH_ENV: this.file, TRACE_TO: trace });
    const source = readFileSync(PROGRAM, 'utf8').split('\n');
    const steps = readFileSync(trace, 'utf8')
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number));
    rmSync(trace);
    const chosen = steps.filter(([count, line]) => CHANGES_DISK.test(source[line - 1]) || count % EVERY === 0);
    return [...new Set(chosen.map(([count]) => count))];
  }
}
