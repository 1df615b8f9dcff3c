import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { STACK, synthesize } from '../../bin/demo/synth';
import { LiveLab } from '../../lab/live-lab';
import { manifestOf } from '../scenarios/releases';

const APP = path.join(__dirname, '..', '..', 'examples', 'hello-web', 'app');
/** A minute of AWS takes half a second. */
const SCALE = 120;

/** The reference application at live speed, with a fleet on its placeholder and the words that tests use. */
export class LiveFleet {
  readonly name = 'hello';
  /** What should not happen in the lab itself. */
  readonly defects: unknown[] = [];

  private constructor(
    readonly lab: LiveLab,
    private readonly assembly: string,
  ) {}

  /** @param context of the reference application, on top of cdk.json */
  static async create(context: Readonly<Record<string, string | number>>): Promise<LiveFleet> {
    const assembly = mkdtempSync(path.join(tmpdir(), 'asg-canary-assembly-'));
    await synthesize(assembly, context);
    const defects: unknown[] = [];
    const onDefect = (error: unknown) => defects.push(error);
    const lab = await LiveLab.start({ assembly, stackName: STACK, repositories: {}, scale: SCALE, onDefect });
    const fleet = new LiveFleet(lab, assembly);
    await lab.deploy();
    return Object.assign(fleet, { defects });
  }

  async stop(): Promise<void> {
    await this.lab.stop();
    rmSync(this.assembly, { recursive: true });
  }

  get bucket(): string {
    return this.lab.stack.ofType('AWS::S3::Bucket').find(({ physicalId }) => /releases|build/i.test(physicalId))!.physicalId;
  }

  /** Puts the sample application into the bucket as a release; `change` spoils its manifest. */
  release(id: string, change: Parameters<typeof manifestOf>[2] = {}): void {
    const archive = execFileSync('tar', ['-C', APP, '-czf', '-', '.']);
    const { s3 } = this.lab.account;
    s3.putObject(this.bucket, `releases/${id}/release.tar.gz`, archive);
    s3.putObject(this.bucket, `releases/${id}/manifest`, manifestOf(id, archive, change));
  }

  /** The canary's weight in the main rule, 0 where the rule does not name it. */
  canaryWeight(): number {
    const action = this.lab.account.loadBalancing.actionFor({ path: '/', headers: {} });
    return 'groups' in action ? action.groups.slice(1).reduce((sum, { weight }) => sum + weight, 0) : 0;
  }

  /** The link and the unpacked releases of each stable instance, from its own disk. */
  disks(): Record<string, { current: string | undefined; releases: string[] }> {
    const { autoScaling, world } = this.lab.account;
    return Object.fromEntries(
      autoScaling.instancesOf(`${this.name}-stable`).map((instanceId) => [
        instanceId,
        {
          current: world.releaseOf(instanceId, '/srv/app/current'),
          releases: readdirSync(path.join(world.rootOf(instanceId), 'srv', 'app', 'releases')).sort(),
        },
      ]),
    );
  }

  /** Rules, targets, capacities, protection, pointers, lock and disks: all that a deployment changes, but for epochs, which only rise. */
  dump(): unknown {
    const { loadBalancing, autoScaling, s3, dynamoDb, ssm } = this.lab.account;
    const pointer = (group: string) =>
      Buffer.from(s3.getObject(this.bucket, `fleets/${this.name}/${group}`) ?? [])
        .toString()
        .replace(/^epoch=.*$/m, '');
    const { table } = JSON.parse(ssm.parameters.value(`/asg-canary/${this.name}`)!);
    const { epoch: _epoch, ...lock } = dynamoDb.items(table).find((item) => item.sk.S === 'lock') ?? {};
    return {
      ...loadBalancing.dump(),
      groups: autoScaling.dump(),
      pointers: { stable: pointer('stable'), canary: pointer('canary') },
      lock,
      disks: this.disks(),
    };
  }

  /** Starts an execution and waits for its outcome, and until both groups have the instances that they should have. */
  async run(
    input: object,
  ): Promise<{ readonly error: string | undefined; readonly outcome: { verdict: string; release: string; cause: string } }> {
    const { stepFunctions, autoScaling } = this.lab.account;
    const machine = this.lab.stack.ofType('AWS::StepFunctions::StateMachine')[0].physicalId;
    const { executionArn } = stepFunctions.startExecution(machine, input);
    const { error, output, cause } = await stepFunctions.waitForExecution(executionArn);
    for (const group of autoScaling.groupNames()) await autoScaling.settled(group);
    return { error, outcome: JSON.parse(output ?? cause ?? '{}') };
  }
}
