import type {
  LoadBalancer as ApiLoadBalancer,
  Rule as ApiRule,
  TargetGroup as ApiTargetGroup,
  TargetDescription,
  TargetHealthDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { AwsError } from '../../kernel/service';
import { describeAction } from './actions';
import { describeCondition } from './conditions';
import type { LoadBalancer, Rule, Target, TargetGroup } from './model';

/** Texts of https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html#target-health-states */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  'Target.NotInUse': 'Target group is not configured to receive traffic from the load balancer',
  'Target.NotRegistered': 'Target is not registered to the target group',
  'Elb.RegistrationInProgress': 'Target registration is in progress',
  'Elb.InitialHealthChecking': 'Initial health checks in progress',
  'Target.ResponseCodeMismatch': 'Health checks failed with an unexpected HTTP status code',
  'Target.FailedHealthChecks': 'Health checks failed',
  'Target.DeregistrationInProgress': 'Target deregistration is in progress',
};

/** One page of a listing: 400 items at most, as the API's `PageSize`. */
export function page<T>(all: readonly T[], input: { Marker?: string; PageSize?: number }): { items: T[]; NextMarker: string | undefined } {
  const size = input.PageSize ?? 400;
  const start = input.Marker === undefined ? 0 : Number(input.Marker);
  if (!Number.isInteger(start) || start < 0 || !(size >= 1 && size <= 400)) throw new AwsError('ValidationError', 'The page is not valid');
  const end = start + size;
  return { items: all.slice(start, end), NextMarker: end < all.length ? String(end) : undefined };
}

export function describeRule(rule: Rule): ApiRule {
  const isDefault = rule.priority === Number.POSITIVE_INFINITY;
  return {
    RuleArn: rule.arn,
    Priority: isDefault ? 'default' : String(rule.priority),
    Conditions: rule.conditions.map(describeCondition),
    Actions: [describeAction(rule.configured) as NonNullable<ApiRule['Actions']>[number]],
    IsDefault: isDefault,
  };
}

/** Health of all targets of a group, or of those asked for; one that is not registered is `unused`. */
export function describeHealth(group: TargetGroup, asked: readonly TargetDescription[] | undefined): TargetHealthDescription[] {
  if (asked === undefined) return group.targets.map((target) => describeTarget(group, target));
  return asked.map(({ Id, Port = group.port }) => {
    const target = group.targets.find((known) => known.instanceId === Id && known.port === Port);
    if (target !== undefined) return describeTarget(group, target);
    const reason = 'Target.NotRegistered';
    return { Target: { Id, Port }, TargetHealth: { State: 'unused', Reason: reason, Description: DESCRIPTIONS[reason] } };
  });
}

function describeTarget(group: TargetGroup, target: Target): TargetHealthDescription {
  const { port } = group.healthCheck;
  return {
    Target: { Id: target.instanceId, Port: target.port },
    HealthCheckPort: port === 'traffic-port' ? String(target.port) : port,
    TargetHealth: {
      State: target.state,
      ...(target.reason === undefined ? {} : { Reason: target.reason as 'Target.NotInUse', Description: DESCRIPTIONS[target.reason] }),
    },
  };
}

export function describeTargetGroup(group: TargetGroup, loadBalancer: LoadBalancer | undefined): ApiTargetGroup {
  const { healthCheck } = group;
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol as 'HTTP',
    Port: group.port,
    VpcId: group.vpcId,
    HealthCheckEnabled: true,
    HealthCheckProtocol: 'HTTP',
    HealthCheckPath: healthCheck.path,
    HealthCheckPort: healthCheck.port,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    Matcher: { HttpCode: healthCheck.matcher },
    TargetType: 'instance',
    LoadBalancerArns: loadBalancer === undefined ? [] : [loadBalancer.arn],
  };
}

export function describeLoadBalancer(loadBalancer: LoadBalancer): ApiLoadBalancer {
  return {
    LoadBalancerArn: loadBalancer.arn,
    LoadBalancerName: loadBalancer.name,
    DNSName: loadBalancer.dnsName,
    Scheme: loadBalancer.scheme as 'internal',
    Type: 'application',
    State: { Code: 'active' },
    CreatedTime: new Date(loadBalancer.createdAt),
    SecurityGroups: [...loadBalancer.securityGroups],
  };
}
