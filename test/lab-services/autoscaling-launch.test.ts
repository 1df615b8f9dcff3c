import { group, HOOK } from './group';
import { call } from './machines';

describe('a launch', () => {
  test('goes through Pending, the hook and Proceed into service, then to the target groups', async () => {
    const lab = await group({ DesiredCapacity: 1 });
    expect(lab.states()).toEqual(['Pending']);
    await lab.at(7);
    expect(lab.states()).toEqual(['Pending:Wait']);
    expect(lab.world.launched[0]).toMatchObject({
      group: 'shop',
      address: '127.20.0.1',
      userData: '#!/bin/bash\n',
      roleArn: 'role-of-profile',
      imageId: 'ami-1',
    });
    expect(lab.loadBalancing.registered.size).toBe(0);
    await lab.at(24);
    expect(lab.states()).toEqual(['InService']);
    expect(lab.loadBalancing.registered.size).toBe(1);
    expect((await lab.activities()).map((activity) => activity.StatusCode)).toEqual(['Successful']);
    expect(lab.context.seen.map((event) => event['detail-type'])).toEqual([
      'EC2 Instance-launch Lifecycle Action',
      'EC2 Instance Launch Successful',
    ]);
  });

  test('without a hook comes into service by itself', async () => {
    const lab = await group({ LifecycleHookSpecificationList: [] }, 'silent');
    await lab.at(10);
    expect(lab.states()).toEqual(['InService', 'InService']);
  });

  test('without DesiredCapacity has the least size', async () => {
    const lab = await group({ DesiredCapacity: undefined, MinSize: 3 });
    expect(lab.states()).toHaveLength(3);
  });

  test('spreads over the zones and has its own address and id', async () => {
    const lab = await group({ DesiredCapacity: 4 });
    const instances = lab.service.instances('shop');
    expect(instances.map((instance) => instance.availabilityZone)).toEqual(['eu-west-1a', 'eu-west-1b', 'eu-west-1a', 'eu-west-1b']);
    expect(new Set(instances.map((instance) => instance.address)).size).toBe(4);
    expect(lab.service.groupOf(instances[0].instanceId)).toBe('shop');
  });

  test.each([
    ['ABANDON', 'Terminating', 'Cancelled', 'was abandoned: Heartbeat Timeout'],
    ['CONTINUE', 'InService', 'Successful', undefined],
  ])('that nobody completes ends with the default result %s', async (DefaultResult, state, status, reason) => {
    const lab = await group({ DesiredCapacity: 1, LifecycleHookSpecificationList: [{ ...HOOK, DefaultResult }] }, 'silent');
    const [{ instanceId }] = lab.service.instances('shop');
    await lab.at(599);
    expect(lab.states()).toEqual(['Pending:Wait']);
    await lab.at(15);
    const left = lab.service.instance(instanceId)?.lifecycleState ?? 'Terminating';
    expect(left).toBe(state);
    const activity = (await lab.activities()).find(({ Description }) => Description?.includes(instanceId));
    expect(activity?.StatusCode).toBe(status);
    if (reason !== undefined) expect(activity?.StatusMessage).toContain(reason);
  });

  test('is held longer by a heartbeat', async () => {
    const lab = await group({ DesiredCapacity: 1 }, 'silent');
    await lab.at(500);
    const [{ instanceId }] = lab.service.instances('shop');
    const beat = { AutoScalingGroupName: 'shop', LifecycleHookName: 'shop-launch', InstanceId: instanceId };
    await call(lab.service, 'RecordLifecycleActionHeartbeat', beat);
    await lab.at(500);
    expect(lab.states()).toEqual(['Pending:Wait']);
    await lab.at(120);
    expect(lab.service.instance(instanceId)).toBeUndefined();
  });

  test('that is abandoned is recorded and tried again, less and less often', async () => {
    const lab = await group({ DesiredCapacity: 1 }, 'abandon');
    await lab.at(1200);
    const launches = (await lab.activities()).reverse();
    expect(launches.length).toBeGreaterThanOrEqual(5);
    for (const { StatusCode, StatusMessage } of launches.slice(0, -1)) {
      expect(StatusCode).toBe('Cancelled');
      expect(StatusMessage).toMatch(/Lifecycle Action with token \S+ was abandoned: Lifecycle Action Completed with ABANDON Result$/);
    }
    const begun = launches.map(({ StartTime }) => StartTime?.getTime() as number);
    const gaps = begun.slice(1).map((time, index) => time - begun[index]);
    for (const [index, gap] of gaps.slice(1).entries()) expect(gap).toBeGreaterThan(gaps[index]);
    lab.behaviour.hosts = 'complete';
    await lab.at(1000);
    expect(lab.states()).toEqual(['InService']);
    expect(lab.loadBalancing.registered.size).toBe(1);
  });

  test('is completed by an instance that waits, of that hook, only', async () => {
    const lab = await group({ DesiredCapacity: 1 });
    await lab.at(60);
    const [{ instanceId }] = lab.service.instances('shop');
    await expect(lab.complete(instanceId, 'CONTINUE')).rejects.toMatchObject({
      code: 'ValidationError',
      message: `No active Lifecycle Action found with instance ID ${instanceId}`,
    });
  });
});
