import type {
  AutoScalingGroupNamesType,
  CompleteLifecycleActionType,
  DescribeAutoScalingInstancesType,
  DescribeScalingActivitiesType,
  RecordLifecycleActionHeartbeatType,
  ScalingProcessQuery,
  SetDesiredCapacityType,
  SetInstanceProtectionQuery,
  TerminateInstanceInAutoScalingGroupType,
  UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import { type AccessRequest, AwsError, type Operation } from '../../kernel/service';
import { describeGroup, describeInstanceDetails, page } from './describe';
import type { LaunchWait } from './launch-wait';
import type { Group, Instance } from './model';

/** What the operations ask of the service. */
export interface GroupOperations {
  groups(): Group[];
  /** @throws AwsError ValidationError */
  group(name: string | undefined): Group;
  arnPattern(name: string | undefined): string;
  setDesired(group: Group, desired: number, cause: string): void;
  setLimits(group: Group, minSize: number, maxSize: number, desired: number | undefined): void;
  setProtection(group: Group, instances: readonly Instance[], isProtected: boolean): void;
  terminate(group: Group, instance: Instance, decrement: boolean): string;
  setSuspended(group: Group, processes: readonly string[] | undefined, suspended: boolean): void;
}

function on(operation: string, resource = '*', context?: AccessRequest['context']): AccessRequest[] {
  return [{ action: `autoscaling:${operation}`, resource, ...(context ? { context } : {}) }];
}

/** The operations of Auto Scaling that the lab knows. */
export function operations(service: GroupOperations): Record<string, Operation> {
  const onGroup = (operation: string) => (input: { AutoScalingGroupName?: string }) =>
    on(operation, service.arnPattern(input.AutoScalingGroupName), tagsOf(service, input.AutoScalingGroupName));
  return {
    DescribeAutoScalingGroups: {
      authorize: () => on('DescribeAutoScalingGroups'),
      handle(input: AutoScalingGroupNamesType) {
        refuse('DescribeAutoScalingGroups', input, ['Filters', 'IncludeInstances']);
        const named = input.AutoScalingGroupNames ?? [];
        const groups = service.groups().filter((group) => named.length === 0 || named.includes(group.name));
        const { items, NextToken } = page(groups, input, { usual: 50, most: 100 });
        return { AutoScalingGroups: items.map(describeGroup), NextToken };
      },
    },
    DescribeAutoScalingInstances: {
      authorize: () => on('DescribeAutoScalingInstances'),
      handle(input: DescribeAutoScalingInstancesType) {
        const all = service.groups().flatMap((group) => group.instances);
        const wanted = all.filter((instance) => input.InstanceIds?.includes(instance.instanceId) ?? true);
        const { items, NextToken } = page(wanted, input, { usual: 50, most: 50 });
        return { AutoScalingInstances: items.map(describeInstanceDetails), NextToken };
      },
    },
    DescribeScalingActivities: {
      authorize: () => on('DescribeScalingActivities'),
      handle(input: DescribeScalingActivitiesType) {
        refuse('DescribeScalingActivities', input, ['IncludeDeletedGroups', 'Filters']);
        const groups = input.AutoScalingGroupName === undefined ? service.groups() : [service.group(input.AutoScalingGroupName)];
        const activities = groups
          .flatMap((group) => group.activities)
          .filter((activity) => input.ActivityIds?.includes(activity.ActivityId as string) ?? true);
        const { items, NextToken } = page(activities, input, { usual: 100, most: 100 });
        return { Activities: items, NextToken };
      },
    },
    SetDesiredCapacity: {
      authorize: onGroup('SetDesiredCapacity'),
      handle(input: SetDesiredCapacityType) {
        if (input.HonorCooldown === true) throw new AwsError('ValidationError', 'the lab does not know HonorCooldown');
        const group = service.group(input.AutoScalingGroupName);
        service.setDesired(group, input.DesiredCapacity as number, 'a user request explicitly set group desired capacity');
        return {};
      },
    },
    UpdateAutoScalingGroup: {
      authorize: onGroup('UpdateAutoScalingGroup'),
      handle(input: UpdateAutoScalingGroupType) {
        const { AutoScalingGroupName, MinSize, MaxSize, DesiredCapacity, ...rest } = input;
        refuse('UpdateAutoScalingGroup', rest, Object.keys(rest));
        const group = service.group(AutoScalingGroupName);
        service.setLimits(group, MinSize ?? group.settings.minSize, MaxSize ?? group.settings.maxSize, DesiredCapacity);
        return {};
      },
    },
    SetInstanceProtection: {
      authorize: onGroup('SetInstanceProtection'),
      handle(input: SetInstanceProtectionQuery) {
        const ids = input.InstanceIds ?? [];
        if (ids.length > 50) throw new AwsError('ValidationError', `InstanceIds must hold at most 50 ids, got ${ids.length}`);
        const group = service.group(input.AutoScalingGroupName);
        const instances = ids.map((id) => memberOf(group, id));
        const early = instances.find((instance) => instance.lifecycleState !== 'InService');
        if (early)
          throw new AwsError('ValidationError', `The instance ${early.instanceId} is not in InService or EnteringStandby or Standby.`);
        service.setProtection(group, instances, input.ProtectedFromScaleIn === true);
        return {};
      },
    },
    TerminateInstanceInAutoScalingGroup: {
      authorize: (input: TerminateInstanceInAutoScalingGroupType) => {
        const name = service.groups().find((group) => group.instances.some(({ instanceId }) => instanceId === input.InstanceId))?.name;
        return on('TerminateInstanceInAutoScalingGroup', service.arnPattern(name), tagsOf(service, name));
      },
      handle(input: TerminateInstanceInAutoScalingGroupType) {
        const group = service.groups().find(({ instances }) => instances.some(({ instanceId }) => instanceId === input.InstanceId));
        if (group === undefined)
          throw new AwsError('ValidationError', `Instance Id not found - No managed instance found for instance ID: ${input.InstanceId}`);
        const activityId = service.terminate(
          group,
          memberOf(group, input.InstanceId as string),
          input.ShouldDecrementDesiredCapacity === true,
        );
        return { Activity: group.activities.find((activity) => activity.ActivityId === activityId) };
      },
    },
    CompleteLifecycleAction: {
      authorize: onGroup('CompleteLifecycleAction'),
      handle(input: CompleteLifecycleActionType) {
        const result = input.LifecycleActionResult;
        if (result !== 'CONTINUE' && result !== 'ABANDON') {
          throw new AwsError('ValidationError', `LifecycleActionResult must be CONTINUE or ABANDON, got ${result}`);
        }
        waitOf(service.group(input.AutoScalingGroupName), input).complete(result);
        return {};
      },
    },
    RecordLifecycleActionHeartbeat: {
      authorize: onGroup('RecordLifecycleActionHeartbeat'),
      handle(input: RecordLifecycleActionHeartbeatType) {
        waitOf(service.group(input.AutoScalingGroupName), input).heartbeat();
        return {};
      },
    },
    SuspendProcesses: {
      authorize: onGroup('SuspendProcesses'),
      handle(input: ScalingProcessQuery) {
        service.setSuspended(service.group(input.AutoScalingGroupName), input.ScalingProcesses, true);
        return {};
      },
    },
    ResumeProcesses: {
      authorize: onGroup('ResumeProcesses'),
      handle(input: ScalingProcessQuery) {
        service.setSuspended(service.group(input.AutoScalingGroupName), input.ScalingProcesses, false);
        return {};
      },
    },
  };
}

function tagsOf(service: GroupOperations, name: string | undefined): Record<string, string> {
  const tags = service.groups().find((group) => group.name === name)?.settings.tags ?? [];
  return Object.fromEntries(
    tags.flatMap(({ Key, Value }) => [
      [`aws:ResourceTag/${Key}`, Value],
      [`autoscaling:ResourceTag/${Key}`, Value],
    ]),
  );
}

function refuse(operation: string, input: object, members: readonly string[]): void {
  const given = Object.entries(input).filter(([name, value]) => members.includes(name) && value !== undefined);
  if (given.length > 0)
    throw new AwsError('ValidationError', `the lab does not know ${given.map(([name]) => name).join(', ')} of ${operation}`);
}

function memberOf(group: Group, instanceId: string): Instance {
  const instance = group.instances.find((member) => member.instanceId === instanceId);
  if (instance === undefined)
    throw new AwsError('ValidationError', `The instance ${instanceId} is not part of Auto Scaling group ${group.name}.`);
  return instance;
}

function waitOf(group: Group, input: { LifecycleHookName?: string; LifecycleActionToken?: string; InstanceId?: string }): LaunchWait {
  const { LifecycleHookName, LifecycleActionToken, InstanceId } = input;
  const instance = group.instances.find(
    ({ instanceId, wait }) =>
      wait !== undefined && (LifecycleActionToken === undefined ? instanceId === InstanceId : wait.token === LifecycleActionToken),
  );
  if (instance?.wait === undefined || instance.wait.hook.name !== LifecycleHookName) {
    const what = LifecycleActionToken === undefined ? `instance ID ${InstanceId}` : `token ${LifecycleActionToken}`;
    throw new AwsError('ValidationError', `No active Lifecycle Action found with ${what}`);
  }
  return instance.wait;
}
