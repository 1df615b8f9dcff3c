import type { Activity } from '@aws-sdk/client-auto-scaling';
import { AutoScalingService } from '../../lab/services/autoscaling';
import { LaunchTemplates } from '../../lab/services/ec2-launch-templates';
import type { HealthChange } from '../../lab/services/elb';
import { call, create, FakeWorld, simulatedContext } from './machines';

export const GROUP = 'AWS::AutoScaling::AutoScalingGroup';
export const HOOK = {
  LifecycleHookName: 'shop-launch',
  LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
  DefaultResult: 'ABANDON',
  HeartbeatTimeout: 600,
};

/** Target groups without a load balancer: a target drains for 30 seconds. */
class FakeTargets {
  readonly registered = new Map<string, string>();
  readonly listeners: ((change: HealthChange) => void)[] = [];
  constructor(private readonly context: ReturnType<typeof simulatedContext>) {}

  register(_: string, instanceId: string): void {
    this.registered.set(instanceId, 'healthy');
  }

  deregister(_: string, instanceId: string): Promise<void> {
    if (!this.registered.delete(instanceId)) return Promise.resolve();
    return new Promise((resolve) => void this.context.clock.after(30_000, 'draining', resolve));
  }

  targets() {
    return [...this.registered].map(([instanceId, state]) => ({ instanceId, state }));
  }

  onHealth(listener: (change: HealthChange) => void): void {
    this.listeners.push(listener);
  }

  turn(instanceId: string, state: HealthChange['state']): void {
    this.registered.set(instanceId, state);
    for (const listener of this.listeners) listener({ targetGroupArn: 'tg', instanceId, state });
  }
}

/** A group whose instances complete their hook by themselves after 20 seconds, unless `hosts` says otherwise. */
export async function group(properties: Record<string, unknown> = {}, hosts: 'complete' | 'abandon' | 'silent' = 'complete') {
  const context = simulatedContext();
  const { clock } = context;
  const world = new FakeWorld();
  const loadBalancing = new FakeTargets(context);
  const launchTemplates = new LaunchTemplates(context);
  const published: string[] = [];
  const service = new AutoScalingService(context, {
    world,
    loadBalancing,
    launchTemplates,
    roleOfProfile: (profile) => `role-of-${profile}`,
    publish: (topicArn, _, message) => published.push(`${topicArn} ${JSON.parse(message).Event}`),
  });
  const behaviour = { hosts };
  const complete = (instanceId: string, LifecycleActionResult: string) =>
    call(service, 'CompleteLifecycleAction', {
      AutoScalingGroupName: 'shop',
      LifecycleHookName: 'shop-launch',
      InstanceId: instanceId,
      LifecycleActionResult,
    });
  world.onLaunch = ({ instanceId }) => {
    const { hosts: does } = behaviour;
    if (does !== 'silent') clock.after(20_000, 'boot', () => complete(instanceId, does === 'complete' ? 'CONTINUE' : 'ABANDON'));
  };
  const template = await create([launchTemplates.provider()], 'AWS::EC2::LaunchTemplate', 'Template', {
    LaunchTemplateData: {
      ImageId: 'ami-1',
      InstanceType: 't3.small',
      UserData: Buffer.from('#!/bin/bash\n').toString('base64'),
      IamInstanceProfile: { Arn: 'profile' },
    },
  });
  const base = {
    AutoScalingGroupName: 'shop',
    MinSize: '0',
    MaxSize: '6',
    DesiredCapacity: '2',
    LaunchTemplate: { LaunchTemplateId: template.ref, Version: template.attributes?.LatestVersionNumber },
    LifecycleHookSpecificationList: [HOOK],
    TargetGroupARNs: ['tg'],
    VPCZoneIdentifier: ['subnet-a', 'subnet-b'],
  };
  const at = (seconds: number) => clock.run(() => clock.sleep(seconds * 1000));
  const states = () => service.instances('shop').map((instance) => instance.lifecycleState);
  const setDesired = (DesiredCapacity: number) => call(service, 'SetDesiredCapacity', { AutoScalingGroupName: 'shop', DesiredCapacity });
  const activities = async (): Promise<Activity[]> =>
    (await call(service, 'DescribeScalingActivities', { AutoScalingGroupName: 'shop' })).Activities;
  await clock.run(() => create(service.providers(), GROUP, 'Group', { ...base, ...properties }));
  return {
    context,
    world,
    loadBalancing,
    launchTemplates,
    service,
    behaviour,
    complete,
    base,
    at,
    states,
    setDesired,
    activities,
    published,
  };
}
