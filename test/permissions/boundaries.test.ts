import * as iam from 'aws-cdk-lib/aws-iam';
import { SimulatedLab } from '../../lab/simulated-lab';
import { DeploymentStack } from '../deployment/deployment-stack';
import { Fleet } from '../scenarios/fleet';
import { Names } from './names';

describe('what must not be possible', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await Fleet.create({ committed: null });
  });
  afterAll(async () => {
    await fleet.close();
    await SimulatedLab.closeShared();
  });

  const allows = (role: string, action: string, resource: string, context: Record<string, string> = {}): boolean => {
    const { account } = fleet.lab;
    const names = new Names(fleet);
    const { roleArn } = account.iam.statements().find(({ roleLogicalId }) => names.role(roleLogicalId) === role)!;
    try {
      account.iam.check({ kind: 'role', arn: roleArn }, [{ action, resource, context }]);
      return true;
    } catch {
      return false;
    }
  };
  const object = (key: string) => `arn:aws:s3:::${fleet.bucket}/${key}`;

  test('a build adds releases; it neither overwrites nor reads nor deletes one, and writes no pointer', () => {
    const onlyNew = { 's3:if-none-match': '*' };
    expect(allows('builds', 's3:PutObject', object('releases/r2/manifest'), onlyNew)).toBe(true);
    expect(allows('builds', 's3:PutObject', object('releases/r2/manifest'))).toBe(false);
    expect(allows('builds', 's3:PutObject', object('fleets/hello/stable'), onlyNew)).toBe(false);
    expect(allows('builds', 's3:GetObject', object('releases/r1/release.tar.gz'))).toBe(false);
    expect(allows('builds', 's3:DeleteObject', object('releases/r1/release.tar.gz'))).toBe(false);
  });

  test.each([
    ['stable', 'canary'],
    ['canary', 'stable'],
  ])('a %s instance reads releases and its own pointer, completes its own launches, and writes nothing', (own, other) => {
    const role = `${own}-instances`;
    const group = (name: string) => `arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/hello-${name}`;
    expect(allows(role, 's3:GetObject', object('releases/r1/manifest'))).toBe(true);
    expect(allows(role, 's3:GetObject', object(`fleets/hello/${own}`))).toBe(true);
    expect(allows(role, 's3:GetObject', object(`fleets/hello/${other}`))).toBe(false);
    expect(allows(role, 's3:GetObject', object(`fleets/another/${own}`))).toBe(false);
    expect(allows(role, 'autoscaling:CompleteLifecycleAction', group(own))).toBe(true);
    expect(allows(role, 'autoscaling:CompleteLifecycleAction', group(other))).toBe(false);
    for (const key of [`fleets/hello/${own}`, 'releases/r1/manifest']) {
      expect(allows(role, 's3:PutObject', object(key), { 's3:if-none-match': '*' })).toBe(false);
      expect(allows(role, 's3:DeleteObject', object(key))).toBe(false);
    }
  });

  test('commands reach the stable instances of the fleet alone', () => {
    const { region, account } = fleet.lab.account.context;
    const instance = `arn:aws:ec2:${region}:${account}:instance/i-0123456789abcdef0`;
    const ofGroup = (name: string) => ({ 'ssm:resourceTag/aws:autoscaling:groupName': name });
    expect(allows('host-command', 'ssm:SendCommand', instance, ofGroup('hello-stable'))).toBe(true);
    expect(allows('host-command', 'ssm:SendCommand', instance, ofGroup('other-stable'))).toBe(false);
    expect(allows('host-command', 'ssm:SendCommand', instance)).toBe(false);
  });

  test('nobody of the stack stops executions, changes roles or reaches rows of another fleet', () => {
    const actions = fleet.lab.account.iam.statements().flatMap((statement) => statement.actions);
    expect(actions.filter((action) => /\*|^iam:|^sts:|StopExecution|RedriveExecution|^ec2:CreateTags/.test(action))).toEqual([]);
    const table = `arn:aws:dynamodb:eu-west-1:123456789012:table/${fleet.parameter.table}`;
    expect(allows('take-lock', 'dynamodb:PutItem', table, { 'dynamodb:LeadingKeys': 'fleet#hello' })).toBe(true);
    expect(allows('take-lock', 'dynamodb:PutItem', table, { 'dynamodb:LeadingKeys': 'fleet#other' })).toBe(false);
  });
});

test.each([
  ['grantDeploy', ['ssm:GetParameter', 'states:DescribeExecution', 'states:GetExecutionHistory', 'states:StartExecution']],
  ['grantAbort', ['lambda:InvokeFunction', 'ssm:GetParameter']],
  [
    'grantStatus',
    ['dynamodb:GetItem', 'dynamodb:Query', 'elasticloadbalancing:DescribeRules', 'ssm:GetParameter', 'states:GetExecutionHistory'],
  ],
] as const)('%s gives these actions alone', (grant, actions) => {
  const stack = new DeploymentStack();
  stack.deployment[grant](new iam.Role(stack, 'Person', { assumedBy: new iam.AccountRootPrincipal() }));
  const policies = Object.entries(stack.template().findResources('AWS::IAM::Policy')).filter(([id]) => id.startsWith('Person'));
  const statements = policies.flatMap(([, { Properties }]) => Properties.PolicyDocument.Statement);
  expect(statements.flatMap(({ Action }) => Action).sort()).toEqual(actions);
  for (const { Action, Resource } of statements) if (Resource === '*') expect(Action).toBe('elasticloadbalancing:DescribeRules');
});
