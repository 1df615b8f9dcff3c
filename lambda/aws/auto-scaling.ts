import {
  AutoScalingClient,
  DescribeScalingActivitiesCommand,
  paginateDescribeAutoScalingGroups,
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CLIENT_OPTIONS } from './client-options';
import { config } from './config';

const client = new AutoScalingClient(CLIENT_OPTIONS);
/** Auto Scaling changes the protection of so many instances in a call. */
const PROTECTION_BATCH = 50;
const PROTECTION_ATTEMPTS = 3;

/** An Auto Scaling group as far as a deployment looks at it. */
export interface Group {
  readonly name: string;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
  /** Ids of the instances in service. */
  readonly inService: readonly string[];
  /** Instances that are not on their way out. */
  readonly present: number;
  readonly protectedInstances: readonly string[];
  /** True where the owner protects every instance for reasons of their own. */
  readonly protectsNewInstances: boolean;
}

/** Reads both groups with one call. */
export async function describeGroups(): Promise<{ stable: Group; canary: Group }> {
  const names = [config.stable.autoScalingGroup, config.canary.autoScalingGroup];
  const found = new Map<string, Group>();
  for await (const page of paginateDescribeAutoScalingGroups({ client }, { AutoScalingGroupNames: names })) {
    for (const group of page.AutoScalingGroups ?? []) {
      const instances = group.Instances ?? [];
      const ids = (chosen: typeof instances) => chosen.map((instance) => instance.InstanceId!).sort();
      found.set(group.AutoScalingGroupName!, {
        name: group.AutoScalingGroupName!,
        desired: group.DesiredCapacity ?? 0,
        min: group.MinSize ?? 0,
        max: group.MaxSize ?? 0,
        inService: ids(instances.filter((instance) => instance.LifecycleState === 'InService')),
        present: instances.filter((instance) => !/^(Terminat|Detach)/.test(instance.LifecycleState ?? '')).length,
        protectedInstances: ids(instances.filter((instance) => instance.ProtectedFromScaleIn)),
        protectsNewInstances: group.NewInstancesProtectedFromScaleIn === true,
      });
    }
  }
  const [stable, canary] = names.map((name) => {
    const group = found.get(name);
    if (!group) throw new Error(`there is no Auto Scaling group ${name}`);
    return group;
  });
  return { stable, canary };
}

/** Sets the desired capacity of the canary group, where it is another. */
export async function setCanaries(canary: Group, desired: number): Promise<void> {
  if (canary.desired === desired) return;
  await client.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: canary.name, DesiredCapacity: desired, HonorCooldown: false }));
}

/** Protects the stable instances that are not protected yet from scale-in. */
export async function protectStable(stable: Group): Promise<void> {
  const unprotected = ({ inService, protectedInstances }: Group) => inService.filter((id) => !protectedInstances.includes(id));
  await setStableProtection(stable, unprotected, true);
}

/** Takes the protection off again, but for the instances that their owner had protected before. */
export async function unprotectStable(stable: Group, ownersChoice: readonly string[]): Promise<void> {
  const ours = ({ inService, protectedInstances }: Group) =>
    inService.filter((id) => protectedInstances.includes(id) && !ownersChoice.includes(id));
  await setStableProtection(stable, ours, false);
}

/** Auto Scaling refuses the whole call where an instance has left service since the group was read: it is then read again. */
async function setStableProtection(stable: Group, choose: (group: Group) => string[], isProtected: boolean): Promise<void> {
  let group = stable;
  for (let attempt = 1; !group.protectsNewInstances; attempt++) {
    try {
      return await setProtection(group, choose(group), isProtected);
    } catch (error) {
      if ((error as Error).name !== 'ValidationError' || attempt === PROTECTION_ATTEMPTS) throw error;
      group = (await describeGroups()).stable;
    }
  }
}

async function setProtection(group: Group, ids: readonly string[], isProtected: boolean): Promise<void> {
  for (let from = 0; from < ids.length; from += PROTECTION_BATCH) {
    const batch = ids.slice(from, from + PROTECTION_BATCH);
    await client.send(
      new SetInstanceProtectionCommand({ AutoScalingGroupName: group.name, InstanceIds: batch, ProtectedFromScaleIn: isProtected }),
    );
  }
}

/** What became of the canary launches that began at or after this time and failed, the newest first. */
export async function failedCanaryLaunches(since: string): Promise<string[]> {
  const answer = await client.send(
    new DescribeScalingActivitiesCommand({ AutoScalingGroupName: config.canary.autoScalingGroup, MaxRecords: 50 }),
  );
  return (answer.Activities ?? [])
    .filter((activity) => activity.StatusCode === 'Failed' || activity.StatusCode === 'Cancelled')
    .filter((activity) => activity.StartTime !== undefined && activity.StartTime.getTime() >= Date.parse(since))
    .map((activity) => activity.StatusMessage ?? activity.Description ?? activity.StatusCode!);
}

/** Ends a stable instance; Auto Scaling launches another in its place. */
export async function replaceStable(instance: string): Promise<void> {
  await client.send(new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: instance, ShouldDecrementDesiredCapacity: false }));
}
