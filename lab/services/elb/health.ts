import type { World } from '../../kernel/world';
import { deregistrationDelaySeconds, type Target, type TargetGroup, type TargetState } from './model';
import type { LoadBalancingState } from './state';

/** A target that became healthy, unhealthy, or anything else. */
export interface HealthChange {
  readonly targetGroupArn: string;
  readonly instanceId: string;
  readonly state: TargetState;
}

/** From the registration of the first target to its first check, in seconds. */
const REGISTRATION_SECONDS = 1;

/**
 * Registers targets, checks their health and drains them.
 *
 * All targets of a group are checked at the same moments, once an interval of the lab's clock; the time-out of a check is real,
 * and a target whose check is still under way is not checked again.
 * A new target is `initial` until as many checks in a row as the threshold have passed, or failed.
 */
export class TargetHealth {
  private readonly checked = new Set<string>();
  private readonly underway = new Set<Target>();
  private readonly drained = new Map<Target, () => void>();
  private readonly listeners: ((change: HealthChange) => void)[] = [];

  constructor(
    private readonly state: LoadBalancingState,
    private readonly world: Pick<World, 'probe'>,
  ) {}

  onChange(listener: (change: HealthChange) => void): void {
    this.listeners.push(listener);
  }

  register(group: TargetGroup, instanceId: string, port: number): void {
    const known = this.find(group, instanceId, port);
    if (known !== undefined && known.state !== 'draining') return;
    if (known !== undefined) this.remove(group, known);
    group.targets.push({ instanceId, port, state: 'unused', reason: 'Target.NotInUse', passed: 0, failed: 0 });
    this.review(group);
  }

  /** Takes a target out of traffic at once; the promise, an event for `Clock.waitFor`, resolves when it has drained. */
  deregister(group: TargetGroup, instanceId: string, port: number | undefined): Promise<void> {
    const leaving = group.targets.filter((target) => target.instanceId === instanceId && (port === undefined || target.port === port));
    return Promise.all(leaving.map((target) => this.drain(group, target))).then(() => undefined);
  }

  /** Starts or ends the checks after a group came into, or went out of, the last rule that names it. */
  review(group: TargetGroup): void {
    const inUse = this.state.inUse(group.arn);
    for (const target of group.targets) {
      if (target.state === 'draining') continue;
      if (!inUse) this.set(group, target, 'unused', 'Target.NotInUse');
      else if (target.state === 'unused') {
        Object.assign(target, { passed: 0, failed: 0 });
        this.set(group, target, 'initial', 'Elb.RegistrationInProgress');
      }
    }
    if (inUse) this.begin(group);
  }

  private begin(group: TargetGroup): void {
    if (this.checked.has(group.arn)) return;
    this.checked.add(group.arn);
    this.next(group, REGISTRATION_SECONDS);
  }

  private next(group: TargetGroup, seconds: number): void {
    this.state.context.clock.after(seconds * 1000, `health checks of ${group.name}`, () => this.round(group));
  }

  private round(group: TargetGroup): void {
    const targets = group.targets.filter((target) => target.state !== 'draining');
    if (targets.length === 0 || !this.state.inUse(group.arn) || !this.state.targetGroups.has(group.arn)) {
      this.checked.delete(group.arn);
      return;
    }
    for (const target of targets) {
      if (this.underway.has(target)) continue;
      this.underway.add(target);
      this.state.context.clock.spawn(`health check of ${target.instanceId}`, () => this.check(group, target));
    }
    this.next(group, group.healthCheck.intervalSeconds);
  }

  private async check(group: TargetGroup, target: Target): Promise<void> {
    const { port, path, timeoutSeconds } = group.healthCheck;
    const checkedPort = port === 'traffic-port' ? target.port : Number(port);
    const { status } = await this.world.probe(target.instanceId, checkedPort, path, timeoutSeconds);
    this.underway.delete(target);
    if (target.state !== 'draining' && target.state !== 'unused') this.judge(group, target, status);
  }

  private judge(group: TargetGroup, target: Target, status: number | undefined): void {
    const { matcher, healthyThreshold, unhealthyThreshold } = group.healthCheck;
    const passed = status !== undefined && isExpected(matcher, status);
    target.passed = passed ? target.passed + 1 : 0;
    target.failed = passed ? 0 : target.failed + 1;
    if (target.passed >= healthyThreshold) this.set(group, target, 'healthy', undefined);
    else if (target.failed >= unhealthyThreshold) this.set(group, target, 'unhealthy', reasonOf(status));
    else if (target.state === 'initial') target.reason = 'Elb.InitialHealthChecking';
  }

  private set(group: TargetGroup, target: Target, state: TargetState, reason: string | undefined): void {
    target.reason = reason;
    if (target.state === state) return;
    target.state = state;
    for (const listener of this.listeners) listener({ targetGroupArn: group.arn, instanceId: target.instanceId, state });
  }

  private async drain(group: TargetGroup, target: Target): Promise<void> {
    if (target.state === 'unused') return this.remove(group, target);
    const gone = new Promise<void>((resolve) => {
      const before = this.drained.get(target);
      this.drained.set(target, () => {
        before?.();
        resolve();
      });
    });
    if (target.state !== 'draining') {
      this.set(group, target, 'draining', 'Target.DeregistrationInProgress');
      const delay = deregistrationDelaySeconds(group) * 1000;
      this.state.context.clock.after(delay, `draining of ${target.instanceId}`, () => this.remove(group, target));
    }
    return gone;
  }

  private remove(group: TargetGroup, target: Target): void {
    const index = group.targets.indexOf(target);
    if (index >= 0) group.targets.splice(index, 1);
    this.drained.get(target)?.();
    this.drained.delete(target);
  }

  private find(group: TargetGroup, instanceId: string, port: number): Target | undefined {
    return group.targets.find((target) => target.instanceId === instanceId && target.port === port);
  }
}

/** A matcher such as `200`, `200,302` or `200-299`. */
function isExpected(matcher: string, status: number): boolean {
  return matcher.split(',').some((part) => {
    const [low, high = low] = part.split('-').map(Number);
    return status >= low && status <= high;
  });
}

function reasonOf(status: number | undefined): string {
  return status === undefined ? 'Target.FailedHealthChecks' : 'Target.ResponseCodeMismatch';
}
