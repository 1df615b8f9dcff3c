import * as autoscaling from '@aws-sdk/client-auto-scaling';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import type { AccessKey } from '../../lab/kernel/access-key';
import { AutoScalingService } from '../../lab/services/autoscaling';
import { CloudWatchService } from '../../lab/services/cloudwatch';
import { LaunchTemplates } from '../../lab/services/ec2-launch-templates';
import { LoadBalancingService } from '../../lab/services/elb';
import { TinyLab } from '../wire/lab';
import { FakeWorld } from './machines';

const lab = new TinyLab();
const world = new FakeWorld();
const launchTemplates = new LaunchTemplates(lab.context);
const loadBalancing = new LoadBalancingService(lab.context, { world });
const autoScaling = new AutoScalingService(lab.context, { world, loadBalancing, launchTemplates, roleOfProfile: (profile) => profile });
const metrics = new CloudWatchService(lab.context);
const providers = [launchTemplates.provider(), ...loadBalancing.providers(), ...autoScaling.providers(), ...metrics.providers()];
let stable: string;
let canary: string;
let rule: string;
let operator: AccessKey;

function clients(key: AccessKey) {
  const config = lab.client(key);
  return {
    autoscaling: new autoscaling.AutoScalingClient(config),
    elb: new elb.ElasticLoadBalancingV2Client(config),
    cloudwatch: new cloudwatch.CloudWatchClient(config),
  };
}

beforeAll(async () => {
  await lab.start([autoScaling, loadBalancing, metrics]);
  const create = (type: string, logicalId: string, properties: Record<string, unknown>) =>
    lab.create(type, logicalId, properties, providers);
  const template = await create('AWS::EC2::LaunchTemplate', 'Template', {
    LaunchTemplateData: { ImageId: 'ami-1', InstanceType: 't4g.small' },
  });
  const ELB = 'AWS::ElasticLoadBalancingV2';
  const group = { Port: 80, Protocol: 'HTTP', HealthCheckIntervalSeconds: 10, HealthyThresholdCount: 2 };
  stable = (await create(`${ELB}::TargetGroup`, 'Stable', group)).ref;
  canary = (await create(`${ELB}::TargetGroup`, 'Canary', group)).ref;
  const balancer = await create(`${ELB}::LoadBalancer`, 'Balancer', {});
  const forward = [{ Type: 'forward', TargetGroupArn: stable }];
  const listener = await create(`${ELB}::Listener`, 'Listener', {
    LoadBalancerArn: balancer.ref,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: forward,
  });
  const conditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }];
  rule = (
    await create(`${ELB}::ListenerRule`, 'Main', { ListenerArn: listener.ref, Priority: 1, Conditions: conditions, Actions: forward })
  ).ref;
  await create('AWS::AutoScaling::AutoScalingGroup', 'Group', {
    AutoScalingGroupName: 'shop-stable',
    MinSize: 2,
    MaxSize: 4,
    LaunchTemplate: { LaunchTemplateId: template.ref, Version: '1' },
    AvailabilityZones: ['eu-west-1a', 'eu-west-1b'],
    TargetGroupARNs: [stable],
  });
  await create('AWS::CloudWatch::Alarm', 'Alarm', { AlarmName: 'critical', Threshold: 1, EvaluationPeriods: 1 });
  await (lab.context.clock as { run(body: () => Promise<void>): Promise<void> }).run(() => lab.context.clock.sleep(60_000));
  operator = lab.iam.issueOperatorKey();
});
afterAll(() => lab.stop());

test('clients of the SDK read groups, instances and activities', async () => {
  const client = clients(operator).autoscaling;
  const { AutoScalingGroups } = await client.send(
    new autoscaling.DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['shop-stable'] }),
  );
  expect(AutoScalingGroups?.[0]).toMatchObject({
    MinSize: 2,
    DesiredCapacity: 2,
    TargetGroupARNs: [stable],
    Instances: [{ LifecycleState: 'InService', ProtectedFromScaleIn: false }, { LifecycleState: 'InService' }],
    LaunchTemplate: { Version: '1' },
  });
  const { AutoScalingInstances } = await client.send(new autoscaling.DescribeAutoScalingInstancesCommand({}));
  expect(AutoScalingInstances).toHaveLength(2);
  const { Activities } = await client.send(new autoscaling.DescribeScalingActivitiesCommand({ AutoScalingGroupName: 'shop-stable' }));
  expect(Activities?.[0]).toMatchObject({ StatusCode: 'Successful', StartTime: expect.any(Date), EndTime: expect.any(Date) });
  expect(lab.defects).toEqual([]);
});

test('they see the errors of AWS', async () => {
  const client = clients(operator).autoscaling;
  const tooMany = client.send(new autoscaling.SetDesiredCapacityCommand({ AutoScalingGroupName: 'shop-stable', DesiredCapacity: 5 }));
  await expect(tooMany).rejects.toMatchObject({
    name: 'ValidationError',
    message: 'New SetDesiredCapacity value 5 is above max value 4 for the AutoScalingGroup.',
  });
  const none = clients(operator).elb.send(new elb.DescribeRulesCommand({ RuleArns: [`${rule}x`] }));
  await expect(none).rejects.toBeInstanceOf(elb.RuleNotFoundException);
});

test('they write weights and read them back, with the health of targets', async () => {
  const client = clients(operator).elb;
  const ForwardConfig = {
    TargetGroups: [
      { TargetGroupArn: stable, Weight: 90 },
      { TargetGroupArn: canary, Weight: 10 },
    ],
    TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 600 },
  };
  await client.send(new elb.ModifyRuleCommand({ RuleArn: rule, Actions: [{ Type: 'forward', ForwardConfig }] }));
  const { Rules } = await client.send(new elb.DescribeRulesCommand({ RuleArns: [rule] }));
  expect(Rules?.[0]).toMatchObject({ Priority: '1', IsDefault: false, Actions: [{ Type: 'forward', ForwardConfig }] });
  const { TargetHealthDescriptions } = await client.send(new elb.DescribeTargetHealthCommand({ TargetGroupArn: stable }));
  expect(TargetHealthDescriptions?.map(({ TargetHealth }) => TargetHealth?.State)).toEqual(['healthy', 'healthy']);
  const { TargetGroups } = await client.send(new elb.DescribeTargetGroupsCommand({ TargetGroupArns: [canary] }));
  expect(TargetGroups?.[0].LoadBalancerArns).toHaveLength(1);
  expect((await client.send(new elb.DescribeLoadBalancersCommand({}))).LoadBalancers?.[0].State?.Code).toBe('active');
  expect(lab.defects).toEqual([]);
});

test('they read metrics and alarms', async () => {
  const client = clients(operator).cloudwatch;
  const at = lab.context.clock.now() - 600_000;
  metrics.record({ namespace: 'Shop', metric: 'Orders', dimensions: { Shop: 'a' }, at, value: 2.5 });
  const { MetricDataResults } = await client.send(
    new cloudwatch.GetMetricDataCommand({
      StartTime: new Date(at - 60_000),
      EndTime: new Date(at + 60_000),
      MetricDataQueries: ['Sum', 'p95', 'SampleCount'].map((Stat, index) => ({
        Id: `m${index}`,
        MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'Orders', Dimensions: [{ Name: 'Shop', Value: 'a' }] }, Period: 60, Stat },
      })),
    }),
  );
  expect(MetricDataResults?.map(({ Values }) => Values)).toEqual([[2.5], [2.5], [1]]);
  expect(MetricDataResults?.[0].Timestamps).toEqual([new Date(Math.floor(at / 60_000) * 60_000)]);
  const { MetricAlarms } = await client.send(new cloudwatch.DescribeAlarmsCommand({ AlarmNames: ['critical'] }));
  expect(MetricAlarms?.[0]).toMatchObject({ AlarmName: 'critical', StateValue: 'INSUFFICIENT_DATA' });
  expect(lab.defects).toEqual([]);
});

test('a role needs the permission on the very group and rule', async () => {
  const group = 'arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:*:autoScalingGroupName/shop-stable';
  const roleArn = await lab.role('Worker', [
    { Effect: 'Allow', Action: 'autoscaling:SetDesiredCapacity', Resource: group },
    { Effect: 'Allow', Action: 'elasticloadbalancing:ModifyRule', Resource: `${rule}x` },
  ]);
  const worker = clients(lab.iam.issueKey(roleArn, { session: true }));
  await worker.autoscaling.send(new autoscaling.SetDesiredCapacityCommand({ AutoScalingGroupName: 'shop-stable', DesiredCapacity: 2 }));
  const other = worker.autoscaling.send(
    new autoscaling.SetDesiredCapacityCommand({ AutoScalingGroupName: 'shop-canary', DesiredCapacity: 0 }),
  );
  await expect(other).rejects.toMatchObject({ name: 'AccessDenied' });
  const write = worker.elb.send(new elb.ModifyRuleCommand({ RuleArn: rule, Actions: [{ Type: 'forward', TargetGroupArn: stable }] }));
  await expect(write).rejects.toMatchObject({ name: 'AccessDenied' });
});
