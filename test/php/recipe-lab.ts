import { type Dirent, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { LiveLab } from '../../lab/live-lab';
import { CanaryFleet, type Recipe } from '../../lib';
import { type BuiltRelease, manifest, pointer } from '../host/test-host';
import { temporaryApp } from '../temporary-app';
import { onThisMachine } from './this-machine';

/** A minute of AWS takes two seconds. */
const SCALE = 30;
const PORT = 8080;

/** One stable instance of a fleet that boots from a recipe, in a live lab. */
export class RecipeLab {
  static async start(recipe: (scope: Construct) => Recipe, secrets: Readonly<Record<string, string>>): Promise<RecipeLab> {
    process.env.CDK_VALIDATION = 'false';
    const app = temporaryApp();
    const stack = new Stack(app, 'Shop');
    new CanaryFleet(stack, 'Fleet', {
      vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }),
      artifactBucket: new s3.Bucket(stack, 'Artifacts'),
      fleetName: 'shop',
      minCapacity: 1,
      port: PORT,
      bootTimeout: Duration.hours(1),
      recipe: onThisMachine(recipe(stack)),
    });
    const defects: unknown[] = [];
    let console = '';
    let failed = (_: Error): void => {};
    const bootFailed = new Promise<never>((_, reject) => {
      failed = reject;
    });
    const lab = await LiveLab.start({
      assembly: app.synth().directory,
      stackName: 'Shop',
      repositories: {},
      scale: SCALE,
      onDefect: (error) => defects.push(error),
      onBooted: (_, text) => {
        console = text;
        if (text.includes('user data failed')) failed(new Error(text));
      },
    });
    for (const [name, value] of Object.entries(secrets)) lab.account.secretsManager.put(name, value);
    try {
      await Promise.race([lab.deploy(), bootFailed]);
    } catch (error) {
      await lab.stop();
      throw error;
    }
    return new RecipeLab(lab, defects, () => console);
  }

  private epoch = 0;
  private words = '';
  private release: BuiltRelease | undefined;

  private constructor(
    readonly lab: LiveLab,
    readonly defects: readonly unknown[],
    /** What user data wrote. */
    readonly console: () => string,
  ) {}

  get instance(): string {
    return this.lab.account.autoScaling.instancesOf('shop-stable')[0];
  }

  get root(): string {
    return this.lab.account.world.rootOf(this.instance);
  }

  /** A request to the instance itself. */
  async get(route: string, init: RequestInit = {}): Promise<{ status: number; body: string; headers: Headers }> {
    const address = this.lab.account.world.addressOf(this.instance);
    const answer = await fetch(`http://${address}:${PORT}${route}`, { redirect: 'manual', ...init });
    return { status: answer.status, body: await answer.text(), headers: answer.headers };
  }

  /** Runs a script on the instance as Run Command does, and gives what it printed; throws where it fails. */
  async run(script: string): Promise<string> {
    const result = await this.lab.account.world.runScript(this.instance, script, {}, 60);
    if (result.exitCode !== 0) throw new Error(`'${script}' ended with ${result.exitCode}: ${result.stdout}${result.stderr}${this.logs()}`);
    return result.stdout;
  }

  /** Stages and activates a release by the host program. */
  async serve(release: BuiltRelease): Promise<void> {
    const { s3: store } = this.lab.account;
    const bucket = this.lab.stack.ofType('AWS::S3::Bucket')[0].physicalId;
    store.putObject(bucket, `releases/${release.id}/release.tar.gz`, Buffer.from(release.archive));
    store.putObject(bucket, `releases/${release.id}/manifest`, Buffer.from(manifest(release)));
    this.epoch++;
    this.release = release;
    this.point('promoting');
    const words = `--release ${release.id} --sha256 ${release.sha256} --epoch ${this.epoch}`;
    await this.run(`"$ASG_CANARY_ROOT/opt/asg-canary/asg-canary-host" stage ${words}`);
    await this.run(`"$ASG_CANARY_ROOT/opt/asg-canary/asg-canary-host" activate ${words}`);
    this.words = words;
  }

  /** Runs a step of the release that was served last. */
  async step(name: string): Promise<string> {
    this.point(name === 'maintenance-on' ? 'maintenance' : 'promoting');
    return this.run(`"$ASG_CANARY_ROOT/opt/asg-canary/asg-canary-step" ${name} ${this.words}`);
  }

  private point(phase: string): void {
    const bucket = this.lab.stack.ofType('AWS::S3::Bucket')[0].physicalId;
    this.lab.account.s3.putObject(bucket, 'fleets/shop/stable', Buffer.from(pointer(this.epoch, phase, undefined, this.release)));
  }

  read(file: string): string {
    return readFileSync(path.join(this.root, file), 'utf8');
  }

  /** Unit files of the instance. */
  units(): string[] {
    return readdirSync(path.join(this.root, 'etc/systemd/system')).sort();
  }

  /** What servers and units wrote. */
  logs(): string {
    const isLog = (entry: Dirent) => entry.isFile() && entry.name.endsWith('.log') && entry.name !== 'access.log';
    return readdirSync(path.join(this.root, 'var/log'), { recursive: true, withFileTypes: true })
      .filter(isLog)
      .map((entry) => `\n${entry.name}:\n${readFileSync(path.join(entry.parentPath, entry.name), 'utf8')}`)
      .join('');
  }

  stop(): Promise<void> {
    return this.lab.stop();
  }
}

/** Waits until what a test expects holds. */
export async function eventually(attempt: () => Promise<void> | void, milliseconds = 10_000): Promise<void> {
  for (const end = Date.now() + milliseconds; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
