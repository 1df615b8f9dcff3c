import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../clock/clock';
import { removeFolder } from '../world/live/folder';
import { buildPath } from './build-path';
import { BuildShell } from './build-shell';
import { type Buildspec, COMMAND_PHASES, type CommandPhase } from './buildspec';
import { checkOut, SourceError } from './git-source';

export type BuildStatus = 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'STOPPED';

/** A phase as CodeBuild reports it; times are the lab's, in milliseconds. */
export interface Phase {
  readonly type: string;
  status: BuildStatus;
  readonly startedAt: number;
  endedAt?: number;
  context?: { readonly statusCode: string; readonly message: string };
}

/** What to build. */
export interface BuildOrder {
  /** Local git repository; undefined where nothing is known under the project's location. */
  readonly repository: string | undefined;
  readonly location: string;
  readonly sourceVersion: string;
  readonly buildspec: Buildspec;
  /** Variables of the project and of CodeBuild; PATH, HOME, TMPDIR, LANG and CODEBUILD_SRC_DIR are the run's own. */
  readonly environment: Readonly<Record<string, string>>;
  /** Real time that the phases from DOWNLOAD_SOURCE on may take. */
  readonly timeoutMs: number;
  /** Waits, in the lab's time, before the commands of a phase; a model of what the real ones would take. */
  readonly charge: (phase: string) => Promise<void>;
}

/** Characters of a build's log that are kept. */
const LOG_LIMIT = 262_144;

class PhaseFailure extends Error {
  constructor(
    readonly statusCode: string,
    message: string,
  ) {
    super(message);
  }
}

/** One build: a fresh clone, and the buildspec's real commands in it. */
export class BuildRun {
  readonly phases: Phase[] = [];
  resolvedSourceVersion: string | undefined;
  exported: Readonly<Record<string, string>> = {};
  log = '';
  private readonly interruption = new AbortController();
  private folder = '';
  private failed = false;

  constructor(
    private readonly clock: Clock,
    private readonly order: BuildOrder,
  ) {}

  /** Ends the build as soon as may be. */
  stop(): void {
    this.interruption.abort('STOPPED');
  }

  /**
   * Runs all phases from DOWNLOAD_SOURCE to FINALIZING. Call it in an actor.
   *
   * @param container further variables, known only now
   */
  async run(container: Readonly<Record<string, string>>): Promise<BuildStatus> {
    this.folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-build-'));
    const limit = setTimeout(() => this.interruption.abort('TIMED_OUT'), this.order.timeoutMs);
    try {
      await this.runPhases(container);
    } finally {
      clearTimeout(limit);
      this.log = readLog(this.logFile);
      await removeFolder(this.folder);
    }
    return this.interrupted ?? (this.failed ? 'FAILED' : 'SUCCEEDED');
  }

  /** Runs one phase and notes how it went. @returns whether it succeeded */
  async phase(type: string, body: () => Promise<void>): Promise<boolean> {
    const phase: Phase = { type, status: 'IN_PROGRESS', startedAt: this.clock.now() };
    this.phases.push(phase);
    try {
      if (this.interrupted === undefined) await body();
      phase.status = this.interrupted ?? 'SUCCEEDED';
    } catch (error) {
      if (!(error instanceof PhaseFailure) && this.interrupted === undefined) throw error;
      phase.status = this.interrupted ?? 'FAILED';
      if (error instanceof PhaseFailure) phase.context = { statusCode: error.statusCode, message: error.message };
    }
    if (phase.status === 'TIMED_OUT') {
      phase.context = { statusCode: 'BUILD_TIMED_OUT', message: 'Build has timed out. ' };
    }
    phase.endedAt = this.clock.now();
    if (phase.status !== 'SUCCEEDED') this.failed = true;
    return phase.status === 'SUCCEEDED';
  }

  private get interrupted(): 'TIMED_OUT' | 'STOPPED' | undefined {
    return this.interruption.signal.reason;
  }

  private async runPhases(container: Readonly<Record<string, string>>): Promise<void> {
    const environment = { ...this.prepare(), ...container };
    if (!(await this.phase('DOWNLOAD_SOURCE', () => this.download(environment)))) return this.finalize();
    const shell = new BuildShell({
      folder: this.folder,
      directory: this.source,
      environment: { ...environment, CODEBUILD_RESOLVED_SOURCE_VERSION: this.resolvedSourceVersion ?? '' },
      log: this.logFile,
    });
    const kill = () => shell.kill();
    this.interruption.signal.addEventListener('abort', kill);
    try {
      if (await this.commandPhases(shell)) await this.phase('UPLOAD_ARTIFACTS', async () => {});
      const left = await shell.environment();
      this.exported = Object.fromEntries(this.order.buildspec.exportedVariables.map((name) => [name, left[name] ?? '']));
    } finally {
      this.interruption.signal.removeEventListener('abort', kill);
      await shell.end();
    }
    await this.finalize();
  }

  /**
   * A failed INSTALL or PRE_BUILD ends the build; a failed BUILD is followed by POST_BUILD; `on-failure` changes either.
   *
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
   */
  private async commandPhases(shell: BuildShell): Promise<boolean> {
    for (const name of COMMAND_PHASES) {
      const succeeded = await this.phase(name.toUpperCase(), () => this.commands(shell, name));
      const onFailure = this.order.buildspec.phases[name]?.onFailure ?? (name === 'build' ? 'CONTINUE' : 'ABORT');
      if (!succeeded && (onFailure === 'ABORT' || this.interrupted !== undefined)) return false;
    }
    return true;
  }

  private async commands(shell: BuildShell, name: CommandPhase): Promise<void> {
    const { commands, finally: last } = this.order.buildspec.phases[name] ?? { commands: [], finally: [] };
    if (commands.length + last.length > 0) await this.order.charge(name);
    await shell.run(`export CODEBUILD_BUILD_SUCCEEDING=${this.failed ? 0 : 1}`);
    const failures = [await this.sequence(shell, commands), await this.sequence(shell, last)];
    const failure = failures.find((candidate) => candidate !== undefined);
    if (failure !== undefined) throw failure;
  }

  private async sequence(shell: BuildShell, commands: readonly string[]): Promise<PhaseFailure | undefined> {
    for (const command of commands) {
      appendFileSync(this.logFile, `[Container] Running command ${command}\n`);
      const status = await shell.run(command);
      if (status === undefined) return undefined;
      if (status !== 0) {
        return new PhaseFailure('COMMAND_EXECUTION_ERROR', `Error while executing command: ${command}. Reason: exit status ${status}`);
      }
    }
    return undefined;
  }

  private async download(environment: Readonly<Record<string, string>>): Promise<void> {
    const { repository, location, sourceVersion, charge } = this.order;
    await charge('download_source');
    if (repository === undefined) throw new PhaseFailure('CLIENT_ERROR', `repository not found for primary source ${location}`);
    try {
      this.resolvedSourceVersion = await checkOut(repository, sourceVersion, this.source, environment, this.interruption.signal);
    } catch (error) {
      if (error instanceof SourceError) throw new PhaseFailure('CLIENT_ERROR', error.message);
      throw error;
    }
  }

  private async finalize(): Promise<void> {
    const now = this.clock.now();
    this.phases.push(
      { type: 'FINALIZING', status: 'SUCCEEDED', startedAt: now, endedAt: now },
      { type: 'COMPLETED', status: 'SUCCEEDED', startedAt: now },
    );
  }

  private get logFile(): string {
    return path.join(this.folder, 'log');
  }

  private get source(): string {
    return path.join(this.folder, 'src');
  }

  private prepare(): Readonly<Record<string, string>> {
    const [home, temporary, bin] = ['home', 'tmp', 'bin'].map((name) => path.join(this.folder, name));
    for (const folder of [home, temporary, bin]) mkdirSync(folder);
    writeFileSync(path.join(home, '.gitconfig'), '[safe]\n\tdirectory = *\n');
    return {
      ...this.order.buildspec.variables,
      ...this.order.environment,
      PATH: buildPath(bin),
      HOME: home,
      TMPDIR: temporary,
      LANG: 'C.UTF-8',
      CODEBUILD_SRC_DIR: this.source,
      GIT_CONFIG_NOSYSTEM: '1',
    };
  }
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8').slice(-LOG_LIMIT);
  } catch {
    return '';
  }
}
