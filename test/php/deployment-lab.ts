import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { LiveLab } from '../../lab/live-lab';
import { Analysis, CanaryDeployment, CanaryFleet, OnUndetectable, type Recipe, ReleaseBuild, Source } from '../../lib';
import { onThisMachine } from './this-machine';

/** A minute of AWS takes two seconds. */
export const SCALE = 30;

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

/** What a lab deploys. */
export interface Application {
  /** Name of its fleet. */
  readonly name: string;
  /** Used as it is, but for the user of this machine's web servers. */
  readonly recipe: (scope: Construct) => Recipe;
  /** Folder of its git repository. */
  readonly repository: string;
}

/** What was started for a lab. */
export class Started {
  /** A folder of the lab's own. */
  readonly folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-deployments-'));
  readonly defects: unknown[] = [];
  private readonly ends: (() => Promise<unknown>)[] = [async () => rmSync(this.folder, { recursive: true, force: true })];

  /** Starts one thing after the other; where one fails, those before it are stopped. */
  static async whole<T>(start: (started: Started) => Promise<T>): Promise<T> {
    const started = new Started();
    try {
      return await start(started);
    } catch (error) {
      await started.stop();
      throw error;
    }
  }

  /** Waits for a start, and stops what was started with all the rest. */
  async add<T extends { stop(): Promise<unknown> }>(starting: Promise<T>): Promise<T> {
    const server = await starting;
    this.ends.push(() => server.stop());
    return server;
  }

  /** Starts a lab with an application's fleet, which is not deployed yet. */
  lab(application: Application): Promise<LiveLab> {
    process.env.CDK_VALIDATION = 'false';
    const app = new App({ outdir: path.join(this.folder, 'assembly') });
    const { stackName } = applicationStack(app, application);
    const lab = LiveLab.start({
      assembly: app.synth().directory,
      stackName,
      repositories: { [`https://github.com/example/${application.name}.git`]: application.repository },
      scale: SCALE,
      onDefect: (error) => this.defects.push(error),
    });
    return this.add(lab);
  }

  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }
}

function applicationStack(app: App, { name, recipe: recipeOf }: Application): Stack {
  const stack = new Stack(app, 'Application', { env: { region: 'eu-west-1' } });
  const recipe = onThisMachine(recipeOf(stack));
  const releaseBuild = new ReleaseBuild(stack, 'Build', {
    source: Source.gitHub({ owner: 'example', repository: name }),
    recipe,
    environment: { COMPOSER_ALLOW_SUPERUSER: '1', COMPOSER_DISABLE_NETWORK: '1' },
  });
  const fleet = new CanaryFleet(stack, 'Fleet', {
    vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }),
    artifactBucket: releaseBuild.artifactBucket,
    fleetName: name,
    recipe,
    minCapacity: 2,
    port: 8080,
    bootTimeout: Duration.hours(1),
  });
  new CanaryDeployment(stack, 'Deployment', {
    fleet,
    releaseBuild,
    steps: [{ weight: 40, watch: Duration.minutes(12) }],
    wavePercent: 50,
    bakeTime: Duration.minutes(3),
    // Few customers, and a short watch: only large effects can be found.
    analysis: Analysis.sequential({
      errorRate: { smallestEffect: { difference: 0.1 } },
      latency: { smallestEffect: { difference: 0.2 } },
      onUndetectable: OnUndetectable.WARN,
    }),
  });
  return stack;
}

/** A lab whose instances are nginx and PHP-FPM with an application, to be deployed. */
export class DeploymentLab {
  constructor(
    private readonly started: Started,
    readonly lab: LiveLab,
    private readonly application: string,
  ) {}

  /** What should not happen in the lab itself. */
  get defects(): readonly unknown[] {
    return this.started.defects;
  }

  stop(): Promise<void> {
    return this.started.stop();
  }

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
    return autoScaling
      .instancesOf(`${this.application}-${group}`)
      .map((instance) => world.releaseOf(instance, '/srv/app/current') ?? 'none');
  }

  /** Address of each instance of a group. */
  addresses(group: 'stable' | 'canary'): string[] {
    const { autoScaling, world } = this.lab.account;
    return autoScaling.instancesOf(`${this.application}-${group}`).map((instance) => `http://${world.addressOf(instance)}:8080`);
  }
}
