import type { LabContext } from '../../kernel/context';
import type { Capacity } from './capacity';
import type { Group, Instance } from './model';

/** Auto Scaling looks at health every now and then: a finding takes effect within so many seconds. */
const LOOK_SECONDS = [0, 30] as const;

/**
 * Replaces instances that the load balancer finds unhealthy, in groups whose health check type is ELB, once their grace period
 * has passed; and those that EC2 has lost, in any group. A group of type EC2 never minds what its targets answer.
 */
export class HealthReplacement {
  constructor(
    private readonly context: LabContext,
    private readonly capacity: Capacity,
    private readonly isUnhealthyTarget: (targetGroupArn: string, instanceId: string) => boolean,
  ) {}

  /** A target of the instance became unhealthy, or might have been so for a while. */
  suspect(group: Group, instance: Instance): void {
    if (group.settings.healthCheckType !== 'ELB' || instance.inServiceAt === undefined) return;
    const { clock, random } = this.context;
    const graceLeft = Math.max(0, instance.inServiceAt + group.settings.gracePeriodSeconds * 1000 - clock.now());
    const wait = graceLeft + random.between(...LOOK_SECONDS) * 1000;
    clock.after(wait, `health of ${instance.instanceId}`, () => this.examine(group, instance));
  }

  /** The instance is gone, e.g. a spot instance that was taken back. */
  lost(group: Group, instance: Instance): void {
    instance.healthStatus = 'Unhealthy';
    this.replace(group, instance, 'an EC2 health check indicating it has been terminated or stopped.');
  }

  /** Looks again at instances whose replacement may have been held up by a suspended process. */
  reviewAll(group: Group): void {
    for (const instance of [...group.instances]) {
      if (instance.healthStatus === 'Unhealthy') this.replace(group, instance, 'a health check failure.');
      else if (this.isUnhealthy(group, instance)) this.suspect(group, instance);
    }
  }

  private examine(group: Group, instance: Instance): void {
    if (instance.lifecycleState !== 'InService' || group.settings.healthCheckType !== 'ELB' || group.suspended.has('HealthCheck')) return;
    if (!this.isUnhealthy(group, instance)) return;
    instance.healthStatus = 'Unhealthy';
    this.replace(group, instance, 'an ELB system health check failure.');
  }

  private isUnhealthy(group: Group, instance: Instance): boolean {
    return group.settings.targetGroupArns.some((targetGroupArn) => this.isUnhealthyTarget(targetGroupArn, instance.instanceId));
  }

  private replace(group: Group, instance: Instance, why: string): void {
    if (group.suspended.has('ReplaceUnhealthy') || group.suspended.has('Terminate')) return;
    this.capacity.terminate(group, instance, `an instance was taken out of service in response to ${why}`);
    this.capacity.reconcile(group);
  }
}
