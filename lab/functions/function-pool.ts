import { createHash, randomBytes } from 'node:crypto';
import type { Invocation, InvocationResult, LeasedKey, RunnableFunction } from './function';
import { FunctionWorker } from './function-worker';

/** What a lab tells the pool about itself. */
export interface PoolUser {
  /** Where the functions' SDK clients send their calls: `AWS_ENDPOINT_URL`. Labs with one WireServer share warm workers. */
  readonly endpoint: string;
  readonly region: string;
  /** Takes what functions write to their console. */
  log(functionName: string, text: string): void;
  /** From now on this key signs for the role. */
  adoptKey(key: LeasedKey, roleArn: string): void;
  dropKey(accessKeyId: string): void;
}

/** How long one call took, in real milliseconds. */
export interface Measurement {
  readonly functionName: string;
  /** True where the worker was started for this call. */
  readonly cold: boolean;
  readonly ms: number;
}

/**
 * The worker threads that run functions. Workers outlive the lab that started them: the next lab of the process
 * gets them warm where bundle and environment are the same. Lambda does the same with its environments.
 */
export class FunctionPool {
  private readonly idle = new Map<string, FunctionWorker[]>();
  private readonly workers = new Set<FunctionWorker>();

  /** Workers for one lab, until `release`. */
  lease(user: PoolUser): FunctionLease {
    return new FunctionLease(user, {
      take: (key) => this.take(key),
      start: (key, spec, environment) => this.start(key, spec, environment),
      giveBack: (worker) => this.giveBack(worker),
    });
  }

  /** Ends all workers. */
  async close(): Promise<void> {
    const all = [...this.workers];
    this.workers.clear();
    this.idle.clear();
    await Promise.all(all.map((worker) => worker.terminate()));
  }

  private take(key: string): FunctionWorker | undefined {
    const waiting = this.idle.get(key) ?? [];
    for (let worker = waiting.pop(); worker; worker = waiting.pop()) if (worker.alive) return worker;
    return undefined;
  }

  private start(key: string, spec: RunnableFunction, environment: Readonly<Record<string, string>>): FunctionWorker {
    const worker = new FunctionWorker(key, newKey(), spec, environment);
    this.workers.add(worker);
    return worker;
  }

  private giveBack(worker: FunctionWorker): void {
    worker.log = () => {};
    if (!worker.alive) this.workers.delete(worker);
    else this.idle.set(worker.pool, [...(this.idle.get(worker.pool) ?? []), worker]);
  }
}

interface Source {
  take(key: string): FunctionWorker | undefined;
  start(key: string, spec: RunnableFunction, environment: Readonly<Record<string, string>>): FunctionWorker;
  giveBack(worker: FunctionWorker): void;
}

/** The part of a pool that one lab uses. */
export class FunctionLease {
  readonly measurements: Measurement[] = [];
  private readonly free = new Map<string, FunctionWorker[]>();
  /** Workers in a call, with the function's name. */
  private readonly busy = new Map<FunctionWorker, string>();
  private released = false;

  constructor(
    private readonly user: PoolUser,
    private readonly source: Source,
  ) {}

  /** Calls the function in a worker that is free, or in a new one. */
  async invoke(spec: RunnableFunction, invocation: Invocation): Promise<InvocationResult> {
    if (this.released) throw new Error(`function ${spec.name} was called after its lab gave the workers back`);
    const started = performance.now();
    const { worker, cold } = this.workerFor(spec);
    this.busy.set(worker, spec.name);
    worker.log = (text) => this.user.log(spec.name, text);
    const result = await worker.invoke(spec, invocation);
    this.busy.delete(worker);
    this.measurements.push({ functionName: spec.name, cold, ms: performance.now() - started });
    if (this.released || !worker.alive) this.drop(worker);
    else this.freeOf(this.keyOf(worker.pool, spec.roleArn)).push(worker);
    return result;
  }

  /** Ends the workers in which the function runs now: their calls end with `Runtime.ExitError`. For fault injection. */
  async crash(functionName: string): Promise<void> {
    const running = [...this.busy].filter(([, name]) => name === functionName);
    await Promise.all(running.map(([worker]) => worker.terminate()));
  }

  /** Gives the workers back to the pool; those in a call are ended. */
  async release(): Promise<void> {
    this.released = true;
    for (const worker of [...this.free.values()].flat()) this.drop(worker);
    this.free.clear();
    await Promise.all([...this.busy.keys()].map((worker) => worker.terminate()));
  }

  private workerFor(spec: RunnableFunction): { worker: FunctionWorker; cold: boolean } {
    const environment = environmentOf(spec, this.user);
    const pool = createHash('sha256')
      .update(JSON.stringify([spec.code.sha256, spec.handler, Object.entries(environment).sort()]))
      .digest('hex');
    const mine = this.freeOf(this.keyOf(pool, spec.roleArn)).pop();
    if (mine) return { worker: mine, cold: false };
    const warm = this.source.take(pool);
    const worker = warm ?? this.source.start(pool, spec, environment);
    this.user.adoptKey(worker.key, spec.roleArn);
    return { worker, cold: !warm };
  }

  private keyOf(pool: string, roleArn: string): string {
    return `${pool} ${roleArn}`;
  }

  private freeOf(key: string): FunctionWorker[] {
    const workers = this.free.get(key) ?? [];
    this.free.set(key, workers);
    return workers;
  }

  private drop(worker: FunctionWorker): void {
    this.user.dropKey(worker.key.accessKeyId);
    this.source.giveBack(worker);
  }
}

/** The variables that Lambda sets, but for the credentials, which are each worker's own. */
function environmentOf(spec: RunnableFunction, user: PoolUser): Record<string, string> {
  return {
    ...spec.environment,
    AWS_REGION: user.region,
    AWS_DEFAULT_REGION: user.region,
    AWS_ENDPOINT_URL: user.endpoint,
    AWS_LAMBDA_FUNCTION_NAME: spec.name,
    AWS_LAMBDA_FUNCTION_VERSION: spec.version,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(spec.memoryMb),
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    LAMBDA_TASK_ROOT: '/var/task',
    _HANDLER: spec.handler,
    TZ: ':UTC',
  };
}

function newKey(): LeasedKey {
  return {
    accessKeyId: `ASIA${randomBytes(10).toString('hex').slice(0, 16).toUpperCase()}`,
    secretAccessKey: randomBytes(30).toString('base64'),
    sessionToken: randomBytes(60).toString('base64'),
  };
}
