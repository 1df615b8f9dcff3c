import { Account } from './account';
import { VirtualClock } from './clock/virtual-clock';
import type { Stack } from './cloudformation/stack';
import { readTemplate, type Template } from './cloudformation/template';
import { FunctionPool } from './functions/function-pool';
import type { LabContext } from './kernel/context';
import { EventBus } from './kernel/event-bus';
import { Random } from './kernel/random';
import { serveWire, type WireAddress, WireServer } from './wire';
import { ModelWorld } from './world/simulated/model-world';
import { SimulatedTraffic, type TrafficOptions } from './world/simulated/traffic';

/** What a simulated lab is made of. */
export interface SimulatedLabOptions {
  /** Folder of the cloud assembly. */
  readonly assembly: string;
  readonly stackName: string;
  /** @default 1 */
  readonly seed?: number;
  /**
   * Folder of the git repository behind each source location.
   *
   * @default - none; builds fail
   */
  readonly repositories?: Readonly<Record<string, string>>;
  /**
   * Clients of the application.
   *
   * @default - no traffic
   */
  readonly traffic?: TrafficOptions;
  /** Changes the template before it is loaded. */
  readonly change?: (template: Template) => Template;
  /** False lets functions of several executions run at once. @default true */
  readonly serialise?: boolean;
  /** Takes what functions write to their console. */
  readonly log?: (functionName: string, text: string) => void;
}

/** What the labs of one process share: warm workers of functions, and the address that their clients call. */
class Shared {
  private static current: Promise<Shared> | undefined;
  readonly pool = new FunctionPool();
  readonly server = new WireServer();
  address!: WireAddress;

  static get(): Promise<Shared> {
    Shared.current ??= (async () => {
      const shared = new Shared();
      shared.address = await serveWire(shared.server);
      return shared;
    })();
    return Shared.current;
  }

  static async close(): Promise<void> {
    const shared = await Shared.current;
    Shared.current = undefined;
    await shared?.pool.close();
    await shared?.address.close();
  }
}

const START = new Date('2026-01-05T09:00:00.000Z');

/** An account in simulated time: models for machines and clients, and the template's own functions and state machine. */
export class SimulatedLab {
  readonly traffic: SimulatedTraffic | undefined;

  private constructor(
    readonly account: Account<ModelWorld>,
    readonly stack: Stack,
    readonly template: Template,
    private readonly shared: Shared,
    traffic: TrafficOptions | undefined,
  ) {
    const { context, loadBalancing, cloudWatch, world } = account;
    this.traffic = traffic && new SimulatedTraffic(context, { loadBalancing, cloudWatch, world }, traffic);
  }

  /** Creates the stack, waits until its groups have settled, and lets clients come. */
  static async create(options: SimulatedLabOptions): Promise<SimulatedLab> {
    const { assembly, stackName, seed = 1, repositories = {}, change = (template) => template, serialise, log } = options;
    const shared = await Shared.get();
    const context: LabContext = {
      clock: new VirtualClock(START),
      random: new Random(seed),
      region: 'eu-west-1',
      account: '123456789012',
      speed: 'simulated',
      events: new EventBus(),
    };
    const account = new Account<ModelWorld>(context, {
      world: (owner) =>
        new ModelWorld(context, {
          callAs: (roleArn, service, operation, input) => owner.wire.callAs({ kind: 'role', arn: roleArn }, service, operation, input),
        }),
      repositories,
      endpoint: () => shared.address.url,
      lease: (user) => shared.pool.lease(user),
      serialise,
      log,
    });
    shared.server.register(account.wire);
    const template = change(readTemplate(`${assembly}/${stackName}.template.json`));
    const stack = account.stack(assembly, stackName);
    const lab = new SimulatedLab(account, stack, template, shared, options.traffic);
    await lab.run(async () => {
      await stack.deploy(template);
      for (const group of account.autoScaling.groupNames()) await account.autoScaling.settled(group);
    });
    lab.traffic?.start();
    return lab;
  }

  /** Ends what the process's simulated labs share; call it once, at the end. */
  static closeShared(): Promise<void> {
    return Shared.close();
  }

  /** Runs `body` as an actor, letting time pass until it has ended. */
  run<T>(body: () => Promise<T>): Promise<T> {
    return this.account.context.clock.run(body);
  }

  /** Lets time pass. */
  pass(minutes: number): Promise<void> {
    return this.run(() => this.account.context.clock.sleep(minutes * 60_000));
  }

  /** Gives the workers back and stops time. */
  async close(): Promise<void> {
    this.account.context.clock.stop();
    await this.account.functions.release();
    this.shared.server.unregister(this.account.wire);
  }
}
