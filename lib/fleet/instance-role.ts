import { Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { ConfigurationFile } from '../release/recipe-host';
import { configurationRights } from './configuration-rights';
import type { PinnedObject } from './fleet';

/** What the rights of an instance depend on. */
export interface InstanceRoleProps {
  readonly fleetName: string;
  readonly group: 'stable' | 'canary';
  readonly artifactBucket: s3.IBucket;
  readonly files: readonly PinnedObject[];
  readonly configurationFiles: readonly ConfigurationFile[];
}

/**
 * The role of the instances of one group: it reads releases and the pointer of its group, completes launches of its group
 * and talks to Systems Manager. It writes nothing to S3, and with what a canary runs nobody reaches the stable group.
 */
export function instanceRole(scope: Construct, id: string, props: InstanceRoleProps): iam.Role {
  const { artifactBucket, fleetName, group } = props;
  const stack = Stack.of(scope);
  const statements = [
    new iam.PolicyStatement({
      sid: 'ReadReleasesAndPointer',
      actions: ['s3:GetObject'],
      resources: [artifactBucket.arnForObjects('releases/*'), artifactBucket.arnForObjects(`fleets/${fleetName}/${group}`)],
    }),
    // Without it S3 answers 403 instead of 404 for a pointer that does not exist yet:
    // https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
    new iam.PolicyStatement({
      sid: 'TellMissingFromForbidden',
      actions: ['s3:ListBucket'],
      resources: [artifactBucket.bucketArn],
    }),
    new iam.PolicyStatement({
      sid: 'ReadBootFiles',
      actions: ['s3:GetObject'],
      resources: props.files.map((file) =>
        stack.formatArn({ service: 's3', region: '', account: '', resource: file.bucketName, resourceName: file.objectKey }),
      ),
    }),
    new iam.PolicyStatement({
      sid: 'CompleteOwnLaunch',
      actions: ['autoscaling:CompleteLifecycleAction'],
      resources: [
        stack.formatArn({
          service: 'autoscaling',
          resource: 'autoScalingGroup:*:autoScalingGroupName',
          resourceName: `${fleetName}-${group}`,
        }),
      ],
    }),
    new iam.PolicyStatement({
      sid: 'AgentChannels',
      actions: [
        'ssm:UpdateInstanceInformation',
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
      resources: ['*'],
    }),
    ...configurationRights(props.configurationFiles),
  ];
  if (artifactBucket.encryptionKey) {
    statements.push(
      new iam.PolicyStatement({ sid: 'DecryptReleases', actions: ['kms:Decrypt'], resources: [artifactBucket.encryptionKey.keyArn] }),
    );
  }
  return new iam.Role(scope, id, {
    assumedBy: new iam.ServicePrincipal('ec2.amazonaws.com'),
    description: `${group}-instances of the fleet ${fleetName}`,
    inlinePolicies: { Instance: new iam.PolicyDocument({ statements }) },
  });
}
