import { Account } from './account';
import { ScaledClock } from './clock/scaled-clock';
import type { Stack } from './cloudformation/stack';
import { readTemplate, type Template } from './cloudformation/template';
import { FunctionPool } from './functions/function-pool';
import type { LabContext } from './kernel/context';
import { EventBus } from './kernel/event-bus';
import { Random } from './kernel/random';
import { type FinishedRequest, LoadBalancerProxy } from './traffic/proxy/load-balancer-proxy';
import { serveWire, type WireAddress, WireServer } from './wire';
import { LoopbackNetwork } from './world/live/loopback-network';
import { ProcessWorld } from './world/live/process-world';

/** What a live lab is made of. */
export interface LiveLabOptions {
  /** Folder of the cloud assembly. */
  readonly assembly: string;
  readonly stackName: string;
  /** Folder of the git repository behind each source location. */
  readonly repositories: Readonly<Record<string, string>>;
  /** How many times faster than the wall clock AWS's own waits pass. */
  readonly scale: number;
  /** @default 1 */
  readonly seed?: number;
  /** Told of every request that the load balancer passed on. */
  readonly onFinished?: (request: FinishedRequest) => void;
  /** Told what user data wrote, when it has ended. */
  readonly onBooted?: (instanceId: string, console: string) => void;
  /** Takes what functions write to their console. */
  readonly log?: (functionName: string, text: string) => void;
  /** Told of what should not happen in the lab itself. */
  readonly onDefect: (error: unknown) => void;
}

/** An account at live speed: real processes for machines, a real proxy for the load balancer, real builds and functions. */
export class LiveLab {
  private constructor(
    readonly account: Account<ProcessWorld>,
    readonly stack: Stack,
    readonly template: Template,
    /** Where clients reach the application. */
    readonly url: string,
    /** `AWS_ENDPOINT_URL` of the account. */
    readonly endpoint: string,
    readonly clock: ScaledClock,
    private readonly parts: {
      readonly pool: FunctionPool;
      readonly network: LoopbackNetwork;
      readonly address: WireAddress;
      readonly proxy: LoadBalancerProxy;
    },
  ) {}

  /** Starts the account with nothing in it; `deploy` creates the stack. */
  static async start(options: LiveLabOptions): Promise<LiveLab> {
    const { assembly, stackName, repositories, scale, seed = 1, log, onDefect, onFinished, onBooted } = options;
    const pool = new FunctionPool();
    const network = await LoopbackNetwork.claim();
    const server = new WireServer();
    const address = await serveWire(server);
    const clock = new ScaledClock(new Date(), scale, onDefect);
    const context: LabContext = {
      clock,
      random: new Random(seed),
      region: 'eu-west-1',
      account: '123456789012',
      speed: 'live',
      events: new EventBus(),
    };
    const account = new Account<ProcessWorld>(context, {
      world: ({ iam }) =>
        new ProcessWorld(context, {
          credentials: iam,
          endpoint: () => address.url,
          drained: (instanceId) => proxy.drained(instanceId),
          onBooted,
        }),
      repositories,
      network: network.prefix,
      endpoint: () => address.url,
      lease: (user) => pool.lease(user),
      log,
    });
    server.register(account.wire);
    const proxy = new LoadBalancerProxy({
      route: (request) => account.loadBalancing.route(request, context.random),
      addressOf: (instanceId) => account.world.addressOf(instanceId),
      onFinished: (request) => {
        record(account, request);
        onFinished?.(request);
      },
    });
    const url = await proxy.start();
    const template = readTemplate(`${assembly}/${stackName}.template.json`);
    return new LiveLab(account, account.stack(assembly, stackName), template, url, address.url, clock, { pool, network, address, proxy });
  }

  /** Creates the stack and waits until its groups have settled. */
  deploy(): Promise<void> {
    const { autoScaling } = this.account;
    return this.clock.run(async () => {
      await this.stack.deploy(this.template);
      for (const group of autoScaling.groupNames()) await autoScaling.settled(group);
    });
  }

  /** Variables with which an AWS SDK, and so the command line, calls this account as its operator. */
  operatorEnvironment(): Record<string, string> {
    const { accessKeyId, secretAccessKey } = this.account.iam.issueOperatorKey();
    return {
      AWS_ENDPOINT_URL: this.endpoint,
      AWS_REGION: this.account.context.region,
      AWS_ACCESS_KEY_ID: accessKeyId,
      AWS_SECRET_ACCESS_KEY: secretAccessKey,
    };
  }

  /** Ends every process, server and timer that the lab started. */
  async stop(): Promise<void> {
    this.clock.stop();
    await this.account.functions.release();
    await this.parts.pool.close();
    await this.parts.proxy.stop();
    await this.account.world.stop();
    await this.parts.address.close();
    await this.parts.network.release();
  }
}

/** What the load balancer reports to CloudWatch of one request. */
function record({ cloudWatch, loadBalancing, context }: Account<ProcessWorld>, request: FinishedRequest): void {
  const dimensions = loadBalancing.metricDimensions(request.targetGroupArn);
  if (dimensions === undefined) return;
  const { status, seconds, connectionError } = request;
  cloudWatch.recordTargetRequests(dimensions, {
    at: context.clock.now(),
    requests: 1,
    answers: status === undefined ? {} : { [Math.floor(status / 100)]: 1 },
    connectionErrors: connectionError ? 1 : 0,
    seconds: status === undefined ? [] : [seconds],
  });
}
