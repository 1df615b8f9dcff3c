import { type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import type { LaunchTemplates } from '../ec2-launch-templates';
import { flag, wholeNumber } from '../elb/whole-number';
import type { GroupSettings, LaunchHook } from './model';

const KNOWN = [
  'AutoScalingGroupName',
  'AvailabilityZones',
  'Cooldown',
  'DefaultInstanceWarmup',
  'DesiredCapacity',
  'HealthCheckGracePeriod',
  'HealthCheckType',
  'LaunchTemplate',
  'LifecycleHookSpecificationList',
  'MaxSize',
  'MetricsCollection',
  'MinSize',
  'NewInstancesProtectedFromScaleIn',
  'NotificationConfigurations',
  'Tags',
  'TargetGroupARNs',
  'TerminationPolicies',
  'VPCZoneIdentifier',
];

/** What the provider asks of the service. */
export interface GroupWriter {
  createGroup(name: string, settings: GroupSettings, desired: number): void;
  /** `desired` undefined keeps the live one, within the new limits. */
  updateGroup(name: string, settings: GroupSettings, desired: number | undefined): void;
  deleteGroup(name: string): Promise<void>;
}

/** Provider of `AWS::AutoScaling::AutoScalingGroup`. It returns before the instances are in service: see `AutoScalingService.settled`. */
export function groupProvider(
  writer: GroupWriter,
  templates: LaunchTemplates,
  zonesOf: (subnets: readonly string[]) => string[],
  nameFor: (resource: ResolvedResource) => string,
): ResourceProvider {
  const created = (name: string) => ({ ref: name, attributes: { AutoScalingGroupName: name } });
  return {
    type: 'AWS::AutoScaling::AutoScalingGroup',
    create(resource) {
      const settings = readSettings(resource, templates, zonesOf);
      const name = nameFor(resource);
      writer.createGroup(name, settings, readDesired(resource, settings) ?? settings.minSize);
      return created(name);
    },
    update(resource, name) {
      const settings = readSettings(resource, templates, zonesOf);
      writer.updateGroup(name, settings, readDesired(resource, settings));
      return created(name);
    },
    delete: (name) => writer.deleteGroup(name),
  };
}

function readDesired({ properties }: ResolvedResource, { minSize, maxSize }: GroupSettings): number | undefined {
  return properties.DesiredCapacity === undefined
    ? undefined
    : wholeNumber('DesiredCapacity', properties.DesiredCapacity, minSize, maxSize);
}

function readSettings(
  resource: ResolvedResource,
  templates: LaunchTemplates,
  zonesOf: (subnets: readonly string[]) => string[],
): GroupSettings {
  refuseUnknownProperties(resource, KNOWN);
  const { logicalId, properties } = resource;
  if (properties.LaunchTemplate === undefined) throw new Error(`${logicalId}: the lab needs 'LaunchTemplate'`);
  const minSize = wholeNumber('MinSize', properties.MinSize, 0, 10_000);
  const healthCheckType = properties.HealthCheckType ?? 'EC2';
  if (healthCheckType !== 'EC2' && healthCheckType !== 'ELB') {
    throw new Error(`${logicalId}: 'HealthCheckType' must be EC2 or ELB, got ${healthCheckType}`);
  }
  const subnets: string[] = properties.VPCZoneIdentifier ?? [];
  const availabilityZones: string[] = properties.AvailabilityZones ?? zonesOf(subnets);
  if (availabilityZones.length === 0) throw new Error(`${logicalId}: the lab needs 'VPCZoneIdentifier' or 'AvailabilityZones'`);
  return {
    minSize,
    maxSize: wholeNumber('MaxSize', properties.MaxSize, minSize, 10_000),
    template: templates.version(properties.LaunchTemplate),
    hook: readHook(resource),
    targetGroupArns: properties.TargetGroupARNs ?? [],
    healthCheckType,
    gracePeriodSeconds: wholeNumber('HealthCheckGracePeriod', properties.HealthCheckGracePeriod ?? 0, 0, 86_400),
    subnets,
    availabilityZones,
    tags: (properties.Tags ?? []).map(readTag),
    newInstancesProtected: flag('NewInstancesProtectedFromScaleIn', properties.NewInstancesProtectedFromScaleIn ?? false),
    terminationPolicies: readPolicies(resource),
    enabledMetrics: properties.MetricsCollection ?? [],
    notifications: properties.NotificationConfigurations ?? [],
  };
}

function readTag(tag: { Key: string; Value: string; PropagateAtLaunch: unknown }): GroupSettings['tags'][number] {
  return { ...tag, PropagateAtLaunch: flag('PropagateAtLaunch', tag.PropagateAtLaunch) };
}

function readPolicies({ logicalId, properties }: ResolvedResource): string[] {
  const policies: string[] = properties.TerminationPolicies ?? ['Default'];
  if (policies.some((policy) => policy !== 'Default')) {
    throw new Error(`${logicalId}: the lab knows the termination policy Default, got ${policies.join(', ')}`);
  }
  return policies;
}

function readHook({ logicalId, properties }: ResolvedResource): LaunchHook | undefined {
  const hooks = properties.LifecycleHookSpecificationList ?? [];
  if (
    hooks.length > 1 ||
    hooks.some((hook: { LifecycleTransition: string }) => hook.LifecycleTransition !== 'autoscaling:EC2_INSTANCE_LAUNCHING')
  ) {
    throw new Error(
      `${logicalId}: the lab knows one lifecycle hook a group, of autoscaling:EC2_INSTANCE_LAUNCHING, got ${JSON.stringify(hooks)}`,
    );
  }
  const [hook] = hooks;
  if (hook === undefined) return undefined;
  const defaultResult = hook.DefaultResult ?? 'ABANDON';
  if (defaultResult !== 'ABANDON' && defaultResult !== 'CONTINUE') {
    throw new Error(`${logicalId}: 'DefaultResult' must be ABANDON or CONTINUE, got ${defaultResult}`);
  }
  return {
    name: hook.LifecycleHookName,
    defaultResult,
    heartbeatSeconds: wholeNumber('HeartbeatTimeout', hook.HeartbeatTimeout ?? 3600, 30, 7200),
  };
}
