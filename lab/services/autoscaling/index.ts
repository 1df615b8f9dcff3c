import * as sdk from '@aws-sdk/client-auto-scaling';
import { arn, type LabContext } from '../../kernel/context';
import type { ResourceProvider } from '../../kernel/resources';
import { AwsError, type Operation, type Service } from '../../kernel/service';
import type { World } from '../../kernel/world';
import type { LaunchTemplates } from '../ec2-launch-templates';
import type { HealthChange } from '../elb';
import { announcer, type Publish } from './announce';
import { Capacity, type TargetRegistry } from './capacity';
import { groupProvider } from './group-provider';
import { HealthReplacement } from './health-replacement';
import { alive, type Group, type GroupSettings, type Instance, inService, type LifecycleState, PROCESSES, type Process } from './model';
import { operations } from './operations';

export type { LifecycleState } from './model';

/** Collaborators of `AutoScalingService`. */
export interface AutoScalingDependencies {
  readonly world: Pick<World, 'launch' | 'terminate'>;
  readonly loadBalancing: TargetRegistry & {
    targets(targetGroupArn: string): readonly { readonly instanceId: string; readonly state: string }[];
    onHealth(listener: (change: HealthChange) => void): void;
  };
  readonly launchTemplates: LaunchTemplates;
  /** ARN of the role in an instance profile, which is given by name or ARN. */
  readonly roleOfProfile: (profile: string) => string;
  /**
   * Zone of a subnet.
   *
   * @default - the zones a, b, c ... in the order of the group's subnets
   */
  readonly zoneOfSubnet?: (subnetId: string) => string;
  /**
   * Publishes a group's notifications to a topic.
   *
   * @default - groups with NotificationConfigurations are refused
   */
  readonly publish?: Publish;
  /**
   * First two parts of the instances' addresses.
   *
   * @default 127.20
   */
  readonly network?: string;
}

/** An instance as other parts of the lab see it. */
export interface InstanceView {
  readonly instanceId: string;
  readonly group: string;
  readonly address: string;
  readonly lifecycleState: LifecycleState;
  readonly healthStatus: 'Healthy' | 'Unhealthy';
  readonly protectedFromScaleIn: boolean;
  readonly availabilityZone: string;
}

/**
 * Amazon EC2 Auto Scaling: groups of instances behind a launch hook.
 *
 * Simplified: one launch hook a group, none at termination; no scaling policies, warm pools, instance refresh or standby;
 * zones are balanced at launch and at scale-in, never in between. Methods that return a promise are called in an actor.
 */
export class AutoScalingService implements Service {
  readonly signingName = 'autoscaling';
  readonly sdk: Record<string, unknown> = sdk;
  readonly client = 'AutoScalingClient';
  readonly operations: Readonly<Record<string, Operation>> = operations(this);
  private readonly byName = new Map<string, Group>();
  private readonly capacity: Capacity;
  private readonly health: HealthReplacement;
  private addresses = 0;

  constructor(
    private readonly context: LabContext,
    private readonly dependencies: AutoScalingDependencies,
  ) {
    const { world, loadBalancing, roleOfProfile, publish } = dependencies;
    this.capacity = new Capacity(context, {
      world,
      loadBalancing,
      announce: announcer(context, publish),
      newInstance: (group) => this.newInstance(group),
      specOf: ({ name }, { instanceId, address, availabilityZone, template }) => ({
        instanceId,
        group: name,
        address,
        availabilityZone,
        userData: template.userData,
        imageId: template.imageId,
        roleArn: template.instanceProfile === undefined ? '' : roleOfProfile(template.instanceProfile),
      }),
    });
    this.health = new HealthReplacement(context, this.capacity, (targetGroupArn, instanceId) =>
      loadBalancing.targets(targetGroupArn).some((target) => target.instanceId === instanceId && target.state === 'unhealthy'),
    );
    loadBalancing.onHealth((change) => {
      const instance = change.state === 'unhealthy' ? this.find(change.instanceId) : undefined;
      if (instance !== undefined) this.health.suspect(this.group(instance.group), instance);
    });
  }

  providers(): ResourceProvider[] {
    const zonesOf = (subnets: readonly string[]) =>
      subnets.map((subnet, index) => this.dependencies.zoneOfSubnet?.(subnet) ?? `${this.context.region}${'abcdef'[index % 6]}`);
    const nameFor = (resource: { logicalId: string; properties: { AutoScalingGroupName?: string } }) =>
      resource.properties.AutoScalingGroupName ?? `${resource.logicalId}-${this.context.random.hex(12).toUpperCase()}`;
    return [groupProvider(this, this.dependencies.launchTemplates, zonesOf, nameFor)];
  }

  /** Instances of a group that have not gone yet, in the order of their launches. */
  instances(group: string): InstanceView[] {
    return this.group(group).instances.map(view);
  }

  /** An instance that has not gone yet. */
  instance(instanceId: string): InstanceView | undefined {
    const instance = this.find(instanceId);
    return instance && view(instance);
  }

  /** Name of the group that an instance belongs to: the value of its tag `aws:autoscaling:groupName`. */
  groupOf(instanceId: string): string | undefined {
    return this.find(instanceId)?.group;
  }

  /** Ids of the instances of a group that have not gone yet; none where there is no such group. */
  instancesOf(group: string): string[] {
    return this.byName.get(group)?.instances.map((instance) => instance.instanceId) ?? [];
  }

  /** Ids of the instances of all groups. */
  all(): string[] {
    return this.groupNames().flatMap((name) => this.instancesOf(name));
  }

  /** Whether an instance is in service. */
  inService(instanceId: string): boolean {
    return this.find(instanceId)?.lifecycleState === 'InService';
  }

  /** Tags of an instance: those that its group propagates, and the one that names the group. */
  tagsOf(instanceId: string): Record<string, string> {
    const name = this.groupOf(instanceId);
    if (name === undefined) return {};
    const propagated = this.group(name).settings.tags.filter((tag) => tag.PropagateAtLaunch);
    return { ...Object.fromEntries(propagated.map(({ Key, Value }) => [Key, Value])), 'aws:autoscaling:groupName': name };
  }

  /** Names of all groups. */
  groupNames(): string[] {
    return [...this.byName.keys()];
  }

  /**
   * Waits until a group has exactly its desired instances, all in service.
   *
   * @param timeoutSeconds of the lab's time
   * @throws with the newest activity's reason when the time is up, as CloudFormation's `Group did not stabilize`
   */
  async settled(name: string, timeoutSeconds = 3600): Promise<void> {
    const { clock } = this.context;
    const group = this.group(name);
    const isSettled = () => inService(group).length === group.desired && group.instances.length === group.desired;
    let giveUp: () => void = () => undefined;
    const timeUp = new Promise<void>((resolve) => {
      giveUp = resolve;
    });
    const timer = clock.after(timeoutSeconds * 1000, `settling of ${name}`, () => giveUp());
    await clock.waitFor(Promise.race([this.capacity.when(group, isSettled), timeUp]));
    timer.cancel();
    if (!isSettled()) {
      const reason = group.activities.find((activity) => activity.StatusMessage !== undefined)?.StatusMessage ?? 'no reason is known';
      throw new Error(
        `group ${name} did not stabilize within ${timeoutSeconds} s: ${inService(group).length} of ${group.desired} in service; ${reason}`,
      );
    }
  }

  /** EC2 loses an instance: a fault to rehearse. */
  loseInstance(instanceId: string): void {
    const instance = this.find(instanceId);
    if (instance === undefined) throw new Error(`there is no instance ${instanceId}`);
    this.health.lost(this.group(instance.group), instance);
  }

  /** Limits, desired capacity, suspended processes and instances of each group, to compare two moments by. */
  dump(): Record<string, unknown> {
    return Object.fromEntries(
      this.groups().map(({ name, settings, desired, suspended, instances }) => [
        name,
        {
          minSize: settings.minSize,
          maxSize: settings.maxSize,
          desired,
          suspended: [...suspended].sort(),
          instances: Object.fromEntries(
            instances.map(({ instanceId, lifecycleState, protectedFromScaleIn }) => [instanceId, { lifecycleState, protectedFromScaleIn }]),
          ),
        },
      ]),
    );
  }

  /** @internal Called by the provider. */
  createGroup(name: string, settings: GroupSettings, desired: number): void {
    if (this.byName.has(name)) throw new Error(`an Auto Scaling group named ${name} exists already`);
    this.checkNotifications(settings);
    const group: Group = {
      name,
      arn: arn(this.context, 'autoscaling', `autoScalingGroup:${this.context.random.uuid()}:autoScalingGroupName/${name}`),
      createdAt: this.context.clock.now(),
      settings,
      desired,
      suspended: new Set(),
      instances: [],
      activities: [],
      failedLaunches: 0,
      launchNotBefore: 0,
    };
    this.byName.set(name, group);
    this.capacity.reconcile(
      group,
      `a user request created an AutoScalingGroup changing the desired capacity from 0 to ${desired}. An instance was`,
    );
  }

  /** @internal Called by the provider. */
  updateGroup(name: string, settings: GroupSettings, desired: number | undefined): void {
    const group = this.group(name);
    this.checkNotifications(settings);
    group.settings = settings;
    this.setLimits(group, settings.minSize, settings.maxSize, desired);
  }

  /** @internal Called by the provider. */
  async deleteGroup(name: string): Promise<void> {
    const group = this.group(name);
    group.suspended.clear();
    group.desired = 0;
    for (const instance of alive(group)) this.capacity.terminate(group, instance, 'the group is deleted.');
    await this.context.clock.waitFor(this.capacity.when(group, () => group.instances.length === 0));
    this.byName.delete(name);
  }

  /** @internal Called by the operations. */
  groups(): Group[] {
    return [...this.byName.values()];
  }

  /** @internal Called by the operations. */
  group(name: string | undefined): Group {
    const group = this.byName.get(name as string);
    if (group === undefined) throw new AwsError('ValidationError', `AutoScalingGroup name not found - AutoScalingGroup: ${name} not found`);
    return group;
  }

  /** @internal Called by the operations. */
  arnPattern(name: string | undefined): string {
    return this.byName.get(name as string)?.arn ?? arn(this.context, 'autoscaling', `autoScalingGroup:*:autoScalingGroupName/${name}`);
  }

  /** @internal Called by the operations. */
  setDesired(group: Group, desired: number, cause: string): void {
    const { minSize, maxSize } = group.settings;
    const refuse = (side: string, limit: number) => {
      throw new AwsError('ValidationError', `New SetDesiredCapacity value ${desired} is ${side} value ${limit} for the AutoScalingGroup.`);
    };
    if (desired > maxSize) refuse('above max', maxSize);
    if (desired < minSize) refuse('below min', minSize);
    const before = group.desired;
    group.desired = desired;
    this.capacity.forgetFailures(group);
    this.capacity.reconcile(group, `${cause} changing the desired capacity from ${before} to ${desired}. An instance was`);
  }

  /** @internal Called by the operations. */
  setLimits(group: Group, minSize: number, maxSize: number, desired: number | undefined): void {
    if (minSize > maxSize)
      throw new AwsError('ValidationError', `Max bound, ${maxSize}, must be greater than or equal to min bound, ${minSize}`);
    const wanted = desired ?? Math.min(Math.max(group.desired, minSize), maxSize);
    if (wanted < minSize || wanted > maxSize) {
      throw new AwsError(
        'ValidationError',
        `Desired capacity:${wanted} must be between the specified min size:${minSize} and max size:${maxSize}`,
      );
    }
    group.settings = { ...group.settings, minSize, maxSize };
    this.setDesired(
      group,
      wanted,
      `a user request update of AutoScalingGroup constraints to min: ${minSize}, max: ${maxSize}, desired: ${wanted}`,
    );
  }

  /** @internal Called by the operations. */
  setProtection(group: Group, instances: readonly Instance[], isProtected: boolean): void {
    for (const instance of instances) instance.protectedFromScaleIn = isProtected;
    this.capacity.reconcile(group);
  }

  /** @internal Called by the operations. */
  terminate(group: Group, instance: Instance, decrement: boolean): string {
    if (decrement && group.desired <= group.settings.minSize) {
      throw new AwsError(
        'ValidationError',
        `Currently, desiredSize equals minSize (${group.settings.minSize}). Terminating instance without replacement will violate group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.`,
      );
    }
    if (instance.lifecycleState === 'Terminating') {
      throw new AwsError('ValidationError', `The instance ${instance.instanceId} is being terminated already.`);
    }
    if (decrement) group.desired--;
    this.capacity.terminate(group, instance, 'an instance was taken out of service in response to a user request.');
    const activityId = group.activities[0].ActivityId as string;
    this.capacity.reconcile(group);
    return activityId;
  }

  /** @internal Called by the operations. */
  setSuspended(group: Group, processes: readonly string[] | undefined, suspended: boolean): void {
    const named = processes === undefined || processes.length === 0 ? PROCESSES : processes;
    const unknown = named.filter((name) => !PROCESSES.includes(name as Process));
    if (unknown.length > 0) throw new AwsError('ValidationError', `Unknown process name(s): ${unknown.join(', ')}`);
    for (const name of named as readonly Process[]) {
      if (suspended) group.suspended.add(name);
      else group.suspended.delete(name);
    }
    this.health.reviewAll(group);
    this.capacity.reconcile(group);
  }

  private checkNotifications(settings: GroupSettings): void {
    if (settings.notifications.length > 0 && this.dependencies.publish === undefined) {
      throw new Error("this lab was built without topics, but the group has 'NotificationConfigurations'");
    }
  }

  private find(instanceId: string): Instance | undefined {
    for (const group of this.byName.values()) {
      const instance = group.instances.find((member) => member.instanceId === instanceId);
      if (instance !== undefined) return instance;
    }
    return undefined;
  }

  private newInstance(group: Group): Instance {
    const { availabilityZones, template } = group.settings;
    const population = (zone: string) => alive(group).filter((instance) => instance.availabilityZone === zone).length;
    return {
      instanceId: `i-0${this.context.random.hex(16)}`,
      group: group.name,
      address: this.nextAddress(),
      availabilityZone: availabilityZones.reduce((least, zone) => (population(zone) < population(least) ? zone : least)),
      template,
      launchedAt: this.context.clock.now(),
      lifecycleState: 'Pending',
      healthStatus: 'Healthy',
      protectedFromScaleIn: false,
      inServiceAt: undefined,
      wait: undefined,
    };
  }

  /** Addresses from <network>.0.1 on; the last part runs from 1 to 254. */
  private nextAddress(): string {
    const index = this.addresses++;
    return `${this.dependencies.network ?? '127.20'}.${Math.floor(index / 254) % 256}.${(index % 254) + 1}`;
  }
}

function view(instance: Instance): InstanceView {
  const { instanceId, group, address, lifecycleState, healthStatus, protectedFromScaleIn, availabilityZone } = instance;
  return { instanceId, group, address, lifecycleState, healthStatus, protectedFromScaleIn, availabilityZone };
}
