import type { RuleAction } from './actions';
import type { Condition } from './conditions';

/** An application load balancer. */
export interface LoadBalancer {
  readonly arn: string;
  readonly name: string;
  readonly dnsName: string;
  readonly scheme: string;
  readonly createdAt: number;
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  attributes: ReadonlyMap<string, string>;
}

/** A listener: its default action stands for a rule of the lowest priority. */
export interface Listener {
  readonly arn: string;
  readonly loadBalancerArn: string;
  readonly port: number;
  readonly protocol: string;
  readonly defaultRule: Rule;
}

/** What the load balancer's nodes hold of a rule: changes reach them a moment after the call. */
interface PendingActions {
  readonly at: number;
  readonly action: RuleAction;
}

/** A rule of a listener. */
export class Rule {
  private history: PendingActions[];

  constructor(
    readonly arn: string,
    readonly listenerArn: string,
    /** Infinity for a listener's default action. */
    public priority: number,
    public conditions: readonly Condition[],
    action: RuleAction,
    now: number,
  ) {
    this.history = [{ at: now, action }];
  }

  /** The action as the API shows it: the one of the last write. */
  get configured(): RuleAction {
    return this.history[this.history.length - 1].action;
  }

  /** The action that requests meet at this moment. */
  effective(now: number): RuleAction {
    while (this.history.length > 1 && this.history[1].at <= now) this.history.shift();
    return this.history[0].action;
  }

  /** Replaces the whole action; requests meet it from `at` on. A later write overtakes none that is still on its way. */
  replace(action: RuleAction, at: number): void {
    const last = this.history[this.history.length - 1];
    this.history.push({ at: Math.max(at, last.at), action });
  }

  /** Target groups that the action names, weight 0 included: those of the last write, and those that requests still meet. */
  groups(now: number): string[] {
    return [...new Set([this.configured, this.effective(now)].flatMap(namedGroups))];
  }
}

/** State of a target, as DescribeTargetHealth names it. */
export type TargetState = 'unused' | 'initial' | 'healthy' | 'unhealthy' | 'draining';

function namedGroups(action: RuleAction): string[] {
  return action.type === 'forward' ? action.groups.map((group) => group.arn) : [];
}

/** An instance registered with a target group. */
export interface Target {
  readonly instanceId: string;
  readonly port: number;
  state: TargetState;
  reason: string | undefined;
  /** Health checks of the same outcome in a row. */
  passed: number;
  failed: number;
}

/** Health check settings of a target group. Defaults are those of the API for HTTP target groups. */
export interface HealthCheck {
  readonly path: string;
  readonly port: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
  readonly matcher: string;
}

/** A group of instances that requests are forwarded to. */
export interface TargetGroup {
  readonly arn: string;
  readonly name: string;
  readonly port: number;
  readonly protocol: string;
  readonly vpcId: string | undefined;
  healthCheck: HealthCheck;
  attributes: ReadonlyMap<string, string>;
  readonly targets: Target[];
  /** Round robin: index of the next target. */
  turn: number;
}

/** Seconds that a target drains: `deregistration_delay.timeout_seconds`, 300 by default. */
export function deregistrationDelaySeconds(group: TargetGroup): number {
  return Number(group.attributes.get('deregistration_delay.timeout_seconds') ?? 300);
}
