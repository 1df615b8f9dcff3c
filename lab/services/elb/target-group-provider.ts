import { arn } from '../../kernel/context';
import { type CreatedResource, type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import type { HealthCheck, TargetGroup } from './model';
import { physicalName, readAttributes, refuseReplacement } from './properties';
import type { LoadBalancingState } from './state';
import { wholeNumber } from './whole-number';

const KNOWN = [
  'Name',
  'Port',
  'Protocol',
  'ProtocolVersion',
  'VpcId',
  'TargetType',
  'TargetGroupAttributes',
  'HealthCheckEnabled',
  'HealthCheckPath',
  'HealthCheckPort',
  'HealthCheckProtocol',
  'HealthCheckIntervalSeconds',
  'HealthCheckTimeoutSeconds',
  'HealthyThresholdCount',
  'UnhealthyThresholdCount',
  'Matcher',
  'Tags',
];

/** Provider of target groups of instances over HTTP. */
export function targetGroupProvider(state: LoadBalancingState): ResourceProvider {
  return {
    type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
    create(resource) {
      const { healthCheck, attributes } = read(resource);
      const { properties } = resource;
      const name = physicalName(state, resource);
      const group: TargetGroup = {
        arn: arn(state.context, 'elasticloadbalancing', `targetgroup/${name}/${state.context.random.hex(16)}`),
        name,
        port: wholeNumber('Port', properties.Port, 1, 65_535),
        protocol: properties.Protocol,
        vpcId: properties.VpcId,
        healthCheck,
        attributes,
        targets: [],
        turn: 0,
      };
      state.targetGroups.set(group.arn, group);
      return created(group);
    },
    update(resource, physicalId) {
      const group = state.targetGroup(physicalId);
      refuseReplacement(resource, 'Port', group.port);
      refuseReplacement(resource, 'Protocol', group.protocol);
      Object.assign(group, read(resource));
      return created(group);
    },
    delete: (physicalId) => void state.targetGroups.delete(physicalId),
  };
}

function created(group: TargetGroup): CreatedResource {
  return {
    ref: group.arn,
    attributes: { TargetGroupArn: group.arn, TargetGroupFullName: fullName(group), TargetGroupName: group.name },
  };
}

/** Value of CloudWatch's `TargetGroup` dimension: `targetgroup/<name>/<id>`. */
export function fullName(group: Pick<TargetGroup, 'arn'>): string {
  return group.arn.slice(group.arn.indexOf('targetgroup/'));
}

function read(resource: ResolvedResource): Pick<TargetGroup, 'healthCheck' | 'attributes'> {
  refuseUnknownProperties(resource, KNOWN);
  const { logicalId, properties } = resource;
  if (
    (properties.TargetType ?? 'instance') !== 'instance' ||
    properties.Protocol !== 'HTTP' ||
    String(properties.HealthCheckEnabled ?? true) !== 'true'
  ) {
    throw new Error(
      `${logicalId}: the lab knows target groups of instances over HTTP with health checks, got ${properties.TargetType}, ${properties.Protocol}, ${properties.HealthCheckEnabled}`,
    );
  }
  const attributes = readAttributes(properties.TargetGroupAttributes);
  if (attributes.get('stickiness.enabled') === 'true') {
    throw new Error(`${logicalId}: the lab knows stickiness of target groups in rules, not of targets ('stickiness.enabled')`);
  }
  wholeNumber('deregistration_delay.timeout_seconds', attributes.get('deregistration_delay.timeout_seconds') ?? 300, 0, 3600);
  return { healthCheck: readHealthCheck(properties), attributes };
}

function readHealthCheck(properties: ResolvedResource['properties']): HealthCheck {
  const healthCheck = {
    path: properties.HealthCheckPath ?? '/',
    port: String(properties.HealthCheckPort ?? 'traffic-port'),
    intervalSeconds: wholeNumber('HealthCheckIntervalSeconds', properties.HealthCheckIntervalSeconds ?? 30, 5, 300),
    timeoutSeconds: wholeNumber('HealthCheckTimeoutSeconds', properties.HealthCheckTimeoutSeconds ?? 5, 2, 120),
    healthyThreshold: wholeNumber('HealthyThresholdCount', properties.HealthyThresholdCount ?? 5, 2, 10),
    unhealthyThreshold: wholeNumber('UnhealthyThresholdCount', properties.UnhealthyThresholdCount ?? 2, 2, 10),
    matcher: String(properties.Matcher?.HttpCode ?? '200'),
  };
  if (!/^\d{3}([,-]\d{3})*$/.test(healthCheck.matcher)) throw new RangeError(`'Matcher' must be HTTP codes, got '${healthCheck.matcher}'`);
  return healthCheck;
}
