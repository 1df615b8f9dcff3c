import * as sdk from '@aws-sdk/client-lambda';
import type { FunctionError, Invocation, InvocationResult, RunnableFunction } from '../../functions/function';
import type { LabContext } from '../../kernel/context';
import type { ResourceProvider } from '../../kernel/resources';
import { type AccessRequest, AwsError, type Call, type Operation, type Principal, type Service } from '../../kernel/service';
import { draw } from '../../states/durations';
import { FunctionStore, type FunctionTarget, runnable } from './function-store';
import { type AssetDirectory, type FunctionIam, lambdaProviders } from './providers';
import { Turn } from './turn';

/** What LambdaService needs of others. */
export interface LambdaDeps {
  /** The folder that a function's asset was unpacked to. */
  readonly assetDirectory: AssetDirectory;
  /** Runs functions: a lease of the FunctionPool. */
  readonly functions: { invoke(spec: RunnableFunction, invocation: Invocation): Promise<InvocationResult> };
  readonly iam: FunctionIam & { check(principal: Principal, requests: readonly AccessRequest[]): void };
  /**
   * One function at a time.
   * @default true in simulated time, false live
   */
  readonly serialise?: boolean;
  /**
   * How many API calls functions have made so far, so that simulated time can charge them.
   *
   * @default - none are charged
   */
  readonly apiCalls?: () => number;
}

/** What a function's call came to. */
export type InvokeOutcome = { readonly payload: unknown } | { readonly error: FunctionError };

/** Called before each function runs; may throw an AwsError, which the caller gets instead. For fault injection. */
export type InvokeListener = (call: {
  readonly arn: string;
  readonly payload: unknown;
  readonly caller: Principal;
}) => void | Promise<void>;

/** Minutes that Lambda waits before it retries an asynchronous call. */
const RETRY_MINUTES = [1, 2];

/** AWS Lambda: functions with versions and aliases, run from their unmodified bundles in worker threads. */
export class LambdaService implements Service {
  readonly signingName = 'lambda';
  readonly sdk = sdk as unknown as Record<string, unknown>;
  readonly client = 'LambdaClient';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly store = new FunctionStore();
  private readonly turn: Turn | undefined;
  private readonly warmed = new Set<string>();
  private readonly listeners: InvokeListener[] = [];

  constructor(
    private readonly context: LabContext,
    private readonly deps: LambdaDeps,
  ) {
    if (deps.serialise ?? context.speed === 'simulated') this.turn = new Turn(context.clock);
    this.operations = { Invoke: this.invokeOperation() };
  }

  providers(): ResourceProvider[] {
    return lambdaProviders(this.context, this.store, this.deps.assetDirectory, this.deps.iam);
  }

  onInvoke(listener: InvokeListener): void {
    this.listeners.push(listener);
  }

  /**
   * Calls a function and waits for what it returns. Call it in an actor.
   *
   * @param arnOrName with or without version or alias
   * @param caller a role needs `lambda:InvokeFunction`; a service needs a permission of the function for `sourceArn`
   * @throws AwsError AccessDenied, ResourceNotFoundException, TooManyRequestsException
   */
  async invoke(arnOrName: string, payload: unknown, caller: Principal, sourceArn?: string): Promise<InvokeOutcome> {
    const target = this.authorized(arnOrName, caller, sourceArn);
    return this.run(target, payload, caller);
  }

  /**
   * Queues a call that nobody waits for: it is retried twice where the function fails, as its EventInvokeConfig says.
   *
   * @throws AwsError as `invoke`
   */
  invokeAsync(arnOrName: string, payload: unknown, caller: Principal, sourceArn?: string): void {
    const target = this.authorized(arnOrName, caller, sourceArn);
    this.context.clock.spawn(`asynchronous call of ${target.arn}`, () => this.runRetried(target, payload, caller));
  }

  private authorized(arnOrName: string, caller: Principal, sourceArn: string | undefined): FunctionTarget {
    const target = this.store.find(arnOrName);
    const context = sourceArn === undefined ? {} : { context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': this.context.account } };
    this.deps.iam.check(caller, [{ action: 'lambda:InvokeFunction', resource: target.arn, ...context }]);
    return target;
  }

  private async run(target: FunctionTarget, payload: unknown, caller: Principal): Promise<InvokeOutcome> {
    const { record } = target;
    if (record.reservedConcurrency !== undefined && record.running >= record.reservedConcurrency) {
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' });
    }
    record.running++;
    try {
      for (const listener of this.listeners) await listener({ arn: target.arn, payload, caller });
      const spec = runnable(target);
      let apiCalls = 0;
      const work = async () => {
        const before = this.deps.apiCalls?.() ?? 0;
        const outcome = await this.deps.functions.invoke(spec, this.invocation(target, payload));
        apiCalls = (this.deps.apiCalls?.() ?? 0) - before;
        return outcome;
      };
      const result = this.turn ? await this.turn.take(spec.roleArn, caller.arn, work) : await work();
      await this.charge(target, apiCalls);
      return 'error' in result ? result : { payload: JSON.parse(result.payload) };
    } finally {
      record.running--;
    }
  }

  private async runRetried(target: FunctionTarget, payload: unknown, caller: Principal): Promise<void> {
    const { clock } = this.context;
    const config = target.record.asyncConfigs.get(target.qualifier ?? '$LATEST');
    const queuedAt = clock.now();
    for (let attempt = 0; ; attempt++) {
      try {
        const outcome = await this.run(target, payload, caller);
        if (!('error' in outcome)) return;
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
      }
      if (attempt >= (config?.maximumRetryAttempts ?? 2)) return;
      await clock.sleep(RETRY_MINUTES[attempt] * 60_000);
      if (clock.now() - queuedAt > (config?.maximumEventAgeSeconds ?? 21_600) * 1000) return;
    }
  }

  private invocation(target: FunctionTarget, payload: unknown): Invocation {
    const { record, version, configuration, arn } = target;
    const requestId = this.context.random.uuid();
    return {
      requestId,
      event: JSON.stringify(payload ?? {}),
      context: {
        awsRequestId: requestId,
        functionName: record.name,
        functionVersion: version,
        invokedFunctionArn: arn,
        memoryLimitInMB: String(configuration.memoryMb),
        logGroupName: `/aws/lambda/${record.name}`,
      },
    };
  }

  /** In simulated time a call took no time so far: charge what it takes on AWS. */
  private async charge(target: FunctionTarget, apiCalls: number): Promise<void> {
    if (this.context.speed !== 'simulated') return;
    const { clock, random } = this.context;
    const environment = `${target.record.arn}:${target.version}`;
    const cold = !this.warmed.has(environment);
    this.warmed.add(environment);
    let ms = draw(cold ? 'coldInvoke' : 'warmInvoke', random);
    for (let call = 0; call < apiCalls; call++) ms += draw('apiCall', random);
    await clock.sleep(ms);
  }

  private invokeOperation(): Operation<sdk.InvokeCommandInput, sdk.InvokeCommandOutput | Omit<sdk.InvokeCommandOutput, '$metadata'>> {
    return {
      authorize: (input) => [{ action: 'lambda:InvokeFunction', resource: this.store.find(input.FunctionName ?? '', input.Qualifier).arn }],
      handle: (input, call) => this.handleInvoke(input, call),
    };
  }

  private async handleInvoke(input: sdk.InvokeCommandInput, { principal }: Call): Promise<Omit<sdk.InvokeCommandOutput, '$metadata'>> {
    if (input.LogType === 'Tail' || input.ClientContext)
      throw new AwsError('InvalidParameterValueException', "the lab does not support 'LogType' Tail and 'ClientContext'");
    const target = this.store.find(input.FunctionName ?? '', input.Qualifier);
    const payload = parsePayload(input.Payload as Uint8Array | undefined);
    if (input.InvocationType === 'DryRun') return { StatusCode: 204 };
    if (input.InvocationType === 'Event') {
      this.context.clock.spawn(`asynchronous call of ${target.arn}`, () => this.runRetried(target, payload, principal));
      return { StatusCode: 202 };
    }
    const outcome = await this.run(target, payload, principal);
    const body = 'error' in outcome ? outcome.error : outcome.payload;
    const Payload = Buffer.from(JSON.stringify(body ?? null)) as unknown as sdk.InvokeCommandOutput['Payload'];
    return { StatusCode: 200, ExecutedVersion: target.version, Payload, ...('error' in outcome && { FunctionError: 'Unhandled' }) };
  }
}

function parsePayload(payload: Uint8Array | undefined): unknown {
  if (payload === undefined || payload.length === 0) return {};
  try {
    return JSON.parse(Buffer.from(payload).toString('utf8'));
  } catch (error) {
    throw new AwsError('InvalidRequestContentException', `Could not parse request body into json: ${(error as Error).message}`);
  }
}
