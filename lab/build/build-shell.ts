import { appendFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Duplex } from 'node:stream';
import { ProcessGroup } from '../world/live/process-group';

/** Runs one file of commands after the other in the same shell; descriptors 3 and 4 are the lab's. */
const DRIVER = `
dump() { { pwd; env -0; } >"$1"; }
trap 'dump "$LAB_STATE"' EXIT
while IFS= read -r -u 4 file; do
  source "$file" 3>&- 4>&-
  echo "$?" >&3
done
`;

export interface BuildShellOptions {
  /** Holds the shell's own files. */
  readonly folder: string;
  /** Where the first command runs. */
  readonly directory: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly log: string;
}

/**
 * The one bash in which a build's commands run, so that variables and the working directory carry over.
 * Where a command ends it (`exit`, `set -e`), the next command gets a new one with the same environment and directory.
 */
export class BuildShell {
  private process: ProcessGroup | undefined;
  private status: AsyncIterator<string> | undefined;
  private directory: string;
  private variables: Readonly<Record<string, string>>;
  private killed = false;

  constructor(private readonly options: BuildShellOptions) {
    this.directory = options.directory;
    this.variables = options.environment;
  }

  /** @returns the command's exit status; undefined where the shell was killed */
  async run(command: string): Promise<number | undefined> {
    if (this.killed) return undefined;
    this.process ??= this.start();
    const file = path.join(this.options.folder, 'command');
    writeFileSync(file, `${command}\n`);
    (this.process.child.stdio[4] as Duplex).write(`${file}\n`);
    const line = await this.status?.next();
    if (line?.done === false) return Number(line.value);
    const { exitCode } = await this.process.ended;
    this.process = undefined;
    this.takeState();
    return this.killed ? undefined : (exitCode ?? 1);
  }

  /** The exported variables as the last command left them. */
  async environment(): Promise<Readonly<Record<string, string>>> {
    await this.end();
    return this.variables;
  }

  /** Ends the shell and what it left in the background. */
  async end(): Promise<void> {
    if (this.process === undefined) return;
    (this.process.child.stdio[4] as Duplex).end();
    await this.process.ended;
    this.process.signal('SIGKILL');
    this.process = undefined;
    this.takeState();
  }

  /** Kills the shell with all that it started. */
  kill(): void {
    this.killed = true;
    this.process?.signal('SIGKILL');
  }

  private start(): ProcessGroup {
    rmSync(this.stateFile, { force: true });
    const started = new ProcessGroup({
      command: 'bash',
      arguments: ['--norc', '-c', DRIVER],
      directory: this.directory,
      environment: { ...this.variables, LAB_STATE: this.stateFile },
      stdout: this.options.log,
      stderr: this.options.log,
      pipes: 2,
    });
    const [output, input] = [started.child.stdio[3] as Duplex, started.child.stdio[4] as Duplex];
    input.on('error', (error) => appendFileSync(this.options.log, `${error.message}\n`));
    this.status = createInterface({ input: output })[Symbol.asyncIterator]();
    return started;
  }

  private get stateFile(): string {
    return path.join(this.options.folder, 'state');
  }

  private takeState(): void {
    let state: string;
    try {
      state = readFileSync(this.stateFile, 'utf8');
    } catch {
      return;
    }
    const [directory, ...rest] = state.split('\n');
    this.directory = directory;
    const entries = rest
      .join('\n')
      .split('\0')
      .filter((entry) => entry.includes('='))
      .map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]);
    this.variables = Object.fromEntries(entries);
  }
}
