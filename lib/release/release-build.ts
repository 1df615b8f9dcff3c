import { Aws, Duration } from 'aws-cdk-lib';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { checkDuration } from '../checks';
import { artifactBucket } from './artifact-bucket';
import type { IReleaseBuild } from './build';
import { buildRole, CACHE_PREFIX } from './build-role';
import { buildSpec } from './build-spec';
import type { Recipe } from './recipe';
import type { Source } from './source';

/** Properties of a `ReleaseBuild`. */
export interface ReleaseBuildProps {
  /** Where the code comes from. */
  readonly source: Source;

  /** How it becomes a release. */
  readonly recipe: Recipe;

  /**
   * Bucket that receives the releases. It must be versioned: a rollback starts from what was there before.
   *
   * @default - a new one, versioned, encrypted and kept when the stack is deleted
   */
  readonly artifactBucket?: s3.IBucket;

  /**
   * How long a release that was deleted, and a pointer that was replaced, can be brought back from the new bucket.
   * Releases themselves never expire.
   *
   * @default Duration.days(90)
   */
  readonly keepDeleted?: Duration;

  /**
   * Secrets that the build commands need, such as the token of a private package registry, by environment variable.
   *
   * @default - none
   */
  readonly secrets?: { [environmentVariable: string]: secretsmanager.ISecret };

  /**
   * Plain environment variables of the build commands.
   *
   * @default - none
   */
  readonly environment?: { [environmentVariable: string]: string };

  /**
   * Bucket that keeps the recipe's cache paths between builds, under `build-cache/`.
   *
   * @default - they stay on the build host for as long as CodeBuild keeps it
   */
  readonly cacheBucket?: s3.IBucket;

  /**
   * Image of the build. It needs bash, tar, gzip, sha256sum and curl 7.88 or newer.
   *
   * @default - Amazon Linux 2023 on arm64
   */
  readonly buildImage?: codebuild.IBuildImage;

  /**
   * Size of the build machine.
   *
   * @default ComputeType.SMALL
   */
  readonly computeType?: codebuild.ComputeType;

  /**
   * How long a build may take.
   *
   * @default Duration.minutes(30)
   */
  readonly timeout?: Duration;

  /**
   * VPC to build in, where the build needs something private.
   *
   * @default - none
   */
  readonly vpc?: ec2.IVpc;

  /**
   * Subnets to build in.
   *
   * @default - the private subnets of `vpc`
   */
  readonly subnetSelection?: ec2.SubnetSelection;

  /**
   * Security groups of the build.
   *
   * @default - a new one, with `vpc`
   */
  readonly securityGroups?: ec2.ISecurityGroup[];

  /**
   * How long the logs of builds are kept.
   *
   * @default RetentionDays.SIX_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
}

/** Names that the construct, the deployment or CodeBuild sets. */
const RESERVED = /^(RELEASE_|ARTIFACT_|CODEBUILD_|AWS_)/;

/**
 * A CodeBuild project that builds a git ref once and puts the release into the artifact bucket.
 *
 * The build may add releases and never replace one: its role, like its buildspec, writes only what does not exist yet.
 *
 * @example
 * new ReleaseBuild(this, 'Build', {
 *   source: Source.gitHub({ owner: 'example', repository: 'shop' }),
 *   recipe: Recipe.generic({ buildCommands: ['npm ci', 'npm run build'], outputDirectory: 'dist' }),
 * });
 */
export class ReleaseBuild extends Construct implements IReleaseBuild {
  public readonly artifactBucket: s3.IBucket;
  public readonly project: codebuild.IProject;

  constructor(scope: Construct, id: string, props: ReleaseBuildProps) {
    super(scope, id);
    const timeout = props.timeout ?? Duration.minutes(30);
    checkDuration('timeout', timeout, Duration.minutes(5), Duration.hours(36));
    if (props.keepDeleted) checkDuration('keepDeleted', props.keepDeleted, Duration.days(1), Duration.days(3650));
    this.artifactBucket = props.artifactBucket ?? artifactBucket(this, 'Artifacts', props.keepDeleted ?? Duration.days(90));

    const logGroup = new logs.LogGroup(this, 'Logs', { retention: props.logRetention ?? logs.RetentionDays.SIX_MONTHS });
    this.project = new codebuild.Project(this, 'Project', {
      description: 'Builds a git ref into a release',
      role: buildRole(this, 'Role', {
        artifactBucket: this.artifactBucket,
        logGroup,
        sourceRights: props.source.rights,
        secrets: Object.values(secretsOf(props)),
        cacheBucket: props.cacheBucket,
        subnets: props.vpc?.selectSubnets(props.subnetSelection).subnets,
      }).withoutPolicyUpdates(),
      source: props.source.projectSource,
      buildSpec: buildSpec(props.recipe),
      environment: {
        buildImage: props.buildImage ?? codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0,
        computeType: props.computeType ?? codebuild.ComputeType.SMALL,
      },
      environmentVariables: this.variables(props),
      cache: props.cacheBucket
        ? codebuild.Cache.bucket(props.cacheBucket, { prefix: CACHE_PREFIX })
        : codebuild.Cache.local(codebuild.LocalCacheMode.SOURCE, codebuild.LocalCacheMode.CUSTOM),
      timeout,
      logging: { cloudWatch: { logGroup } },
      grantReportGroupPermissions: false,
      vpc: props.vpc,
      subnetSelection: props.subnetSelection,
      securityGroups: props.securityGroups,
    });
  }

  private variables(props: ReleaseBuildProps): { [name: string]: codebuild.BuildEnvironmentVariable } {
    const { environment = {} } = props;
    const secrets = secretsOf(props);
    for (const name of [...Object.keys(environment), ...Object.keys(secrets)]) {
      if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) || RESERVED.test(name)) {
        throw new Error(
          `an environment variable of a build must be letters, digits and underscores and not begin with RELEASE_, ARTIFACT_, CODEBUILD_ or AWS_, got '${name}'`,
        );
      }
      if (name in environment && name in secrets)
        throw new Error(`an environment variable must be in 'environment' or in 'secrets', got '${name}' in both`);
    }
    return {
      ARTIFACT_BUCKET: { value: this.artifactBucket.bucketName },
      ARTIFACT_DOMAIN: { value: Aws.URL_SUFFIX },
      ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, { value }])),
      ...Object.fromEntries(
        Object.entries(secrets).map(([name, secret]) => [
          name,
          { type: codebuild.BuildEnvironmentVariableType.SECRETS_MANAGER, value: secret.secretArn },
        ]),
      ),
    };
  }
}

/** Those of the recipe, and of the build on top. */
function secretsOf({ recipe, secrets }: ReleaseBuildProps): { [environmentVariable: string]: secretsmanager.ISecret } {
  return { ...recipe.buildSecrets, ...secrets };
}
