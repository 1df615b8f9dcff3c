import type { LaunchTemplateVersion } from '../ec2-launch-templates';
import type { Activity } from './activities';
import type { LaunchWait } from './launch-wait';

/** States of an instance in a group: https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-lifecycle.html */
export type LifecycleState = 'Pending' | 'Pending:Wait' | 'Pending:Proceed' | 'InService' | 'Terminating' | 'Terminated';

/** The hook that holds back each new instance. */
export interface LaunchHook {
  readonly name: string;
  readonly heartbeatSeconds: number;
  readonly defaultResult: 'ABANDON' | 'CONTINUE';
}

/** An instance of a group. */
export interface Instance {
  readonly instanceId: string;
  readonly group: string;
  /** Its own loopback address. */
  readonly address: string;
  readonly availabilityZone: string;
  readonly template: LaunchTemplateVersion;
  readonly launchedAt: number;
  lifecycleState: LifecycleState;
  healthStatus: 'Healthy' | 'Unhealthy';
  protectedFromScaleIn: boolean;
  inServiceAt: number | undefined;
  /** While it is `Pending:Wait`. */
  wait: LaunchWait | undefined;
}

/** What the template says about a group. */
export interface GroupSettings {
  minSize: number;
  maxSize: number;
  template: LaunchTemplateVersion;
  hook: LaunchHook | undefined;
  targetGroupArns: readonly string[];
  healthCheckType: 'EC2' | 'ELB';
  gracePeriodSeconds: number;
  subnets: readonly string[];
  availabilityZones: readonly string[];
  tags: readonly { Key: string; Value: string; PropagateAtLaunch: boolean }[];
  newInstancesProtected: boolean;
  terminationPolicies: readonly string[];
  enabledMetrics: readonly { Metric?: string; Granularity?: string }[];
  notifications: readonly { TopicARN: string; NotificationTypes: readonly string[] }[];
}

/** Processes that can be suspended: https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-suspend-resume-processes.html */
export const PROCESSES = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
] as const;
export type Process = (typeof PROCESSES)[number];

/** An Auto Scaling group. */
export interface Group {
  readonly name: string;
  readonly arn: string;
  readonly createdAt: number;
  settings: GroupSettings;
  desired: number;
  readonly suspended: Set<Process>;
  readonly instances: Instance[];
  /** Newest first. */
  readonly activities: Activity[];
  /** Launches that failed since the last that succeeded. */
  failedLaunches: number;
  /** No launch before this moment. */
  launchNotBefore: number;
}

/** True from the decision to end the instance on. */
export function isLeaving(instance: Instance): boolean {
  return instance.lifecycleState === 'Terminating' || instance.lifecycleState === 'Terminated';
}

/** Instances that count towards the desired capacity. */
export function alive(group: Group): Instance[] {
  return group.instances.filter((instance) => !isLeaving(instance));
}

/** Instances that serve. */
export function inService(group: Group): Instance[] {
  return group.instances.filter((instance) => instance.lifecycleState === 'InService');
}
