import path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { FunctionError, Invocation, InvocationResult, LeasedKey, RunnableFunction } from './function';

interface Reply {
  readonly ready?: boolean;
  readonly id?: string;
  readonly payload?: string;
  readonly error?: FunctionError;
}

/** Time that loading a bundle may take, in real milliseconds. AWS allows 10 s; a busy machine gets more. */
const INIT_MS = 60_000;

/** One worker thread with one function's bundle loaded: an execution environment of Lambda. One invocation at a time. */
export class FunctionWorker {
  private readonly worker: Worker;
  private readonly loaded: Promise<FunctionError | undefined>;
  private isDead = false;
  private reply: ((reply: Reply | 'exit') => void) | undefined;
  /** Where console output goes while the worker is leased. */
  log: (text: string) => void = () => {};

  constructor(
    readonly pool: string,
    readonly key: LeasedKey,
    spec: RunnableFunction,
    environment: Readonly<Record<string, string>>,
  ) {
    this.worker = new Worker(path.join(__dirname, 'bootstrap.cjs'), {
      workerData: { directory: spec.code.directory, handler: spec.handler },
      env: {
        ...environment,
        AWS_ACCESS_KEY_ID: key.accessKeyId,
        AWS_SECRET_ACCESS_KEY: key.secretAccessKey,
        AWS_SESSION_TOKEN: key.sessionToken,
      },
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    for (const stream of [this.worker.stdout, this.worker.stderr]) stream.setEncoding('utf8').on('data', (text: string) => this.log(text));
    this.worker.on('message', (reply: Reply) => this.reply?.(reply));
    this.worker.on('error', (error) => this.log(`${error instanceof Error ? error.stack : String(error)}\n`));
    this.worker.on('exit', () => {
      this.isDead = true;
      this.reply?.('exit');
    });
    this.loaded = this.load();
  }

  /** False after a time-out, a crash or a failed load: it is not used again. */
  get alive(): boolean {
    return !this.isDead;
  }

  async invoke(spec: RunnableFunction, invocation: Invocation): Promise<InvocationResult> {
    this.worker.ref();
    try {
      const failed = await this.loaded;
      if (failed) return { error: failed };
      return await this.run(spec, invocation);
    } finally {
      this.worker.unref();
    }
  }

  async terminate(): Promise<void> {
    this.isDead = true;
    await this.worker.terminate();
  }

  private async load(): Promise<FunctionError | undefined> {
    const reply = await this.nextReply(INIT_MS);
    if (reply !== 'timeout' && reply !== 'exit' && reply.ready) return undefined;
    await this.terminate();
    if (reply === 'timeout')
      return { errorType: 'Sandbox.Timedout', errorMessage: `loading the bundle took more than ${INIT_MS / 1000} s` };
    return reply === 'exit' ? exited('init') : (reply.error as FunctionError);
  }

  private async run(spec: RunnableFunction, { requestId, event, context }: Invocation): Promise<InvocationResult> {
    const deadlineMs = spec.timeoutSeconds * 1000;
    const next = this.nextReply(deadlineMs);
    this.worker.postMessage({ id: requestId, event, context, deadlineMs });
    const reply = await next;
    if (reply === 'timeout') {
      await this.terminate();
      const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${spec.timeoutSeconds.toFixed(2)} seconds`;
      return { error: { errorType: 'Sandbox.Timedout', errorMessage } };
    }
    if (reply === 'exit') return { error: exited(requestId) };
    return reply.error ? { error: reply.error } : { payload: reply.payload as string };
  }

  private nextReply(ms: number): Promise<Reply | 'exit' | 'timeout'> {
    return new Promise((resolve) => {
      const finish = (reply: Reply | 'exit' | 'timeout') => {
        clearTimeout(timer);
        this.reply = undefined;
        resolve(reply);
      };
      const timer = setTimeout(() => finish('timeout'), ms);
      this.reply = finish;
      if (this.isDead) finish('exit');
    });
  }
}

function exited(requestId: string): FunctionError {
  return { errorType: 'Runtime.ExitError', errorMessage: `RequestId: ${requestId} Error: Runtime exited without providing a reason` };
}
