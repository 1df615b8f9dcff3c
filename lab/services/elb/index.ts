import * as sdk from '@aws-sdk/client-elastic-load-balancing-v2';
import type { LabContext } from '../../kernel/context';
import type { Random } from '../../kernel/random';
import type { ResourceProvider } from '../../kernel/resources';
import type { Operation, Service } from '../../kernel/service';
import type { World } from '../../kernel/world';
import { type FixedAction, type ForwardAction, readActions } from './actions';
import { matches, type RoutedRequest } from './conditions';
import { type HealthChange, TargetHealth } from './health';
import type { Rule, Target } from './model';
import { operations } from './operations';
import { providers } from './providers';
import { forward, type Route, takers } from './routing';
import { LoadBalancingState } from './state';
import { fullName } from './target-group-provider';

export type { RoutedRequest } from './conditions';
export type { HealthChange } from './health';
export type { Target, TargetState } from './model';
export type { Route } from './routing';

/** Seconds until the nodes of the load balancer follow a changed rule, drawn anew for each change; at live speed they follow at once. */
const PROPAGATION_SECONDS = [1, 5] as const;

/** Collaborators of `LoadBalancingService`. */
export interface LoadBalancingDependencies {
  /** Answers the health checks. */
  readonly world: Pick<World, 'probe'>;
}

/** A request for `route`; `listenerArn` is needed where there is more than one listener. */
export interface ListenerRequest extends RoutedRequest {
  readonly listenerArn?: string;
}

/**
 * Elastic Load Balancing, version 2: application load balancers, and which instance each request goes to.
 *
 * Simplified: one action a rule, targets are instances over HTTP, no stickiness of targets, no slow start, no zones.
 */
export class LoadBalancingService implements Service {
  readonly signingName = 'elasticloadbalancing';
  readonly sdk: Record<string, unknown> = sdk;
  readonly client = 'ElasticLoadBalancingV2Client';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly state: LoadBalancingState;
  private readonly health: TargetHealth;

  constructor(
    private readonly context: LabContext,
    dependencies: LoadBalancingDependencies,
  ) {
    this.state = new LoadBalancingState(context);
    this.health = new TargetHealth(this.state, dependencies.world);
    this.operations = operations(this.state, this.health, this);
  }

  providers(): ResourceProvider[] {
    return providers(this.state, this);
  }

  /** Registers an instance, at the target group's port by default. */
  register(targetGroupArn: string, instanceId: string, port?: number): void {
    const group = this.state.targetGroup(targetGroupArn);
    this.health.register(group, instanceId, port ?? group.port);
  }

  /** No new request goes to the instance from now on. The promise is an event for `Clock.waitFor`: the deregistration delay has passed. */
  deregister(targetGroupArn: string, instanceId: string, port?: number): Promise<void> {
    return this.health.deregister(this.state.targetGroup(targetGroupArn), instanceId, port);
  }

  /** Calls back at each change of a target's state. */
  onHealth(listener: (change: HealthChange) => void): void {
    this.health.onChange(listener);
  }

  /** The targets of a group and their states. */
  targets(targetGroupArn: string): readonly Readonly<Target>[] {
    return this.state.targetGroup(targetGroupArn).targets;
  }

  /** Where one request goes. */
  route(request: ListenerRequest, random: Random): Route {
    const action = this.actionFor(request);
    if (action.type === 'fixed-response') {
      return { kind: 'fixed', status: action.status, body: action.body, contentType: action.contentType };
    }
    return forward(action, (arn) => this.state.targetGroup(arn), request.headers.cookie, random, this.context.clock.now());
  }

  /** The action that a request meets at this moment: for callers that split many requests by its weights. */
  actionFor(request: ListenerRequest): ForwardAction | FixedAction {
    const listeners = [...this.state.listeners.values()].filter((listener) => listener.arn === (request.listenerArn ?? listener.arn));
    if (listeners.length !== 1)
      throw new Error(`'listenerArn' must name one of ${this.state.listeners.size} listeners, got ${request.listenerArn}`);
    const rule = this.state.rulesOf(listeners[0]).find((candidate) => matches(candidate.conditions, request)) as Rule;
    return rule.effective(this.context.clock.now());
  }

  /** The targets that requests of a group are spread over; empty where they get 503. */
  takers(targetGroupArn: string): readonly Readonly<Target>[] {
    return takers(this.state.targetGroup(targetGroupArn));
  }

  /** CloudWatch's dimensions for a target group. */
  metricDimensions(targetGroupArn: string): { TargetGroup: string; LoadBalancer: string } | undefined {
    const loadBalancer = this.state.loadBalancerOf(targetGroupArn);
    if (loadBalancer === undefined) return undefined;
    return { TargetGroup: fullName({ arn: targetGroupArn }), LoadBalancer: loadBalancer.arn.split(':loadbalancer/')[1] };
  }

  /** Writes a rule's whole action; requests follow after the propagation delay. */
  replaceAction(rule: Rule, actions: unknown): void {
    const action = readActions(actions);
    if (action.type === 'forward') for (const group of action.groups) this.state.targetGroup(group.arn);
    const { clock, random, speed } = this.context;
    const delay = speed === 'live' ? 0 : random.between(...PROPAGATION_SECONDS) * 1000;
    rule.replace(action, clock.now() + delay);
    this.reviewGroups();
    if (delay > 0) clock.after(delay, 'propagation of a rule', () => this.reviewGroups());
  }

  /** Starts health checks of target groups that came into use, and ends those of groups that are in no rule any more. */
  reviewGroups(): void {
    for (const group of this.state.targetGroups.values()) this.health.review(group);
  }

  /** Rules and targets in a form that two moments can be compared by; of targets the state, by target group and instance. */
  dump(): { rules: Record<string, unknown>; targets: Record<string, Record<string, string>> } {
    const nameOf = (arn: string) => this.state.targetGroup(arn).name;
    const rules = [...this.state.listeners.values()].flatMap((listener) => this.state.rulesOf(listener));
    return {
      rules: Object.fromEntries(
        rules.map(({ arn, configured }) => [
          arn,
          configured.type === 'forward'
            ? {
                groups: configured.groups.map(({ arn, weight }) => ({ group: nameOf(arn), weight })),
                stickySeconds: configured.stickySeconds,
              }
            : configured,
        ]),
      ),
      targets: Object.fromEntries(
        [...this.state.targetGroups.values()].map((group) => [
          group.name,
          Object.fromEntries(group.targets.map((target) => [target.instanceId, target.state])),
        ]),
      ),
    };
  }
}
