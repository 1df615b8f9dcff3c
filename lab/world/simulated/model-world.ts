import type { LabContext } from '../../kernel/context';
import type { InstanceSpec, ProbeResult, ScriptResult, World } from '../../kernel/world';
import type { Behaviour } from './behaviour';
import { drawMs } from './durations';
import { ModelDatabase } from './model-database';
import { type CallAs, ModelInstance } from './model-instance';

export type { Behaviour } from './behaviour';
export type { CallAs } from './model-instance';

/** What the simulated world needs from the rest of the lab. */
export interface ModelWorldOptions {
  readonly callAs: CallAs;
}

/** Machines as models on a virtual clock: thousands of them, without processes, files or sockets. */
export class ModelWorld implements World {
  /** The database behind all machines. */
  readonly database = new ModelDatabase();
  private readonly instances = new Map<string, ModelInstance>();
  private readonly offline = new Set<string>();
  private readonly consoles = new Map<string, string>();

  constructor(
    private readonly context: LabContext,
    private readonly options: ModelWorldOptions,
  ) {}

  launch(spec: InstanceSpec): void {
    const instance = new ModelInstance(this.context, spec, this.options.callAs, this.database);
    this.instances.set(spec.instanceId, instance);
    this.context.clock.after(drawMs(this.context.random, 'boot'), `boot of ${spec.instanceId}`, () => instance.boot());
  }

  async terminate(instanceId: string): Promise<void> {
    const instance = this.instances.get(instanceId);
    if (instance === undefined) return;
    instance.shutDown();
    this.consoles.set(instanceId, instance.console);
    this.instances.delete(instanceId);
  }

  /** The script itself is not run: the model does what the command's script does with the variables that its parameters become. */
  runScript(
    instanceId: string,
    script: string,
    environment: Readonly<Record<string, string>>,
    timeoutSeconds: number,
  ): Promise<ScriptResult> {
    return this.instance(instanceId).command(script, environment, timeoutSeconds);
  }

  async probe(instanceId: string): Promise<ProbeResult> {
    return { status: this.instances.get(instanceId)?.healthStatus() };
  }

  agentOnline(instanceId: string): boolean {
    return !this.offline.has(instanceId) && this.instances.get(instanceId)?.isUp === true;
  }

  /** Cuts an instance's agent off, or connects it again: a fault to rehearse. */
  setAgentOnline(instanceId: string, online: boolean): void {
    if (online) this.offline.delete(instanceId);
    else this.offline.add(instanceId);
  }

  /** How the instance's application behaves; undefined while nothing listens there. */
  behaviourOf(instanceId: string): Behaviour | undefined {
    return this.instances.get(instanceId)?.behaviour;
  }

  /** Whether the instance answers customers with the maintenance page. */
  isInMaintenance(instanceId: string): boolean {
    return this.instances.get(instanceId)?.isInMaintenance === true;
  }

  /** The active release, as the machine itself has it. */
  releaseOf(instanceId: string): string | undefined {
    return this.instances.get(instanceId)?.release;
  }

  /** The line that the host's `status` prints. */
  statusOf(instanceId: string): Promise<string> {
    return this.instance(instanceId).status();
  }

  /** What user data and the timer wrote, also after the instance has gone. */
  consoleLog(instanceId: string): string {
    return this.instances.get(instanceId)?.console ?? this.consoles.get(instanceId) ?? '';
  }

  /** Ids of the machines that were launched and not terminated. */
  running(): string[] {
    return [...this.instances.keys()];
  }

  private instance(instanceId: string): ModelInstance {
    const instance = this.instances.get(instanceId);
    if (instance === undefined) throw new Error(`there is no instance ${instanceId}`);
    return instance;
  }
}
