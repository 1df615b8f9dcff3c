import { Stack } from 'aws-cdk-lib';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';

/** Folder of the cache in its bucket. */
export const CACHE_PREFIX = 'build-cache';

/** What a build reaches. */
export interface BuildRoleProps {
  readonly artifactBucket: s3.IBucket;
  readonly logGroup: logs.ILogGroup;
  readonly sourceRights: readonly iam.PolicyStatement[];
  readonly secrets: readonly secretsmanager.ISecret[];
  readonly cacheBucket?: s3.IBucket;
  readonly subnets?: readonly ec2.ISubnet[];
}

/**
 * The role of a build, which runs other people's scripts: it may add a release, and neither replace nor read one.
 */
export function buildRole(scope: Construct, id: string, props: BuildRoleProps): iam.Role {
  const { artifactBucket, logGroup, subnets } = props;
  const statements = [
    new iam.PolicyStatement({
      sid: 'AddReleases',
      actions: ['s3:PutObject'],
      resources: [artifactBucket.arnForObjects('releases/*')],
      conditions: { Null: { 's3:if-none-match': 'false' } },
    }),
    new iam.PolicyStatement({
      sid: 'WriteLog',
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [logGroup.logGroupArn],
    }),
    ...props.sourceRights,
    ...(subnets ? networkRights(Stack.of(scope), subnets) : []),
  ];
  if (artifactBucket.encryptionKey) {
    statements.push(
      new iam.PolicyStatement({
        sid: 'EncryptReleases',
        actions: ['kms:GenerateDataKey'],
        resources: [artifactBucket.encryptionKey.keyArn],
      }),
    );
  }
  const role = new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('codebuild.amazonaws.com'),
    description: 'builds releases',
    inlinePolicies: { Build: new iam.PolicyDocument({ statements }) },
  });
  for (const secret of props.secrets) secret.grantRead(role);
  props.cacheBucket?.grantReadWrite(role, `${CACHE_PREFIX}/*`);
  return role;
}

/** https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html#customer-managed-policies-example-create-vpc-network-interface */
function networkRights(stack: Stack, subnets: readonly ec2.ISubnet[]): iam.PolicyStatement[] {
  return [
    new iam.PolicyStatement({
      sid: 'UseNetworkInterfaces',
      actions: [
        'ec2:CreateNetworkInterface',
        'ec2:DeleteNetworkInterface',
        'ec2:DescribeDhcpOptions',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeSecurityGroups',
        'ec2:DescribeSubnets',
        'ec2:DescribeVpcs',
      ],
      resources: ['*'],
    }),
    new iam.PolicyStatement({
      sid: 'LendNetworkInterfaces',
      actions: ['ec2:CreateNetworkInterfacePermission'],
      resources: [stack.formatArn({ service: 'ec2', resource: 'network-interface', resourceName: '*' })],
      conditions: {
        StringEquals: {
          'ec2:AuthorizedService': 'codebuild.amazonaws.com',
          'ec2:Subnet': subnets.map((subnet) => stack.formatArn({ service: 'ec2', resource: 'subnet', resourceName: subnet.subnetId })),
        },
      },
    }),
  ];
}
