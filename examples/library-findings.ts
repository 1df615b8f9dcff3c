import { Stack, Validations } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { CanaryDeployment, CanaryFleet, ReleaseBuild } from '../lib';

/** What an application whose deployments save a database has of the library. */
export interface LibraryConstructs {
  readonly build: ReleaseBuild;
  readonly fleet: CanaryFleet;
  readonly deployment: CanaryDeployment;
}

/** Accepts, with a reason each, what AwsSolutions finds in the constructs of the library. */
export function acknowledgeLibraryFindings({ build, fleet, deployment }: LibraryConstructs): void {
  const stack = Stack.of(fleet);
  const artifacts = `<${stack.getLogicalId(build.artifactBucket.node.defaultChild as CfnBucket)}.Arn>`;
  const releases = `${artifacts}/releases/*`;
  const groupArn = (group: string) =>
    `arn:aws:autoscaling:${stack.region}:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/${fleet.fleetName}-${group}`;

  accept(build.artifactBucket, 'S1', 'who reads and writes releases is told by CloudTrail data events, where the account turns them on');
  accept(build.project, 'CB4', 'CodeBuild itself stores no artifact: the buildspec uploads to a bucket that encrypts');
  acceptWildcard(build, releases, 'the name of a release is known when it is built; the role may only add releases');
  for (const group of [fleet.stable, fleet.canary]) {
    accept(group.autoScalingGroup, 'AS3', 'the deployment judges launches and notifies; there is nobody to tell of ordinary scaling');
  }
  acceptWildcard(fleet, releases, 'an instance reads the release that the pointer names');
  acceptWildcard(fleet, '*', 'the channels of the Systems Manager agent have no resource-level permissions, nor has telling a metric');
  for (const scope of [fleet, deployment]) {
    for (const group of ['stable', 'canary']) {
      acceptWildcard(scope, groupArn(group), 'the wildcard stands for the unique id of the group, whose name is given');
    }
  }
  acknowledgeDeployment(deployment, fleet, { releases, pointers: `${artifacts}/fleets/${fleet.fleetName}/*` });
}

function acknowledgeDeployment(deployment: CanaryDeployment, fleet: CanaryFleet, bucket: { releases: string; pointers: string }): void {
  const stack = Stack.of(deployment);
  for (const fn of deployment.node.findAll().filter((node) => node instanceof CfnFunction)) {
    const logicalId = stack.getLogicalId(fn);
    if (logicalId.includes('StartRecovery')) continue;
    acceptWildcard(deployment, `<${logicalId}.Arn>:*`, 'an execution goes on calling the versions of a function that it began with');
  }
  acceptWildcard(deployment, bucket.releases, 'the name of the release is in the request of a deployment');
  acceptWildcard(deployment, bucket.pointers, 'the pointers of the two groups of this fleet');
  acceptWildcard(
    deployment,
    `arn:aws:ec2:${stack.region}:<AWS::AccountId>:instance/*`,
    'instances come and go; a condition on the tag of their group holds the right to this fleet',
  );
  acceptWildcard(
    deployment,
    `arn:<AWS::Partition>:states:${stack.region}:<AWS::AccountId>:execution:${fleet.fleetName}-deployment:*`,
    'the executions of the one state machine of this fleet, whose names are chosen when they start',
  );
  acceptWildcard(
    deployment,
    `arn:aws:rds:${stack.region}:<AWS::AccountId>:snapshot:asg-canary-${fleet.fleetName}-*`,
    'the snapshots of this fleet, which bear the number of their deployment',
  );
  acceptWildcard(
    deployment,
    '*',
    'reading Auto Scaling, load balancing, metrics and commands, delivering logs and tracing have no resource-level permissions',
  );
}

/** Accepts the findings of a rule of AwsSolutions in a construct and what it is made of. */
export function accept(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

function acceptWildcard(scope: IConstruct, resource: string, reason: string): void {
  accept(scope, `IAM5[Resource::${resource}]`, reason);
}
