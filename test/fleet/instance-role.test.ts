import { Template } from 'aws-cdk-lib/assertions';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CanaryFleet } from '../../lib';
import { fleetStack, fleetTemplate } from './fleet-stack';

interface Statement {
  Sid: string;
  Action: string | string[];
  Resource: unknown;
}

type Group = 'stable' | 'canary';

/** Of the role whose profile the launch template of this group names. */
function statementsOf(template: Template, group: Group): Record<string, { actions: string[]; resources: string }> {
  const named = (type: string, property: string) =>
    Object.entries(template.findResources(type)).filter(([, { Properties }]) => JSON.stringify(Properties).includes(property));
  const [[, { Properties: launched }]] = named('AWS::EC2::LaunchTemplate', `GROUP=${group}\\n`);
  const [profile] = launched.LaunchTemplateData.IamInstanceProfile.Arn['Fn::GetAtt'];
  const role = template.findResources('AWS::IAM::InstanceProfile')[profile]!.Properties.Roles[0].Ref;
  const { Policies, ManagedPolicyArns } = template.findResources('AWS::IAM::Role')[role]!.Properties;
  expect(ManagedPolicyArns).toBeUndefined();
  return Object.fromEntries(
    Policies.flatMap((policy: { PolicyDocument: { Statement: Statement[] } }) => policy.PolicyDocument.Statement).map(
      (statement: Statement) => [statement.Sid, { actions: [statement.Action].flat(), resources: JSON.stringify(statement.Resource) }],
    ),
  );
}

test.each<Group>(['stable', 'canary'])(
  'a %s instance may read releases and its pointer, complete launches and run the agent, and no more',
  (group) => {
    const statements = statementsOf(fleetTemplate(), group);
    expect(Object.fromEntries(Object.entries(statements).map(([sid, { actions }]) => [sid, actions]))).toEqual({
      ReadReleasesAndPointer: ['s3:GetObject'],
      TellMissingFromForbidden: ['s3:ListBucket'],
      ReadBootFiles: ['s3:GetObject'],
      CompleteOwnLaunch: ['autoscaling:CompleteLifecycleAction'],
      AgentChannels: [
        'ssm:UpdateInstanceInformation',
        'ssmmessages:CreateControlChannel',
        'ssmmessages:CreateDataChannel',
        'ssmmessages:OpenControlChannel',
        'ssmmessages:OpenDataChannel',
      ],
    });
    fleetTemplate().resourceCountIs('AWS::IAM::Policy', 0);
  },
);

test.each<Group>(['stable', 'canary'])('rights of a %s instance name its own group and the very objects', (group) => {
  const statements = statementsOf(fleetTemplate(), group);
  expect(statements.ReadReleasesAndPointer?.resources.match(/"\/[^"]+"/g)?.sort()).toEqual([`"/fleets/shop/${group}"`, '"/releases/*"']);
  expect(statements.CompleteOwnLaunch?.resources.match(/autoScalingGroupName\/[a-z-]+/g)).toEqual([`autoScalingGroupName/shop-${group}`]);
  expect(statements.ReadBootFiles?.resources).not.toContain('*');
  expect(statements.ReadBootFiles?.resources.match(/[0-9a-f]{64}\.gz/g)).toHaveLength(1);
});

test('what the application needs can be granted to the instances of a group', () => {
  const { stack, fleet } = fleetStack();
  for (const { role } of [fleet.stable, fleet.canary]) new s3.Bucket(stack, `Media${role.node.id}`).grantRead(role);
  Template.fromStack(stack).resourceCountIs('AWS::IAM::Policy', 2);
});

test('an encrypted bucket adds the right to decrypt with its key', () => {
  const { stack, vpc } = fleetStack();
  const key = new kms.Key(stack, 'Key');
  const artifactBucket = new s3.Bucket(stack, 'Encrypted', { encryptionKey: key });
  const other = fleetStack();
  expect(JSON.stringify(statementsOf(Template.fromStack(other.stack), 'stable'))).not.toContain('kms:');
  new CanaryFleet(stack, 'Second', { vpc, artifactBucket, fleetName: 'second' });
  const policies = JSON.stringify(Template.fromStack(stack).findResources('AWS::IAM::Role'));
  expect(policies).toMatch(/"kms:Decrypt","Effect":"Allow","Resource":\{"Fn::GetAtt":\["Key/);
});
