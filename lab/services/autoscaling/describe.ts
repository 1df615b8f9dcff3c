import type { Instance as ApiInstance, AutoScalingGroup, AutoScalingInstanceDetails } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../kernel/service';
import type { Group, Instance } from './model';

/** One page of a listing. A token is the index of the next item. */
export function page<T>(
  all: readonly T[],
  input: { NextToken?: string; MaxRecords?: number },
  limits: { readonly usual: number; readonly most: number },
): { items: T[]; NextToken: string | undefined } {
  const size = input.MaxRecords ?? limits.usual;
  if (!(size >= 1 && size <= limits.most))
    throw new AwsError('ValidationError', `MaxRecords must be from 1 to ${limits.most}, got ${size}`);
  const start = input.NextToken === undefined ? 0 : Number(input.NextToken);
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidNextToken', `The token '${input.NextToken}' is invalid.`);
  return { items: all.slice(start, start + size), NextToken: start + size < all.length ? String(start + size) : undefined };
}

export function describeGroup(group: Group): AutoScalingGroup {
  const { settings } = group;
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    LaunchTemplate: describeTemplate(settings.template),
    MinSize: settings.minSize,
    MaxSize: settings.maxSize,
    DesiredCapacity: group.desired,
    DefaultCooldown: 300,
    AvailabilityZones: [...settings.availabilityZones],
    LoadBalancerNames: [],
    TargetGroupARNs: [...settings.targetGroupArns],
    HealthCheckType: settings.healthCheckType,
    HealthCheckGracePeriod: settings.gracePeriodSeconds,
    Instances: group.instances.map(describeInstance),
    CreatedTime: new Date(group.createdAt),
    SuspendedProcesses: [...group.suspended].map((ProcessName) => ({ ProcessName, SuspensionReason: 'User suspended' })),
    VPCZoneIdentifier: settings.subnets.join(','),
    EnabledMetrics: settings.enabledMetrics.map(({ Metric, Granularity }) => ({ Metric, Granularity })),
    Tags: settings.tags.map((tag) => ({ ...tag, ResourceId: group.name, ResourceType: 'auto-scaling-group' })),
    TerminationPolicies: [...settings.terminationPolicies],
    NewInstancesProtectedFromScaleIn: settings.newInstancesProtected,
  };
}

function describeInstance(instance: Instance): ApiInstance {
  return {
    InstanceId: instance.instanceId,
    InstanceType: instance.template.instanceType,
    AvailabilityZone: instance.availabilityZone,
    LifecycleState: instance.lifecycleState,
    HealthStatus: instance.healthStatus,
    LaunchTemplate: describeTemplate(instance.template),
    ProtectedFromScaleIn: instance.protectedFromScaleIn,
  };
}

export function describeInstanceDetails(instance: Instance): AutoScalingInstanceDetails {
  return {
    InstanceId: instance.instanceId,
    InstanceType: instance.template.instanceType,
    AutoScalingGroupName: instance.group,
    AvailabilityZone: instance.availabilityZone,
    LifecycleState: instance.lifecycleState,
    HealthStatus: instance.healthStatus.toUpperCase(),
    LaunchTemplate: describeTemplate(instance.template),
    ProtectedFromScaleIn: instance.protectedFromScaleIn,
  };
}

function describeTemplate(template: Instance['template']) {
  return { LaunchTemplateId: template.templateId, LaunchTemplateName: template.templateName, Version: String(template.version) };
}
