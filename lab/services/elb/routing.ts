import type { Random } from '../../kernel/random';
import type { ForwardAction, WeightedGroup } from './actions';
import { setStickyGroup, stickyGroup } from './cookie';
import type { Target, TargetGroup } from './model';

/** Where the load balancer sends a request, or what it answers itself. */
export type Route =
  | {
      readonly kind: 'forward';
      readonly targetGroupArn: string;
      readonly instanceId: string;
      readonly port: number;
      readonly setCookie?: string[];
    }
  | { readonly kind: 'fixed'; readonly status: number; readonly body: string; readonly contentType: string };

/** The load balancer's own answer where a group has no target to send the request to. */
export const UNAVAILABLE: Route = {
  kind: 'fixed',
  status: 503,
  body: '<html><head><title>503 Service Temporarily Unavailable</title></head></html>',
  contentType: 'text/html',
};

/**
 * Targets that take requests: the healthy ones; where there is none, every registered one (the load balancer fails open);
 * draining ones never. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
 */
export function takers(group: TargetGroup): Target[] {
  const healthy = group.targets.filter((target) => target.state === 'healthy');
  return healthy.length > 0 ? healthy : group.targets.filter((target) => target.state !== 'draining');
}

/**
 * Chooses group and target for one request. A sticky client keeps to its group while the action names it, even at weight 0,
 * and gets 503 while that group has no healthy target; the cookie of a group that left the action is ignored.
 */
export function forward(
  action: ForwardAction,
  groupOf: (arn: string) => TargetGroup,
  cookieHeader: string | undefined,
  random: Random,
  now: number,
): Route {
  const bound = action.stickySeconds === undefined ? undefined : stickyGroup(cookieHeader, now);
  const sticky = action.groups.find((group) => group.arn === bound);
  const chosen = sticky ?? draw(action.groups, random);
  if (chosen === undefined) return UNAVAILABLE;
  const group = groupOf(chosen.arn);
  const targets = sticky === undefined ? takers(group) : group.targets.filter((target) => target.state === 'healthy');
  if (targets.length === 0) return UNAVAILABLE;
  const target = targets[group.turn++ % targets.length];
  return {
    kind: 'forward',
    targetGroupArn: group.arn,
    instanceId: target.instanceId,
    port: target.port,
    ...(action.stickySeconds === undefined ? {} : { setCookie: setStickyGroup(group.arn, action.stickySeconds, now) }),
  };
}

function draw(groups: readonly WeightedGroup[], random: Random): WeightedGroup | undefined {
  const total = groups.reduce((sum, group) => sum + group.weight, 0);
  let left = random.next() * total;
  return groups.find((group) => {
    left -= group.weight;
    return left < 0;
  });
}
