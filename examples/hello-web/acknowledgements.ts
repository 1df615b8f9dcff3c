import { Validations } from 'aws-cdk-lib';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import type { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { IConstruct } from 'constructs';
import type { HelloWebStack } from './hello-web-stack';

/** Accepts, with a reason each, what AwsSolutions finds in the reference application. */
export function acknowledgeFindings(stack: HelloWebStack): void {
  const { vpc, build, fleet, deployment } = stack;
  const artifacts = `<${stack.getLogicalId(build.artifactBucket.node.defaultChild as CfnBucket)}.Arn>`;
  const releases = `${artifacts}/releases/*`;
  const pointers = `${artifacts}/fleets/${fleet.fleetName}/*`;
  const groupArn = (group: string) =>
    `arn:aws:autoscaling:${stack.region}:<AWS::AccountId>:autoScalingGroup:*:autoScalingGroupName/${fleet.fleetName}-${group}`;
  const uniqueId = 'the wildcard stands for the unique id of the group, whose name is given';

  accept(vpc, 'VPC7', 'the account decides where flow logs of its networks go');
  accept(build.artifactBucket, 'S1', 'who reads and writes releases is told by CloudTrail data events, where the account turns them on');
  accept(build.project, 'CB4', 'CodeBuild itself stores no artifact: the buildspec uploads to a bucket that encrypts');
  acceptWildcard(build, releases, 'the name of a release is known when it is built; the role may only add releases');
  accept(fleet.loadBalancer, 'ELB2', 'access logs need a bucket of the account; call logAccessLogs on the load balancer to have them');
  accept(fleet.loadBalancer, 'EC23', 'the reference application is a public web site');
  for (const group of [fleet.stable, fleet.canary]) {
    accept(group.autoScalingGroup, 'AS3', 'the deployment judges launches and notifies; there is nobody to tell of ordinary scaling');
  }
  acceptWildcard(fleet, releases, 'an instance reads the release that the pointer names');
  acceptWildcard(fleet, groupArn('stable'), uniqueId);
  acceptWildcard(fleet, groupArn('canary'), uniqueId);
  acceptWildcard(fleet, '*', 'the channels of the Systems Manager agent have no resource-level permissions');

  for (const fn of deployment.node.findAll().filter((node) => node instanceof CfnFunction)) {
    const logicalId = stack.getLogicalId(fn);
    if (logicalId.includes('StartRecovery')) continue;
    acceptWildcard(deployment, `<${logicalId}.Arn>:*`, 'an execution goes on calling the versions of a function that it began with');
  }
  acceptWildcard(deployment, releases, 'the name of the release is in the request of a deployment');
  acceptWildcard(deployment, pointers, 'the pointers of the two groups of this fleet');
  acceptWildcard(deployment, groupArn('stable'), uniqueId);
  acceptWildcard(deployment, groupArn('canary'), uniqueId);
  acceptWildcard(
    deployment,
    `arn:aws:ec2:${stack.region}:<AWS::AccountId>:instance/*`,
    'instances come and go; a condition on the tag of their group holds the right to the stable group of this fleet',
  );
  acceptWildcard(
    deployment,
    `arn:<AWS::Partition>:states:${stack.region}:<AWS::AccountId>:execution:${fleet.fleetName}-deployment:*`,
    'the executions of the one state machine of this fleet, whose names are chosen when they start',
  );
  acceptWildcard(
    deployment,
    '*',
    'reading Auto Scaling, load balancing, metrics and commands, delivering logs and tracing have no resource-level permissions',
  );
}

function accept(scope: IConstruct, rule: string, reason: string): void {
  Validations.of(scope).acknowledge({ id: `AwsSolutions::AwsSolutions-${rule}`, reason });
}

function acceptWildcard(scope: IConstruct, resource: string, reason: string): void {
  accept(scope, `IAM5[Resource::${resource}]`, reason);
}
