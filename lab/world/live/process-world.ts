import { chmodSync, mkdtempSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { LabContext } from '../../kernel/context';
import type { InstanceSpec, ProbeResult, ScriptResult, World } from '../../kernel/world';
import type { CredentialSource } from './credentials';
import { removeFolder } from './folder';
import { LiveInstance } from './live-instance';

/** What the live world needs from the rest of the lab, and how it behaves. */
export interface ProcessWorldOptions {
  readonly credentials: CredentialSource;
  /** URL of the lab's wire server; asked at each boot. */
  readonly endpoint: () => string;
  /**
   * Modelled time from launch to the start of user data, in seconds of the lab's time: lowest and highest.
   *
   * @default [25, 45], as an Amazon Linux 2023 instance of a small type takes
   */
  readonly bootSeconds?: readonly [number, number];
  /**
   * Resolves when an instance that is about to go has no request under way.
   *
   * @default - instances go at once
   */
  readonly drained?: (instanceId: string) => Promise<void>;
  /** Told what user data printed once it has ended, for reports. */
  readonly onBooted?: (instanceId: string, console: string) => void;
}

/** Machines as real processes, each on a loopback address and in a folder of its own. */
export class ProcessWorld implements World {
  /** Holds one folder an instance. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-lab-'));
  private readonly instances = new Map<string, LiveInstance>();
  /** Console logs of machines that are gone. */
  private readonly consoles = new Map<string, string>();
  private readonly offline = new Set<string>();

  constructor(
    private readonly context: LabContext,
    private readonly options: ProcessWorldOptions,
  ) {
    // Services with a user of their own must get to the folders of their machines.
    chmodSync(this.folder, 0o711);
  }

  launch(spec: InstanceSpec): void {
    if (!/^127(\.\d{1,3}){3}$/.test(spec.address)) throw new Error(`'address' must be a loopback address 127.x.y.z, got ${spec.address}`);
    if (this.instances.has(spec.instanceId)) throw new Error(`instance ${spec.instanceId} was launched already`);
    const { clock, region, random } = this.context;
    const { credentials, endpoint, bootSeconds: [low, high] = [25, 45] } = this.options;
    const instance = new LiveInstance(spec, path.join(this.folder, spec.instanceId), { clock, region, credentials, endpoint });
    this.instances.set(spec.instanceId, instance);
    clock.after(random.between(low, high) * 1000, `boot of ${spec.instanceId}`, async () => {
      if (this.instances.get(spec.instanceId) !== instance) return;
      await instance.boot();
      this.options.onBooted?.(spec.instanceId, this.consoleLog(spec.instanceId));
    });
  }

  async terminate(instanceId: string): Promise<void> {
    const instance = this.instances.get(instanceId);
    if (instance === undefined) return;
    await this.options.drained?.(instanceId);
    this.instances.delete(instanceId);
    await instance.shutDown();
    this.consoles.set(instanceId, instance.console());
    await instance.remove();
  }

  runScript(
    instanceId: string,
    script: string,
    environment: Readonly<Record<string, string>>,
    timeoutSeconds: number,
  ): Promise<ScriptResult> {
    return this.instance(instanceId).run(script, environment, timeoutSeconds);
  }

  async probe(instanceId: string, port: number, urlPath: string, timeoutSeconds: number): Promise<ProbeResult> {
    const instance = this.instances.get(instanceId);
    if (instance === undefined) return { status: undefined };
    return new Promise((resolve) => {
      const request = get(
        {
          host: instance.spec.address,
          port,
          path: urlPath,
          agent: false,
          headers: { 'user-agent': 'ELB-HealthChecker/2.0' },
          signal: AbortSignal.timeout(timeoutSeconds * 1000),
        },
        (response) => {
          response.resume();
          response.once('end', () => resolve({ status: response.statusCode }));
          response.once('error', () => resolve({ status: undefined }));
        },
      );
      request.once('error', () => resolve({ status: undefined }));
    });
  }

  agentOnline(instanceId: string): boolean {
    return !this.offline.has(instanceId) && this.instances.get(instanceId)?.isUp === true;
  }

  /** Cuts an instance's agent off, or connects it again: a fault to rehearse. */
  setAgentOnline(instanceId: string, online: boolean): void {
    if (online) this.offline.delete(instanceId);
    else this.offline.add(instanceId);
  }

  /** The instance's own address, for a load balancer's data plane; undefined once it is gone. */
  addressOf(instanceId: string): string | undefined {
    return this.instances.get(instanceId)?.spec.address;
  }

  /** The folder that stands for the instance's `/`. */
  rootOf(instanceId: string): string {
    return this.instance(instanceId).root;
  }

  /** What user data wrote, also after the instance has gone. */
  consoleLog(instanceId: string): string {
    return this.instances.get(instanceId)?.console() ?? this.consoles.get(instanceId) ?? '';
  }

  /**
   * The name of the folder that a link on the instance points to, as the machine itself has it:
   * `releaseOf(id, '/srv/app/current')` is the active release.
   */
  releaseOf(instanceId: string, link: string): string | undefined {
    const target = this.instances.get(instanceId)?.link(link);
    return target === undefined ? undefined : path.basename(target);
  }

  /** Ids of the machines that were launched and not terminated. */
  running(): string[] {
    return [...this.instances.keys()];
  }

  /** Ends all machines and removes their folders. */
  async stop(): Promise<void> {
    await Promise.all(this.running().map((instanceId) => this.terminate(instanceId)));
    await removeFolder(this.folder);
  }

  private instance(instanceId: string): LiveInstance {
    const instance = this.instances.get(instanceId);
    if (instance === undefined) throw new Error(`there is no instance ${instanceId}`);
    return instance;
  }
}
