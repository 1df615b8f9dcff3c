import { readArguments } from './arguments';
import { readConfig } from './documents';
import type { HostIo } from './host-io';
import { HostRun } from './host-run';
import { HostState } from './host-state';
import { EXIT_CODE, Refusal } from './refusal';

export type { HostIo } from './host-io';

/** How a command ended: as the program does, but without its usage text. */
export interface HostResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A host without processes, files or time: the same commands, texts, exit codes and `status` as `asg-canary-host`.
 * It has no disk to fill, and its commands wait for each other without a limit.
 */
export class ModelHost {
  private readonly state = new HostState();
  private last: Promise<void> = Promise.resolve();
  private waiting = 0;

  constructor(
    /** The text of `host.conf`. */
    private readonly config: string,
    /** sha256 of the host program, as `status` tells it. */
    public hostSha256: string,
  ) {}

  /** The active release; undefined before the first. */
  get release(): string | undefined {
    return this.state.active || undefined;
  }

  /** Whether the web server answers with the maintenance page. */
  get maintenance(): boolean {
    return this.state.maintenance;
  }

  set maintenance(isUp: boolean) {
    this.state.maintenance = isUp;
  }

  /** The text of a file of the active release; undefined where there is none. */
  file(path: string): string | undefined {
    return this.state.releases.get(this.state.active)?.tree.file(path);
  }

  /** The text of a file of a release that is on the host; undefined where there is none. */
  fileOf(release: string, path: string): string | undefined {
    return this.state.releases.get(release)?.tree.file(path);
  }

  /** Runs one command line; those that may change the host run one after the other, as under the program's lock. */
  async run(argv: readonly string[], io: HostIo): Promise<HostResult> {
    let stderr = '';
    const say = (message: string) => {
      stderr += `asg-canary-host: ${message}\n`;
    };
    try {
      const command = readArguments(argv);
      const config = readConfig(this.config);
      if (command.name === 'status') return { exitCode: 0, stdout: this.state.status(this.hostSha256), stderr: '' };
      const run = new HostRun(this.state, config, command, io, say);
      await this.alone(io, () => run.perform());
      return { exitCode: 0, stdout: run.output, stderr };
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say(error.message);
      return { exitCode: EXIT_CODE[error.kind], stdout: '', stderr };
    }
  }

  private async alone(io: HostIo, body: () => Promise<void>): Promise<void> {
    const before = this.last;
    let release = () => {};
    this.last = new Promise((resolve) => {
      release = resolve;
    });
    try {
      if (this.waiting++ > 0) await (io.waitFor === undefined ? before : io.waitFor(before));
      await body();
    } finally {
      this.waiting--;
      release();
    }
  }
}
