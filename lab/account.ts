import { AssetPublisher } from './cloudformation/assets';
import { Stack } from './cloudformation/stack';
import type { FunctionLease, PoolUser } from './functions/function-pool';
import { IamService, policyProblems } from './iam';
import type { LabContext } from './kernel/context';
import type { ResourceProvider } from './kernel/resources';
import type { Service } from './kernel/service';
import type { World } from './kernel/world';
import { AutoScalingService } from './services/autoscaling';
import { CloudWatchService } from './services/cloudwatch';
import { CodeBuildService } from './services/codebuild/codebuild-service';
import { DynamoDbService } from './services/dynamodb';
import { LaunchTemplates } from './services/ec2-launch-templates';
import { LoadBalancingService } from './services/elb';
import { EventsService } from './services/events';
import { LambdaService } from './services/lambda';
import { RdsService } from './services/rds';
import { S3Service } from './services/s3';
import { SecretsManagerService } from './services/secretsmanager';
import { SnsService } from './services/sns';
import { SsmService } from './services/ssm/ssm-service';
import { StepFunctionsService } from './services/stepfunctions';
import { Wire } from './wire';

/** What an account stands on. */
export interface AccountOptions<W extends World> {
  /** Makes the machines; may use the account's IAM and wire, but not yet in this call. */
  readonly world: (account: Account<W>) => W;
  /** Folder of the git repository behind each source location of a build. */
  readonly repositories: Readonly<Record<string, string>>;
  /** URL under which the account's wire is served; asked when it is needed. */
  readonly endpoint: () => string;
  /** Leases the workers that run functions. */
  readonly lease: (user: PoolUser) => FunctionLease;
  /** Takes what functions write to their console. */
  readonly log?: (functionName: string, text: string) => void;
  /** First two parts of the instances' addresses. @default 127.20 */
  readonly network?: string;
  /** False lets functions of several executions run at once in simulated time. */
  readonly serialise?: boolean;
}

/** One AWS account in one region: its services, wired to each other and to the machines below. */
export class Account<W extends World = World> {
  readonly iam: IamService;
  readonly world: W;
  readonly s3: S3Service;
  readonly sns: SnsService;
  readonly dynamoDb: DynamoDbService;
  readonly cloudWatch: CloudWatchService;
  readonly loadBalancing: LoadBalancingService;
  readonly autoScaling: AutoScalingService;
  readonly ssm: SsmService;
  readonly secretsManager: SecretsManagerService;
  readonly rds: RdsService;
  readonly codeBuild: CodeBuildService;
  readonly functions: FunctionLease;
  readonly lambda: LambdaService;
  readonly stepFunctions: StepFunctionsService;
  readonly events: EventsService;
  readonly wire: Wire;
  private readonly assets: AssetPublisher;
  private apiCalls = 0;
  private readonly providers: readonly ResourceProvider[];

  constructor(
    readonly context: LabContext,
    options: AccountOptions<W>,
  ) {
    const { endpoint, repositories, lease, serialise, network, log = () => {} } = options;
    const iam = new IamService(context);
    this.iam = iam;
    this.world = options.world(this);
    const world = this.world;
    this.s3 = new S3Service(context, { iam });
    this.sns = new SnsService(context, { iam });
    this.dynamoDb = new DynamoDbService(context);
    this.cloudWatch = new CloudWatchService(context);
    this.loadBalancing = new LoadBalancingService(context, { world });
    const launchTemplates = new LaunchTemplates(context);
    this.autoScaling = new AutoScalingService(context, {
      world,
      loadBalancing: this.loadBalancing,
      launchTemplates,
      roleOfProfile: (profile) => iam.roleOfProfile(profile),
      network,
    });
    this.ssm = new SsmService(context, { world, instances: this.autoScaling });
    this.secretsManager = new SecretsManagerService(context);
    this.rds = new RdsService(context);
    this.codeBuild = new CodeBuildService(context, { credentials: iam, endpoint, repositories });
    this.functions = lease({
      endpoint: endpoint(),
      region: context.region,
      log,
      adoptKey: (key, roleArn) => iam.adoptKey(key, roleArn),
      dropKey: (accessKeyId) => iam.dropKey(accessKeyId),
    });
    this.assets = new AssetPublisher(this.s3, context);
    this.lambda = new LambdaService(context, {
      assetDirectory: (bucket, key) => this.assets.folder(bucket, key),
      functions: this.functions,
      iam,
      serialise,
      apiCalls: () => this.apiCalls,
    });
    this.stepFunctions = new StepFunctionsService(context, { lambda: this.lambda, codeBuild: this.codeBuild, iam });
    this.events = new EventsService(context, { lambda: this.lambda, stepFunctions: this.stepFunctions, sns: this.sns, iam });
    const services = this.services();
    this.providers = [...services, iam].flatMap((service) => service.providers()).concat(launchTemplates.provider());
    this.wire = new Wire(context, { services, iam });
    this.wire.onCall(({ principal }) => {
      if (principal.kind === 'role') this.apiCalls++;
    });
  }

  /** Publishes a stack's assets and gives the stack, to be deployed. */
  stack(assembly: string, name: string): Stack {
    this.publish(assembly, name);
    return new Stack(this.context, name, this.providers, [policyProblems]);
  }

  /** Publishes the assets of a stack's next template. */
  publish(assembly: string, name: string): void {
    this.assets.publish(assembly, name);
  }

  private services(): (Service & { providers(): ResourceProvider[] })[] {
    return [
      this.s3,
      this.sns,
      this.dynamoDb,
      this.cloudWatch,
      this.loadBalancing,
      this.autoScaling,
      this.ssm,
      this.secretsManager,
      this.rds,
      this.codeBuild,
      this.lambda,
      this.stepFunctions,
      this.events,
    ];
  }
}
