import type { LabContext } from '../../kernel/context';
import { AwsError } from '../../kernel/service';
import type { Listener, LoadBalancer, Rule, TargetGroup } from './model';

/** Everything that the load balancing service keeps. */
export class LoadBalancingState {
  readonly loadBalancers = new Map<string, LoadBalancer>();
  readonly listeners = new Map<string, Listener>();
  readonly rules = new Map<string, Rule>();
  readonly targetGroups = new Map<string, TargetGroup>();

  constructor(readonly context: LabContext) {}

  loadBalancer(arn: string): LoadBalancer {
    return found(this.loadBalancers, arn, 'LoadBalancerNotFoundException', 'Load balancer');
  }

  listener(arn: string): Listener {
    return found(this.listeners, arn, 'ListenerNotFoundException', 'Listener');
  }

  rule(arn: string): Rule {
    return found(this.rules, arn, 'RuleNotFoundException', 'Rule');
  }

  targetGroup(arn: string): TargetGroup {
    return found(this.targetGroups, arn, 'TargetGroupNotFoundException', 'Target group');
  }

  /** Rules of a listener as requests try them: by priority, the default action last. */
  rulesOf(listener: Listener): Rule[] {
    const own = [...this.rules.values()].filter((rule) => rule.listenerArn === listener.arn);
    return [...own.sort((a, b) => a.priority - b.priority), listener.defaultRule];
  }

  /** Rules and default actions that name the target group. */
  rulesNaming(targetGroupArn: string): Rule[] {
    const defaults = [...this.listeners.values()].map((listener) => listener.defaultRule);
    return [...this.rules.values(), ...defaults].filter((rule) => rule.groups(this.context.clock.now()).includes(targetGroupArn));
  }

  /** A target group of no rule gets no health checks, and its targets are `unused`. */
  inUse(targetGroupArn: string): boolean {
    return this.rulesNaming(targetGroupArn).length > 0;
  }

  /** The load balancer whose rules name the target group; AWS allows one. */
  loadBalancerOf(targetGroupArn: string): LoadBalancer | undefined {
    const rule = this.rulesNaming(targetGroupArn)[0];
    return rule && this.loadBalancer(this.listener(rule.listenerArn).loadBalancerArn);
  }
}

function found<T>(map: ReadonlyMap<string, T>, arn: string, code: string, kind: string): T {
  const value = map.get(arn);
  if (value === undefined) throw new AwsError(code, `${kind} '${arn}' not found`);
  return value;
}
