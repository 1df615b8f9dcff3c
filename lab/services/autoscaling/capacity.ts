import type { LabContext } from '../../kernel/context';
import type { InstanceSpec, World } from '../../kernel/world';
import { beginActivity, endActivity } from './activities';
import { LaunchWait } from './launch-wait';
import { alive, type Group, type Instance, inService, isLeaving } from './model';
import { chooseForScaleIn } from './scale-in';

/** The load balancer as a group sees it. */
export interface TargetRegistry {
  register(targetGroupArn: string, instanceId: string): void;
  /** An event for `Clock.waitFor`: resolves when the instance has drained. */
  deregister(targetGroupArn: string, instanceId: string): Promise<void>;
}

/** Collaborators of the part that launches and terminates. */
export interface CapacityDependencies {
  readonly world: Pick<World, 'launch' | 'terminate'>;
  readonly loadBalancing: TargetRegistry;
  /** Calls out what happened: to EventBridge and to the group's topics. */
  readonly announce: (
    group: Group,
    event: 'launched' | 'launchFailed' | 'terminated' | 'launching',
    instance: Instance,
    reason: string,
  ) => void;
  readonly specOf: (group: Group, instance: Instance) => InstanceSpec;
  readonly newInstance: (group: Group) => Instance;
}

/** From the call until EC2 shows the instance as running, in seconds; the boot that follows is the world's. */
const PENDING_SECONDS = [2, 6] as const;
/** From the end of the hook until the instance is in service, in seconds. */
const PROCEED_SECONDS = [1, 3] as const;
/**
 * After a failed launch, the seconds until the next: doubled with each failure in a row.
 * AWS retries less and less often too, and documents no figures.
 */
const BACKOFF_SECONDS = { first: 30, most: 900 } as const;

/** Keeps each group at its desired capacity. */
export class Capacity {
  private readonly waiting = new Map<Group, { done: () => boolean; resolve: () => void }[]>();

  constructor(
    private readonly context: LabContext,
    private readonly dependencies: CapacityDependencies,
  ) {}

  /** Launches or terminates what the desired capacity asks for. `cause` is how the activity's text begins. */
  reconcile(group: Group, cause = 'an instance was'): void {
    const surplus = alive(group).length - group.desired;
    if (surplus < 0) this.scaleOut(group, -surplus, cause);
    if (surplus > 0) this.scaleIn(group, surplus);
    this.wake(group);
  }

  /** What a person or a stack update asks for is tried at once, whatever failed before. */
  forgetFailures(group: Group): void {
    group.failedLaunches = 0;
    group.launchNotBefore = 0;
  }

  /** An event for `Clock.waitFor`: resolves once `done` holds, which is looked at whenever the group changes. */
  when(group: Group, done: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      this.waiting.set(group, [...(this.waiting.get(group) ?? []), { done, resolve }]);
      this.wake(group);
    });
  }

  /** Takes an instance out of its target groups, lets it drain and ends it. */
  terminate(group: Group, instance: Instance, cause: string): void {
    if (isLeaving(instance)) return;
    const wasWaiting = instance.wait;
    instance.lifecycleState = 'Terminating';
    wasWaiting?.complete('ABANDON', 'Lifecycle Action was abandoned because the instance is terminated');
    const activity = beginActivity(this.context, group, `Terminating EC2 instance: ${instance.instanceId}`, cause);
    this.context.clock.spawn(`termination of ${instance.instanceId}`, async () => {
      await this.end(group, instance);
      endActivity(this.context, activity, 'Successful');
      this.dependencies.announce(group, 'terminated', instance, cause);
      this.reconcile(group);
    });
  }

  private scaleOut(group: Group, count: number, cause: string): void {
    if (group.suspended.has('Launch')) return;
    const { clock } = this.context;
    if (clock.now() < group.launchNotBefore) return;
    for (let index = 0; index < count; index++) {
      const size = alive(group).length;
      const instance = this.dependencies.newInstance(group);
      group.instances.push(instance);
      clock.spawn(`launch of ${instance.instanceId}`, () =>
        this.launch(
          group,
          instance,
          `${cause} started in response to a difference between desired and actual capacity, increasing the capacity from ${size} to ${size + 1}.`,
        ),
      );
    }
  }

  private scaleIn(group: Group, surplus: number): void {
    if (group.suspended.has('Terminate')) return;
    const chosen = chooseForScaleIn(group, surplus);
    const allProtected = chosen.length === 0 && inService(group).length > 0 && inService(group).length === alive(group).length;
    if (allProtected) this.noteProtected(group);
    for (const instance of chosen) {
      const size = alive(group).length;
      this.terminate(
        group,
        instance,
        `an instance was taken out of service in response to a difference between desired and actual capacity, shrinking the capacity from ${size} to ${size - 1}.`,
      );
    }
  }

  private noteProtected(group: Group): void {
    const reason = 'Could not scale to desired capacity because all remaining instances are protected from scale-in.';
    if (group.activities[0]?.StatusMessage === reason) return;
    const activity = beginActivity(
      this.context,
      group,
      'Terminating EC2 instance',
      'the desired capacity is below the number of instances.',
    );
    endActivity(this.context, activity, 'Failed', reason);
  }

  private async launch(group: Group, instance: Instance, cause: string): Promise<void> {
    const { clock, random } = this.context;
    const { world, announce, specOf } = this.dependencies;
    const activity = beginActivity(this.context, group, `Launching a new EC2 instance: ${instance.instanceId}`, cause);
    await clock.sleep(random.between(...PENDING_SECONDS) * 1000);
    const { hook } = group.settings;
    if (instance.lifecycleState === 'Pending' && hook !== undefined) {
      instance.wait = new LaunchWait(clock, hook, random.uuid());
      instance.lifecycleState = 'Pending:Wait';
      activity.StatusCode = 'MidLifecycleAction';
      announce(group, 'launching', instance, cause);
      world.launch(specOf(group, instance));
      const { result, reason } = await clock.waitFor(instance.wait.ended);
      const token = instance.wait.token;
      instance.wait = undefined;
      if (result === 'ABANDON') {
        const message = `Instance failed to complete user's Lifecycle Action: Lifecycle Action with token ${token} was abandoned: ${reason}`;
        endActivity(this.context, activity, 'Cancelled', message);
        await this.abandon(group, instance, message);
        return;
      }
      instance.lifecycleState = 'Pending:Proceed';
      await clock.sleep(random.between(...PROCEED_SECONDS) * 1000);
    } else if (instance.lifecycleState === 'Pending') {
      world.launch(specOf(group, instance));
    }
    if (isLeaving(instance)) {
      endActivity(this.context, activity, 'Cancelled', 'The instance was terminated before it came into service.');
      return;
    }
    this.putInService(group, instance);
    endActivity(this.context, activity, 'Successful');
    announce(group, 'launched', instance, cause);
    this.reconcile(group);
  }

  private putInService(group: Group, instance: Instance): void {
    if (!group.suspended.has('AddToLoadBalancer')) {
      for (const targetGroupArn of group.settings.targetGroupArns)
        this.dependencies.loadBalancing.register(targetGroupArn, instance.instanceId);
    }
    instance.lifecycleState = 'InService';
    instance.inServiceAt = this.context.clock.now();
    instance.protectedFromScaleIn = group.settings.newInstancesProtected;
    this.forgetFailures(group);
  }

  private async abandon(group: Group, instance: Instance, message: string): Promise<void> {
    if (isLeaving(instance)) return;
    instance.lifecycleState = 'Terminating';
    this.dependencies.announce(group, 'launchFailed', instance, message);
    const { clock } = this.context;
    if (clock.now() >= group.launchNotBefore) {
      const wait = Math.min(BACKOFF_SECONDS.most, BACKOFF_SECONDS.first * 2 ** group.failedLaunches) * 1000;
      group.failedLaunches++;
      group.launchNotBefore = clock.now() + wait;
      clock.after(wait, `next launch of ${group.name}`, () => this.reconcile(group));
    }
    await this.end(group, instance);
    this.reconcile(group);
  }

  private async end(group: Group, instance: Instance): Promise<void> {
    const { world, loadBalancing } = this.dependencies;
    const drained = group.settings.targetGroupArns.map((targetGroupArn) => loadBalancing.deregister(targetGroupArn, instance.instanceId));
    await this.context.clock.waitFor(Promise.all(drained));
    await world.terminate(instance.instanceId);
    instance.lifecycleState = 'Terminated';
    group.instances.splice(group.instances.indexOf(instance), 1);
  }

  private wake(group: Group): void {
    const waiting = this.waiting.get(group) ?? [];
    for (const { done, resolve } of waiting) if (done()) resolve();
    this.waiting.set(
      group,
      waiting.filter(({ done }) => !done()),
    );
  }
}
