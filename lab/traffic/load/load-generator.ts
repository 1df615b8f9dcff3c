import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import type { FromGenerator, LoadOptions, LoadTotals, SecondReport, ToGenerator } from './messages';

/** Load in a process of its own, so that the lab's work does not slow its clients down. */
export class LoadGenerator {
  /** Resolves when all requests are over: after `total` of them, or after `stop`. */
  readonly done: Promise<LoadTotals>;
  private latest: LoadTotals | undefined;

  /**
   * Starts to send.
   *
   * @param onSecond told what happened in each second
   */
  static async start(options: LoadOptions, onSecond: (report: SecondReport) => void = () => {}): Promise<LoadGenerator> {
    const { requestsPerSecond, returning } = options;
    if (!(requestsPerSecond > 0)) throw new RangeError(`'requestsPerSecond' must be above 0, got ${requestsPerSecond}`);
    if (returning !== undefined && !(returning.clients >= 1 && returning.share >= 0 && returning.share <= 1)) {
      throw new RangeError(`'returning' must have at least one client and a share from 0 to 1, got ${JSON.stringify(returning)}`);
    }
    const extension = path.extname(__filename);
    const child = fork(path.join(__dirname, `generator-process${extension}`), {
      execArgv: extension === '.ts' ? ['--require', require.resolve('tsx/cjs')] : [],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const generator = new LoadGenerator(child, onSecond);
    await Promise.race([new Promise<void>((resolve) => child.once('message', () => resolve())), generator.done]);
    generator.tell({ kind: 'start', options });
    return generator;
  }

  private constructor(
    private readonly child: ChildProcess,
    onSecond: (report: SecondReport) => void,
  ) {
    this.done = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => reject(new Error(`the load generator ended by itself: ${signal ?? `exit code ${code}`}`)));
      child.on('message', (message: FromGenerator) => {
        if (message.kind === 'second') onSecond(message.report);
        if (message.kind !== 'ready') this.latest = message.totals;
        if (message.kind === 'done') resolve(message.totals);
      });
    });
    this.done.catch(() => {});
  }

  /** What happened up to the last full second; undefined in the first one. */
  get totals(): LoadTotals | undefined {
    return this.latest;
  }

  /** Sends nothing more, lets what is under way finish, and ends the process. */
  async stop(): Promise<LoadTotals> {
    this.tell({ kind: 'stop' });
    return this.done;
  }

  private tell(message: ToGenerator): void {
    if (this.child.connected) this.child.send(message);
  }
}
