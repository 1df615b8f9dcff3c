import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

// bash reads this file before the program: it counts simple commands, in functions and subshells too, and kills at the one asked for.
// What the program starts is not killed: it ends by itself, with the lock.
const KILLER = `
unset BASH_ENV
set -T
disk() { [ -z "\${LOOK_AT:-}" ] || find "$LOOK_AT" ! -name journal -printf '%p %i %s %l %T@ %m\\n' 2>/dev/null | cksum; }
trap 'COUNT=$((COUNT + 1)); [ -z "\${TRACE_TO:-}" ] || echo "$COUNT $(disk)" >>"$TRACE_TO"; [ "$COUNT" != "\${KILL_AT:-}" ] || kill -9 $$' DEBUG
`;
const EVERY = 97;

type Run = (environment: Record<string, string>) => Promise<void>;

/** Kills a bash program at its commands. */
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

  /**
   * The numbers of the commands to kill at: the first in each state that a folder goes through, and each 97th. A kill leaves nothing but
   * the disk, so one point stands for all commands that find the same.
   *
   * @param run runs the program to its end in the surroundings that are passed on
   */
  async points(folder: string, run: Run): Promise<number[]> {
    const commands = await this.trace(run, { LOOK_AT: folder });
    const chosen = commands.filter(({ count, disk }, index) => commands[index - 1]?.disk !== disk || count % EVERY === 0);
    return [...new Set(chosen.map(({ count }) => count))];
  }

  /** The numbers of all commands. */
  async everyPoint(run: Run): Promise<number[]> {
    return [...new Set((await this.trace(run, {})).map(({ count }) => count))];
  }

  private async trace(run: Run, how: Record<string, string>): Promise<{ count: number; disk: string }[]> {
    const file = path.join(this.folder, 'trace');
    await run({ BASH_ENV: this.file, TRACE_TO: file, ...how });
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    rmSync(file);
    return lines.map((line) => ({ count: Number.parseInt(line, 10), disk: line.replace(/^\d+ /, '') }));
  }
}
