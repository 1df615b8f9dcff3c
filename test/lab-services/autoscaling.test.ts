import { GROUP, group, HOOK } from './group';
import { call, update } from './machines';

describe('desired capacity', () => {
  test.each([
    [7, 'New SetDesiredCapacity value 7 is above max value 6 for the AutoScalingGroup.'],
    [0, 'New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.'],
  ])('%d outside the limits is refused', async (desired, message) => {
    const lab = await group({ MinSize: 1 });
    await expect(lab.setDesired(desired)).rejects.toMatchObject({ code: 'ValidationError', message });
  });

  test('going down takes the oldest of the fullest zone, drains and ends it', async () => {
    const lab = await group({ DesiredCapacity: 3 });
    await lab.at(60);
    const [first, second, third] = lab.service.instances('shop').map((instance) => instance.instanceId);
    await lab.setDesired(2);
    expect(lab.states()).toEqual(['Terminating', 'InService', 'InService']);
    expect(lab.loadBalancing.registered.has(first)).toBe(false);
    await lab.at(29);
    expect(lab.world.terminated).toEqual([]);
    await lab.at(2);
    expect(lab.world.terminated).toEqual([first]);
    expect(lab.service.instances('shop').map((instance) => instance.instanceId)).toEqual([second, third]);
  });

  test('going down waits while all are protected, and says so', async () => {
    const lab = await group({ NewInstancesProtectedFromScaleIn: true });
    await lab.at(60);
    await lab.setDesired(0);
    await lab.at(300);
    expect(lab.states()).toEqual(['InService', 'InService']);
    const [newest] = await lab.activities();
    expect(newest).toMatchObject({ StatusCode: 'Failed', StatusMessage: expect.stringContaining('protected from scale-in') });
    const InstanceIds = lab.service.instances('shop').map((instance) => instance.instanceId);
    await call(lab.service, 'SetInstanceProtection', { AutoScalingGroupName: 'shop', InstanceIds, ProtectedFromScaleIn: false });
    await lab.at(60);
    expect(lab.states()).toEqual([]);
  });

  test('going down spares the protected', async () => {
    const lab = await group();
    await lab.at(60);
    const [first, second] = lab.service.instances('shop').map((instance) => instance.instanceId);
    await call(lab.service, 'SetInstanceProtection', { AutoScalingGroupName: 'shop', InstanceIds: [first], ProtectedFromScaleIn: true });
    await lab.setDesired(1);
    await lab.at(60);
    expect(lab.service.instances('shop').map((instance) => instance.instanceId)).toEqual([first]);
    expect(lab.world.terminated).toEqual([second]);
  });

  test('going down takes from the fullest zone rather than the oldest', async () => {
    const lab = await group();
    await lab.at(60);
    await lab.setDesired(3);
    await lab.at(60);
    const [oldest, , youngest] = lab.service.instances('shop');
    expect(youngest.availabilityZone).toBe(oldest.availabilityZone);
    const protect = { AutoScalingGroupName: 'shop', InstanceIds: [oldest.instanceId], ProtectedFromScaleIn: true };
    await call(lab.service, 'SetInstanceProtection', protect);
    await lab.setDesired(2);
    await lab.at(60);
    expect(lab.world.terminated).toEqual([youngest.instanceId]);
  });

  test('going down during a launch takes the instance once it is in service', async () => {
    const lab = await group({ DesiredCapacity: 1 });
    await lab.at(10);
    await lab.setDesired(0);
    expect(lab.states()).toEqual(['Pending:Wait']);
    await lab.at(90);
    expect(lab.states()).toEqual([]);
    expect(lab.world.terminated).toHaveLength(1);
  });

  test('going up is tried at once after failures', async () => {
    const lab = await group({ DesiredCapacity: 1 }, 'abandon');
    await lab.at(400);
    lab.behaviour.hosts = 'complete';
    await lab.setDesired(2);
    await lab.at(60);
    expect(lab.states()).toEqual(['InService', 'InService']);
  });
});

describe('SetInstanceProtection', () => {
  test.each([
    ['51 ids', Array.from({ length: 51 }, (_, index) => `i-${index}`), 'at most 50 ids, got 51'],
    ['an instance of no group', ['i-9'], 'i-9 is not part of Auto Scaling group shop'],
  ])('refuses %s', async (_, InstanceIds, message) => {
    const lab = await group();
    await expect(
      call(lab.service, 'SetInstanceProtection', { AutoScalingGroupName: 'shop', InstanceIds, ProtectedFromScaleIn: true }),
    ).rejects.toThrow(message);
  });

  test('refuses an instance that is not in service yet', async () => {
    const lab = await group();
    const InstanceIds = [lab.service.instances('shop')[0].instanceId];
    const set = call(lab.service, 'SetInstanceProtection', { AutoScalingGroupName: 'shop', InstanceIds, ProtectedFromScaleIn: true });
    await expect(set).rejects.toThrow('is not in InService');
  });
});

describe('TerminateInstanceInAutoScalingGroup', () => {
  test.each([
    [true, 1],
    [false, 2],
  ])('with decrement %s leaves %d', async (ShouldDecrementDesiredCapacity, left) => {
    const lab = await group();
    await lab.at(60);
    const [{ instanceId }] = lab.service.instances('shop');
    await call(lab.service, 'TerminateInstanceInAutoScalingGroup', { InstanceId: instanceId, ShouldDecrementDesiredCapacity });
    await lab.at(120);
    expect(lab.states()).toEqual(Array(left).fill('InService'));
    expect(lab.service.instance(instanceId)).toBeUndefined();
  });

  test('does not go below the least size', async () => {
    const lab = await group({ MinSize: 2 });
    await lab.at(60);
    const [{ instanceId }] = lab.service.instances('shop');
    const end = call(lab.service, 'TerminateInstanceInAutoScalingGroup', { InstanceId: instanceId, ShouldDecrementDesiredCapacity: true });
    await expect(end).rejects.toThrow('desiredSize equals minSize (2)');
  });

  test.each([
    ['Pending', 1],
    ['Pending:Wait', 10],
  ])('ends an instance that is %s, which never comes into service', async (state, seconds) => {
    const lab = await group({ DesiredCapacity: 1 });
    await lab.at(seconds);
    const [{ instanceId }] = lab.service.instances('shop');
    expect(lab.states()).toEqual([state]);
    await call(lab.service, 'TerminateInstanceInAutoScalingGroup', { InstanceId: instanceId, ShouldDecrementDesiredCapacity: true });
    await lab.at(120).catch((error) => {
      if (!String(error).includes('No active Lifecycle Action')) throw error;
    });
    expect(lab.service.instance(instanceId)).toBeUndefined();
    expect(lab.loadBalancing.registered.size).toBe(0);
  });
});

describe('an unhealthy target', () => {
  test.each([
    ['ELB', 0, true],
    ['ELB', 300, false],
    ['EC2', 0, false],
  ])(
    'in a group of type %s with %d s of grace: replaced within a minute is %s',
    async (HealthCheckType, HealthCheckGracePeriod, replaced) => {
      const lab = await group({ HealthCheckType, HealthCheckGracePeriod });
      await lab.at(60);
      const [{ instanceId }] = lab.service.instances('shop');
      lab.loadBalancing.turn(instanceId, 'unhealthy');
      await lab.at(100);
      expect(lab.service.instance(instanceId) === undefined).toBe(replaced);
      expect(lab.states()).toEqual(['InService', 'InService']);
      await lab.at(300);
      expect(lab.service.instance(instanceId) === undefined).toBe(HealthCheckType === 'ELB');
    },
  );

  test('that recovers in time stays', async () => {
    const lab = await group({ HealthCheckType: 'ELB', HealthCheckGracePeriod: 120 });
    await lab.at(60);
    const [{ instanceId }] = lab.service.instances('shop');
    lab.loadBalancing.turn(instanceId, 'unhealthy');
    await lab.at(30);
    lab.loadBalancing.turn(instanceId, 'healthy');
    await lab.at(300);
    expect(lab.service.instance(instanceId)).toBeDefined();
  });
});

describe('suspended processes', () => {
  test('hold up what they do until they are resumed', async () => {
    const lab = await group();
    await lab.at(60);
    await call(lab.service, 'SuspendProcesses', { AutoScalingGroupName: 'shop', ScalingProcesses: ['Launch', 'Terminate'] });
    await lab.setDesired(4);
    await lab.at(120);
    expect(lab.states()).toHaveLength(2);
    await lab.setDesired(1);
    await lab.at(120);
    expect(lab.states()).toHaveLength(2);
    const { AutoScalingGroups } = await call(lab.service, 'DescribeAutoScalingGroups', { AutoScalingGroupNames: ['shop'] });
    expect(AutoScalingGroups[0].SuspendedProcesses.map(({ ProcessName }: { ProcessName: string }) => ProcessName)).toEqual([
      'Launch',
      'Terminate',
    ]);
    await call(lab.service, 'ResumeProcesses', { AutoScalingGroupName: 'shop' });
    await lab.at(60);
    expect(lab.states()).toEqual(['InService']);
  });

  test('that do not exist are refused', async () => {
    const lab = await group();
    const suspend = call(lab.service, 'SuspendProcesses', { AutoScalingGroupName: 'shop', ScalingProcesses: ['Lunch'] });
    await expect(suspend).rejects.toThrow('Lunch');
  });

  test('without Launch an unhealthy instance is ended and not replaced', async () => {
    const lab = await group({ HealthCheckType: 'ELB' });
    await lab.at(60);
    await call(lab.service, 'SuspendProcesses', { AutoScalingGroupName: 'shop', ScalingProcesses: ['Launch'] });
    lab.loadBalancing.turn(lab.service.instances('shop')[0].instanceId, 'unhealthy');
    await lab.at(200);
    expect(lab.states()).toEqual(['InService']);
  });
});

describe('an update of the template', () => {
  test('keeps the live capacity where the template has none, within the new limits', async () => {
    const lab = await group({ DesiredCapacity: undefined, MinSize: 1 });
    await lab.at(60);
    await lab.setDesired(4);
    await lab.at(60);
    await update(lab.service.providers(), GROUP, 'shop', { ...lab.base, DesiredCapacity: undefined, MinSize: 1, MaxSize: 3 });
    await lab.at(90);
    expect(lab.states()).toHaveLength(3);
  });

  test('of the launch template counts for the next launches', async () => {
    const lab = await group();
    await lab.at(60);
    const { ref, attributes } = await update(
      [lab.launchTemplates.provider()],
      'AWS::EC2::LaunchTemplate',
      lab.base.LaunchTemplate.LaunchTemplateId,
      {
        LaunchTemplateData: { ImageId: 'ami-2', InstanceType: 't3.small' },
      },
    );
    expect(attributes).toMatchObject({ LatestVersionNumber: '2', DefaultVersionNumber: '1' });
    await update(lab.service.providers(), GROUP, 'shop', {
      ...lab.base,
      DesiredCapacity: 3,
      LaunchTemplate: { LaunchTemplateId: ref, Version: '2' },
    });
    await lab.at(60);
    expect(lab.world.launched.map((spec) => spec.imageId)).toEqual(['ami-1', 'ami-1', 'ami-2']);
  });

  test.each([
    ['an unknown property', { MixedInstancesPolicy: {} }, 'MixedInstancesPolicy'],
    [
      'a version that is not pinned',
      { LaunchTemplate: { LaunchTemplateId: 'lt-none', Version: '$Latest' } },
      'there is no launch template',
    ],
    [
      'a hook at termination',
      { LifecycleHookSpecificationList: [{ ...HOOK, LifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING' }] },
      'EC2_INSTANCE_LAUNCHING',
    ],
    ['another termination policy', { TerminationPolicies: ['NewestInstance'] }, 'NewestInstance'],
  ])('with %s is refused', async (_, properties, message) => {
    await expect(group(properties)).rejects.toThrow(message);
  });
});

describe('settled', () => {
  test('resolves when the desired instances are in service', async () => {
    const lab = await group();
    await lab.context.clock.run(() => lab.service.settled('shop'));
    expect(lab.states()).toEqual(['InService', 'InService']);
  });

  test('tells why the group did not stabilize', async () => {
    const lab = await group({}, 'abandon');
    const settled = lab.context.clock.run(() => lab.service.settled('shop', 300));
    await expect(settled).rejects.toThrow(/group shop did not stabilize within 300 s: 0 of 2 in service; .*ABANDON/);
  });
});

test('a lost instance is replaced, whatever the health check type', async () => {
  const lab = await group();
  await lab.at(60);
  const [{ instanceId }] = lab.service.instances('shop');
  lab.service.loseInstance(instanceId);
  await lab.at(120);
  expect(lab.service.instance(instanceId)).toBeUndefined();
  expect(lab.states()).toEqual(['InService', 'InService']);
});

test('deleting a group ends its instances', async () => {
  const lab = await group();
  await lab.at(60);
  const [provider] = lab.service.providers();
  await lab.context.clock.run(async () => provider.delete('shop'));
  expect(lab.world.terminated).toHaveLength(2);
  expect(lab.service.groupNames()).toEqual([]);
});

test('notifications go to the topics that asked for them', async () => {
  const lab = await group({ NotificationConfigurations: [{ TopicARN: 'topic', NotificationTypes: ['autoscaling:EC2_INSTANCE_LAUNCH'] }] });
  await lab.at(60);
  await lab.setDesired(0);
  await lab.at(60);
  expect(lab.published).toEqual(['topic autoscaling:EC2_INSTANCE_LAUNCH', 'topic autoscaling:EC2_INSTANCE_LAUNCH']);
});

test('listings come by pages', async () => {
  const lab = await group({ DesiredCapacity: 3 });
  const first = await call(lab.service, 'DescribeAutoScalingInstances', { MaxRecords: 2 });
  expect(first.AutoScalingInstances).toHaveLength(2);
  const second = await call(lab.service, 'DescribeAutoScalingInstances', { MaxRecords: 2, NextToken: first.NextToken });
  expect(second.AutoScalingInstances).toHaveLength(1);
  expect(second.NextToken).toBeUndefined();
});

test('a group that does not exist is not found', async () => {
  const lab = await group();
  const set = call(lab.service, 'SetDesiredCapacity', { AutoScalingGroupName: 'none', DesiredCapacity: 1 });
  await expect(set).rejects.toMatchObject({ code: 'ValidationError', message: expect.stringContaining('name not found') });
});
