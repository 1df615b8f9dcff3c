import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { LiveLab } from '../../lab/live-lab';
import { Analysis, CanaryDeployment, CanaryFleet, OnUndetectable, Recipe, ReleaseBuild, Source } from '../../lib';
import { MariaDb } from './servers/mariadb';
import { Redis } from './servers/redis';
import { Varnish } from './servers/varnish';
import { storeEnvironment } from './store/environment';
import { writeStoreRepository } from './store/repository';
import type { Version } from './store/versions';
import { onThisMachine } from './this-machine';

/** A minute of AWS takes two seconds. */
export const SCALE = 30;
const STACK = 'Store';
const SECRET = 'store/env.php';
const ADDRESS = '127.50.0.1';

/** How an execution ended. */
export interface Ended {
  readonly error: string | undefined;
  readonly outcome: {
    readonly verdict: string;
    readonly release: string;
    readonly cause: string;
    readonly database: string;
    readonly maintenanceSeconds: number;
  };
  /** States that were entered, in their order. */
  readonly states: readonly string[];
}

/** The stack of a store, by Magento's recipe as it is but for the user of Debian's web servers. */
function storeStack(app: App): void {
  const stack = new Stack(app, STACK, { env: { region: 'eu-west-1' } });
  const recipe = onThisMachine(
    Recipe.magento2({
      configuration: Secret.fromSecretNameV2(stack, 'Environment', SECRET),
      consumers: ['orders'],
      jobs: 2,
      workers: 8,
    }),
  );
  const releaseBuild = new ReleaseBuild(stack, 'Build', {
    source: Source.gitHub({ owner: 'example', repository: 'store' }),
    recipe,
    environment: { COMPOSER_ALLOW_SUPERUSER: '1', COMPOSER_DISABLE_NETWORK: '1' },
  });
  const fleet = new CanaryFleet(stack, 'Fleet', {
    vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }),
    artifactBucket: releaseBuild.artifactBucket,
    fleetName: 'store',
    recipe,
    minCapacity: 2,
    port: 8080,
    bootTimeout: Duration.hours(1),
  });
  new CanaryDeployment(stack, 'Deployment', {
    fleet,
    releaseBuild,
    steps: [{ weight: 40, watch: Duration.minutes(8) }],
    wavePercent: 50,
    bakeTime: Duration.minutes(3),
    // Few customers, and a short watch: only large effects can be found.
    analysis: Analysis.sequential({
      errorRate: { smallestEffect: { difference: 0.1 } },
      latency: { smallestEffect: { difference: 0.2 } },
      onUndetectable: OnUndetectable.WARN,
    }),
  });
}

/** A store that runs: MariaDB, Redis and Varnish, and a lab whose instances are nginx and PHP-FPM. */
export class StoreLab {
  /** @param more versions of the store beside those of its repository */
  static async start(more: readonly Version[] = []): Promise<StoreLab> {
    process.env.CDK_VALIDATION = 'false';
    const folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-store-'));
    const ends: (() => Promise<unknown>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
    const stopAll = async () => {
      for (const end of ends.splice(0).reverse()) await end();
    };
    try {
      const database = await MariaDb.start(ADDRESS);
      ends.push(() => database.stop());
      const redis = await Redis.start(ADDRESS);
      ends.push(() => redis.stop());
      writeStoreRepository(path.join(folder, 'repository'), more);
      const app = new App({ outdir: path.join(folder, 'assembly') });
      storeStack(app);
      const defects: unknown[] = [];
      const lab = await LiveLab.start({
        assembly: app.synth().directory,
        stackName: STACK,
        repositories: { 'https://github.com/example/store.git': path.join(folder, 'repository') },
        scale: SCALE,
        onDefect: (error) => defects.push(error),
      });
      ends.push(() => lab.stop());
      const { hostname, port } = new URL(lab.url);
      const varnish = await Varnish.start({ address: hostname, port: Number(port) }, ADDRESS);
      ends.push(() => varnish.stop());
      lab.account.secretsManager.put(SECRET, storeEnvironment({ database, redis, varnish: [varnish] }, { blueGreen: true }));
      await lab.deploy();
      return new StoreLab(lab, { database, redis, varnish }, defects, stopAll);
    } catch (error) {
      await stopAll();
      throw error;
    }
  }

  private constructor(
    readonly lab: LiveLab,
    readonly servers: { readonly database: MariaDb; readonly redis: Redis; readonly varnish: Varnish },
    /** What should not happen in the lab itself. */
    readonly defects: readonly unknown[],
    readonly stop: () => Promise<void>,
  ) {}

  /** Starts an execution, as CI does. @returns its ARN */
  start(input: object): string {
    const machine = this.lab.stack.ofType('AWS::StepFunctions::StateMachine')[0].physicalId;
    return this.lab.account.stepFunctions.startExecution(machine, input).executionArn;
  }

  /** Waits for the outcome of an execution, and until both groups have the instances that they should have. */
  async ended(executionArn: string): Promise<Ended> {
    const { stepFunctions, autoScaling } = this.lab.account;
    const { error, output, cause } = await stepFunctions.waitForExecution(executionArn);
    for (const group of autoScaling.groupNames()) await autoScaling.settled(group);
    return { error, outcome: JSON.parse(output ?? cause ?? '{}'), states: this.states(executionArn) };
  }

  run(input: object): Promise<Ended> {
    return this.ended(this.start(input));
  }

  /** States that an execution has entered so far. */
  states(executionArn: string): string[] {
    return this.lab.account.stepFunctions
      .history(executionArn)
      .flatMap((event) => (event.stateEnteredEventDetails as { name: string } | undefined)?.name ?? []);
  }

  /** Waits until an execution has entered a state. */
  async enters(executionArn: string, state: string): Promise<void> {
    while (!this.states(executionArn).includes(state)) {
      if (this.lab.account.stepFunctions.describeExecution(executionArn).status !== 'RUNNING') {
        throw new Error(`the execution ended before it entered '${state}': ${this.states(executionArn).join(', ')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The release on each instance of a group. */
  releases(group: 'stable' | 'canary'): string[] {
    const { autoScaling, world } = this.lab.account;
    return autoScaling.instancesOf(`store-${group}`).map((instance) => world.releaseOf(instance, '/srv/app/current') ?? 'none');
  }

  /** Address of each instance of a group. */
  addresses(group: 'stable' | 'canary'): string[] {
    const { autoScaling, world } = this.lab.account;
    return autoScaling.instancesOf(`store-${group}`).map((instance) => `http://${world.addressOf(instance)}:8080`);
  }

  /** Names of a table's columns. */
  async columns(table: string): Promise<string[]> {
    const rows = await this.servers.database.query(`SELECT column_name FROM information_schema.columns WHERE table_name = '${table}'`);
    return rows.trim().split('\n');
  }
}
