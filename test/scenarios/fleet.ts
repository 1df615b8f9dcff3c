import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Template } from '../../lab/cloudformation/template';
import { SimulatedLab, type SimulatedLabOptions } from '../../lab/simulated-lab';
import type { HistoryEvent } from '../../lab/states/history';
import { MARKET, REFERENCE, SECOND } from '../assemblies';
import { Invariants } from './invariants';
import { archiveOf, type Behaviour, GOOD, manifestOf } from './releases';

/** What to set up; everything has a default that suits most scenarios. */
export interface FleetOptions extends Partial<Omit<SimulatedLabOptions, 'assembly' | 'stackName' | 'repositories'>> {
  /** @default reference */
  readonly stack?: 'reference' | 'second' | 'market';
  /** Git repository that builds clone. */
  readonly repository?: string;
  /** Release that is committed when the scenario begins; undefined leaves the fleet on its placeholder. @default a good one, `r1` */
  readonly committed?: Behaviour | null;
  /** Whether `close` fails where a promise was broken at any moment. @default true */
  readonly invariants?: boolean;
  /** Called when the stack is there, before the first release goes out. */
  readonly begin?: (fleet: Fleet) => void;
}

/** How an execution ended. */
export interface Ended {
  readonly executionArn: string;
  readonly status: string;
  readonly error: string | undefined;
  /** The outcome that the output or the cause carries. */
  readonly outcome: {
    readonly verdict: string;
    readonly release: string;
    readonly previous: string;
    readonly cause: string;
    readonly epoch: number;
    readonly database: string;
    readonly maintenanceSeconds: number;
  };
  readonly states: readonly string[];
  readonly history: readonly HistoryEvent[];
}

const STACKS = {
  reference: { assembly: REFERENCE, stackName: 'HelloWeb', name: 'hello', minCanary: 1 },
  market: { assembly: MARKET, stackName: 'Market', name: 'market', minCanary: 1 },
  second: { assembly: SECOND, stackName: 'Store', name: 'store', minCanary: 2 },
} as const;
const WAVE_PERCENT = 33;

/** A person with all rights. */
export const OPERATOR = { kind: 'operator', arn: 'operator' } as const;

/** Traffic that is enough for any verdict within minutes. */
const TRAFFIC = { requestsPerMinute: () => 6000 };

/** A fleet of the real template in simulated time, with the words that scenarios use. */
export class Fleet {
  /** Shares in percent that the canary was given in the main rule, in order. */
  readonly weights: number[] = [];
  private watcher: Invariants | undefined;

  private constructor(
    readonly lab: SimulatedLab,
    readonly name: string,
    readonly stackName: string,
    readonly assembly: string,
  ) {}

  static async create(options: FleetOptions = {}): Promise<Fleet> {
    const { stack = 'reference', repository, committed = GOOD, traffic = TRAFFIC, invariants = true, begin, ...rest } = options;
    const { assembly, stackName, name, minCanary } = STACKS[stack];
    const repositories = repository === undefined ? {} : sourcesOf(path.join(assembly, `${stackName}.template.json`), repository);
    const lab = await SimulatedLab.create({ assembly, stackName, repositories, traffic, ...rest });
    const fleet = new Fleet(lab, name, stackName, assembly);
    if (invariants) fleet.watcher = new Invariants(lab, { fleet: name, minCanary, wavePercent: WAVE_PERCENT });
    fleet.recordWeights();
    begin?.(fleet);
    if (committed !== null) {
      await fleet.bootstrap(committed).catch(async (error) => {
        await lab.close();
        throw error;
      });
    }
    return fleet;
  }

  get stateMachineArn(): string {
    return this.lab.stack.ofType('AWS::StepFunctions::StateMachine')[0].physicalId;
  }

  get bucket(): string {
    return this.lab.stack.ofType('AWS::S3::Bucket').find(({ physicalId }) => /releases|build/i.test(physicalId))!.physicalId;
  }

  /** What the fleet's parameter tells the command line. */
  get parameter(): Readonly<Record<'takeOutFunction' | 'table' | 'mainRuleArn' | 'canaryTargetGroupArn', string>> {
    return JSON.parse(this.lab.account.ssm.parameters.value(`/asg-canary/${this.name}`)!);
  }

  /** Puts a release into the bucket, as a build would; `change` spoils its manifest. */
  release(id: string, behaviour: Behaviour = GOOD, change: Parameters<typeof manifestOf>[2] = {}): void {
    const archive = archiveOf(behaviour);
    const { s3 } = this.lab.account;
    s3.putObject(this.bucket, `releases/${id}/release.tar.gz`, archive);
    s3.putObject(this.bucket, `releases/${id}/manifest`, manifestOf(id, archive, change));
  }

  /** Starts an execution, without waiting. Call it in an actor of the lab or outside of time. */
  start(input: unknown, name?: string): string {
    return this.lab.account.stepFunctions.startExecution(this.stateMachineArn, input, name).executionArn;
  }

  /** Starts an execution and lets time pass until it has ended. */
  run(input: unknown, name?: string): Promise<Ended> {
    return this.lab.run(() => this.ended(this.start(input, name)));
  }

  /** Waits, in an actor, until an execution has ended. */
  async ended(executionArn: string): Promise<Ended> {
    const { stepFunctions, context } = this.lab.account;
    const { status, error, output, cause } = await context.clock.waitFor(stepFunctions.waitForExecution(executionArn));
    const history = stepFunctions.history(executionArn);
    const states = history.flatMap((event) => (event.stateEnteredEventDetails as { name: string } | undefined)?.name ?? []);
    return { executionArn, status: status!, error, outcome: parsed(output ?? cause), states, history };
  }

  /** Waits, in an actor, until an execution enters a state. */
  async enters(executionArn: string, state: string, times = 1): Promise<void> {
    const { stepFunctions, context } = this.lab.account;
    for (;;) {
      const entered = stepFunctions
        .history(executionArn)
        .filter((event) => (event.stateEnteredEventDetails as { name: string } | undefined)?.name === state);
      if (entered.length >= times) return;
      if (stepFunctions.describeExecution(executionArn).status !== 'RUNNING')
        throw new Error(`the execution ended before it entered '${state}'`);
      await context.clock.sleep(100);
    }
  }

  /** Waits, in an actor, until recovery has run and nobody holds the lock. */
  async free(): Promise<void> {
    while (this.lock()?.holder?.S !== '') await this.lab.account.context.clock.sleep(1000);
  }

  /** The item `lock` of the table. */
  lock(): Record<string, { S?: string; N?: string }> | undefined {
    return this.table().find((item) => item.sk.S === 'lock');
  }

  /** All items of the fleet's table. */
  table(): Record<string, { S?: string; N?: string }>[] {
    return this.lab.account.dynamoDb.items(this.parameter.table) as Record<string, { S?: string; N?: string }>[];
  }

  /** Release on each instance of a group. */
  releases(group: 'stable' | 'canary'): string[] {
    const { autoScaling, world } = this.lab.account;
    return autoScaling.instances(`${this.name}-${group}`).map(({ instanceId }) => world.releaseOf(instanceId) ?? 'none');
  }

  /** The canary's weight in the main rule, 0 where the rule does not name it. */
  canaryWeight(): number {
    const action = this.lab.account.loadBalancing.actionFor({ path: '/', headers: {} });
    return 'groups' in action ? action.groups.slice(1).reduce((sum, { weight }) => sum + weight, 0) : 0;
  }

  /** Rules, targets, capacities, protection, pointers, lock and active releases: everything that a deployment changes, but for epochs, which only rise. */
  async dump(): Promise<unknown> {
    const { loadBalancing, autoScaling, s3, world } = this.lab.account;
    const pointer = (group: string) =>
      Buffer.from(s3.getObject(this.bucket, `fleets/${this.name}/${group}`) ?? [])
        .toString()
        .replace(/^epoch=.*$/m, '');
    const { epoch: _epoch, pk: _pk, sk: _sk, ...lock } = { holder: { S: '' }, ...this.lock() } as Record<string, unknown>;
    const links = Object.fromEntries(autoScaling.all().map((instanceId) => [instanceId, world.releaseOf(instanceId)]));
    return {
      ...loadBalancing.dump(),
      groups: autoScaling.dump(),
      pointers: { stable: pointer('stable'), canary: pointer('canary') },
      lock,
      links,
    };
  }

  /** Takes the canary out of traffic as the command line's `abort` does. Call it in an actor. */
  takeOut(reason: string): ReturnType<SimulatedLab['account']['lambda']['invoke']> {
    return this.lab.account.lambda.invoke(this.parameter.takeOutFunction, { reason }, OPERATOR);
  }

  /** Ids of a group's instances, the oldest first. */
  ids(group: 'stable' | 'canary'): string[] {
    return this.lab.account.autoScaling.instances(`${this.name}-${group}`).map(({ instanceId }) => instanceId);
  }

  /** Fields of a group's pointer. */
  pointer(group: 'stable' | 'canary'): Record<string, string> {
    const text = Buffer.from(this.lab.account.s3.getObject(this.bucket, `fleets/${this.name}/${group}`) ?? []).toString();
    return Object.fromEntries(text.split('\n').map((line) => line.split('=', 2)));
  }

  /** @throws Error with the promises that were broken at any moment */
  async close(): Promise<void> {
    await this.lab.close();
    const breaches = this.watcher?.breaches ?? [];
    if (breaches.length > 0) throw new Error(`promises were broken:\n${breaches.join('\n')}`);
  }

  private async bootstrap(behaviour: Behaviour): Promise<void> {
    this.release('r1', behaviour);
    const ended = await this.run({ release: 'r1', bootstrap: true });
    if (ended.status !== 'SUCCEEDED') throw new Error(`the first release did not go out: ${JSON.stringify(ended.outcome)}`);
  }

  private recordWeights(): void {
    const { mainRuleArn } = this.parameter;
    this.lab.account.wire.onCall(({ operation, input }) => {
      if (operation !== 'ModifyRule' || input.RuleArn !== mainRuleArn) return;
      this.weights.push(input.Actions[0].ForwardConfig?.TargetGroups?.[1]?.Weight ?? 0);
    });
  }
}

function sourcesOf(templateFile: string, repository: string): Record<string, string> {
  const template: Template = JSON.parse(readFileSync(templateFile, 'utf8'));
  const projects = Object.values(template.Resources).filter(({ Type }) => Type === 'AWS::CodeBuild::Project');
  return Object.fromEntries(projects.map(({ Properties }) => [Properties!.Source.Location, repository]));
}

function parsed(text: string | undefined): Ended['outcome'] {
  try {
    return JSON.parse(text ?? '{}');
  } catch {
    return { verdict: 'none', release: '', previous: '', cause: text ?? '', epoch: 0, database: '', maintenanceSeconds: 0 };
  }
}
