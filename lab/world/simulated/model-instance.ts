import { createHash } from 'node:crypto';
import type { Clock, Timer } from '../../clock/clock';
import type { LabContext } from '../../kernel/context';
import { AwsError } from '../../kernel/service';
import type { InstanceSpec, ScriptResult } from '../../kernel/world';
import { type HostIo, ModelHost } from '../model/model-host';
import { BEHAVIOUR_FILE, type Behaviour, readBehaviour } from './behaviour';
import { type BootScript, readBootScript } from './boot-script';
import { downloadMs, drawMs } from './durations';
import { DATABASE_FILE, type ModelDatabase } from './model-database';
import { ModelSteps, type StepCall } from './model-steps';

/**
 * Calls an operation of a service of the lab with the rights of a role, e.g. `('arn:aws:iam::…:role/x', 's3', 'GetObject', {...})`.
 * Answers with the handler's output; throws AwsError, `AccessDenied` among others. The output of GetObject has a `Body` of bytes.
 */
export type CallAs = (roleArn: string, service: string, operation: string, input: object) => Promise<unknown>;

/** Where the script of a command fetches the object that holds the host program. */
const PROGRAM = /^\s*\(?fetch (\S+) (\S+) "\$SSM_HostSha256"/m;

/** A machine of the simulated world: the model of a host, and an application that behaves as its release says. */
export class ModelInstance {
  private readonly script: BootScript;
  private readonly host: ModelHost;
  private readonly clock: Clock;
  private readonly steps = new ModelSteps();
  private syncTimer: Timer | undefined;
  private isRunning = false;
  private isGone = false;
  /** What user data and later runs of `sync` printed. */
  console = '';

  constructor(
    private readonly context: LabContext,
    private readonly spec: InstanceSpec,
    private readonly callAs: CallAs,
    private readonly database: ModelDatabase,
  ) {
    this.clock = context.clock;
    this.script = readBootScript(spec.userData, spec.address);
    this.host = new ModelHost(this.script.hostConfiguration, this.script.hostSha256);
  }

  /** True from the start of user data until the machine is gone. */
  get isUp(): boolean {
    return this.isRunning && !this.isGone;
  }

  /** The active release; undefined before the first. */
  get release(): string | undefined {
    return this.isUp ? this.host.release : undefined;
  }

  /** How the application behaves at the moment; undefined while nothing listens. */
  get behaviour(): Behaviour | undefined {
    const { release } = this;
    if (release === undefined) return undefined;
    const behaviour = readBehaviour(this.host.file(BEHAVIOUR_FILE));
    if (this.host.maintenance) return { ...behaviour, errorRate: 1, healthy: true };
    return this.database.fits(release) ? behaviour : { ...behaviour, errorRate: 1, healthy: false };
  }

  /** The line that the host's `status` prints. */
  async status(): Promise<string> {
    return (await this.host.run(['status'], this.io())).stdout.trim();
  }

  /** Runs user data. Call it in an actor. A failure ends in the console, as on a machine, and leaves the launch hook to its time-out. */
  async boot(): Promise<void> {
    if (this.isGone) return;
    this.isRunning = true;
    await this.clock.sleep(drawMs(this.context.random, 'setup'));
    try {
      for (const { bucket, key, sha256 } of this.script.objects) await this.fetch(bucket, key, sha256);
    } catch (error) {
      this.print(`asg-canary boot: ${(error as Error).message}\n`);
      return;
    }
    await this.runHost(['sync', '--boot']);
    this.scheduleSync();
  }

  /**
   * Runs a command that the agent received: sees to it that the host has the program that the command was made for, and calls it.
   * Call it in an actor. A command that takes longer than its time-out is done all the same.
   */
  async command(script: string, environment: Readonly<Record<string, string>>, timeoutSeconds: number): Promise<ScriptResult> {
    const begun = this.clock.now();
    await this.clock.sleep(drawMs(this.context.random, 'script'));
    const refusal = await this.refusal(script, environment);
    if (refusal !== undefined) return { exitCode: 69, stdout: '', stderr: `asg-canary command: ${refusal}\n` };
    const { SSM_Command: name, SSM_Release: release, SSM_Sha256: sha256, SSM_Epoch: epoch } = environment;
    if (name === 'step') return this.step({ step: environment.SSM_Step, release, sha256, epoch });
    const option = (flag: string, value: string | undefined) => (value ? [flag, value] : []);
    const argv = [name];
    if (['stage', 'activate', 'revert'].includes(name)) argv.push(...option('--release', release), ...option('--epoch', epoch));
    if (['stage', 'activate'].includes(name)) argv.push(...option('--sha256', sha256));
    const result = await this.host.run(argv, this.io());
    const isLate = this.clock.now() - begun > timeoutSeconds * 1000;
    return isLate ? { ...result, exitCode: undefined } : result;
  }

  /** Whether customers are answered with the maintenance page. */
  get isInMaintenance(): boolean {
    return this.isUp && this.host.maintenance;
  }

  private step(call: StepCall): Promise<ScriptResult> {
    // What comes after a switch is the business of the release that is active now.
    const release = call.step.startsWith('after-') ? (this.release ?? call.release) : call.release;
    const text = this.host.fileOf(release, DATABASE_FILE);
    return this.steps.perform(
      { ...call, release },
      {
        database: this.database,
        showPage: (isUp) => {
          this.host.maintenance = isUp;
        },
        needs: text === undefined ? undefined : JSON.parse(text),
        run: (argv) => this.host.run(argv, this.io()),
      },
    );
  }

  /** Why the document's script ends before it calls the host program; undefined where it does not. */
  private async refusal(script: string, environment: Readonly<Record<string, string>>): Promise<string | undefined> {
    const { SSM_Command: name, SSM_HostSha256: wanted } = environment;
    if (!name || !wanted) return 'the SSM agent passed no parameters';
    if (wanted === this.host.hostSha256 || name === 'revert') return undefined;
    const [, bucket, key] = PROGRAM.exec(script) ?? [];
    if (bucket === undefined)
      throw new Error(`the lab finds no object of the host program in the command's script: it looks for ${PROGRAM}`);
    try {
      await this.fetch(bucket, key, wanted);
      this.host.hostSha256 = wanted;
    } catch {
      return `the host program with sha256 ${wanted} could not be installed`;
    }
    return undefined;
  }

  shutDown(): void {
    this.isGone = true;
    this.syncTimer?.cancel();
  }

  private scheduleSync(): void {
    if (this.script.syncSeconds === undefined || this.isGone) return;
    this.syncTimer = this.clock.after(this.script.syncSeconds * 1000, `sync of ${this.spec.instanceId}`, async () => {
      await this.runHost(['sync']);
      this.scheduleSync();
    });
  }

  private async runHost(argv: readonly string[]): Promise<void> {
    const { stderr } = await this.host.run(argv, this.io());
    this.print(stderr);
  }

  private print(text: string): void {
    this.console += text;
  }

  private io(): HostIo {
    const { clock, spec } = this;
    return {
      getObject: (bucket, key) => this.getObject(bucket, key),
      probe: async () => {
        await clock.sleep(drawMs(this.context.random, 'probe'));
        return this.healthStatus();
      },
      completeLifecycleAction: async (result) => {
        await clock.sleep(drawMs(this.context.random, 'apiCall'));
        const { GROUP_NAME, LAUNCH_HOOK } = this.configuration();
        await this.call('autoscaling', 'CompleteLifecycleAction', {
          AutoScalingGroupName: GROUP_NAME,
          LifecycleHookName: LAUNCH_HOOK,
          InstanceId: spec.instanceId,
          LifecycleActionResult: result,
        });
      },
      waitFor: (event) => clock.waitFor(event),
    };
  }

  /** What the health page answers. */
  healthStatus(): number | undefined {
    const { behaviour } = this;
    return behaviour && (behaviour.healthy ? 200 : 503);
  }

  private configuration(): Record<string, string> {
    const lines = this.script.hostConfiguration.trim().split('\n');
    return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
  }

  private async getObject(bucket: string, key: string): Promise<Uint8Array | undefined> {
    const { clock } = this;
    const { random } = this.context;
    await clock.sleep(drawMs(random, 'apiCall'));
    let body: Uint8Array;
    try {
      const output = (await this.call('s3', 'GetObject', { Bucket: bucket, Key: key })) as { Body: Uint8Array };
      body = output.Body;
    } catch (error) {
      if ((error as { code?: string }).code === 'NoSuchKey') return undefined;
      throw error;
    }
    await clock.sleep(downloadMs(body.length) + (key.endsWith('.tar.gz') ? drawMs(random, 'unpack') : 0));
    return body;
  }

  /** As the machine sees it: an answer of an error's status and code. What is not an answer of the service is a defect of the lab. */
  private async call(service: string, operation: string, input: object): Promise<unknown> {
    try {
      return await this.callAs(this.spec.roleArn, service, operation, input);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      const status = error.code === 'AccessDenied' ? 403 : error.code === 'NoSuchKey' ? 404 : 400;
      throw Object.assign(new Error(`${status} ${error.code}`), { code: error.code });
    }
  }

  private async fetch(bucket: string, key: string, sha256: string): Promise<void> {
    const body = await this.getObject(bucket, key).catch(() => undefined);
    if (body === undefined) throw new Error(`could not fetch s3://${bucket}/${key}`);
    const got = createHash('sha256').update(body).digest('hex');
    if (got !== sha256) throw new Error(`sha256 mismatch of s3://${bucket}/${key}: expected ${sha256}, got ${got}`);
  }
}
