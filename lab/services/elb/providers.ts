import { arn } from '../../kernel/context';
import { type CreatedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import { readActions } from './actions';
import { readConditions } from './conditions';
import { Rule } from './model';
import { physicalName, readAttributes, refuseReplacement } from './properties';
import type { LoadBalancingState } from './state';
import { targetGroupProvider } from './target-group-provider';
import { wholeNumber } from './whole-number';

/** What the providers ask of the service: to write an action, and to look at health checks anew. */
export interface RuleWriter {
  replaceAction(rule: Rule, actions: unknown): void;
  reviewGroups(): void;
}

/** Providers of the resources of an application load balancer. */
export function providers(state: LoadBalancingState, writer: RuleWriter): ResourceProvider[] {
  return [loadBalancerProvider(state), targetGroupProvider(state), listenerProvider(state, writer), ruleProvider(state, writer)];
}

function loadBalancerProvider(state: LoadBalancingState): ResourceProvider {
  const known = ['Name', 'Type', 'Scheme', 'Subnets', 'SecurityGroups', 'LoadBalancerAttributes', 'IpAddressType', 'Tags'];
  const created = (loadBalancer: { arn: string; name: string; dnsName: string }): CreatedResource => ({
    ref: loadBalancer.arn,
    attributes: {
      LoadBalancerArn: loadBalancer.arn,
      LoadBalancerFullName: loadBalancer.arn.split(':loadbalancer/')[1],
      LoadBalancerName: loadBalancer.name,
      DNSName: loadBalancer.dnsName,
      CanonicalHostedZoneID: 'Z32O12XQLNTSW2',
    },
  });
  return {
    type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    create(resource) {
      refuseUnknownProperties(resource, known);
      const { properties } = resource;
      if ((properties.Type ?? 'application') !== 'application') {
        throw new Error(`${resource.logicalId}: the lab knows application load balancers only, got 'Type' ${properties.Type}`);
      }
      const { context } = state;
      const name = physicalName(state, resource);
      const loadBalancer = {
        arn: arn(context, 'elasticloadbalancing', `loadbalancer/app/${name}/${context.random.hex(16)}`),
        name,
        dnsName: `${name.toLowerCase()}-${context.random.below(1e9)}.${context.region}.elb.amazonaws.com`,
        scheme: properties.Scheme ?? 'internet-facing',
        createdAt: context.clock.now(),
        subnets: properties.Subnets ?? [],
        securityGroups: properties.SecurityGroups ?? [],
        attributes: readAttributes(properties.LoadBalancerAttributes),
      };
      state.loadBalancers.set(loadBalancer.arn, loadBalancer);
      return created(loadBalancer);
    },
    update(resource, physicalId) {
      refuseUnknownProperties(resource, known);
      const loadBalancer = state.loadBalancer(physicalId);
      if (resource.properties.Name !== undefined) refuseReplacement(resource, 'Name', loadBalancer.name);
      loadBalancer.attributes = readAttributes(resource.properties.LoadBalancerAttributes);
      return created(loadBalancer);
    },
    delete: (physicalId) => void state.loadBalancers.delete(physicalId),
  };
}

function listenerProvider(state: LoadBalancingState, writer: RuleWriter): ResourceProvider {
  const known = ['LoadBalancerArn', 'Port', 'Protocol', 'DefaultActions', 'Certificates', 'SslPolicy', 'Tags'];
  return {
    type: 'AWS::ElasticLoadBalancingV2::Listener',
    create(resource) {
      refuseUnknownProperties(resource, known);
      const { properties } = resource;
      const loadBalancerArn = state.loadBalancer(properties.LoadBalancerArn).arn;
      const listenerArn = `${loadBalancerArn.replace(':loadbalancer/', ':listener/')}/${state.context.random.hex(16)}`;
      const ruleArn = `${listenerArn.replace(':listener/', ':listener-rule/')}/${state.context.random.hex(16)}`;
      const action = readActions(properties.DefaultActions);
      state.listeners.set(listenerArn, {
        arn: listenerArn,
        loadBalancerArn,
        port: wholeNumber('Port', properties.Port, 1, 65_535),
        protocol: properties.Protocol,
        defaultRule: new Rule(ruleArn, listenerArn, Number.POSITIVE_INFINITY, [], action, state.context.clock.now()),
      });
      writer.reviewGroups();
      return { ref: listenerArn, attributes: { ListenerArn: listenerArn } };
    },
    update(resource, physicalId) {
      refuseUnknownProperties(resource, known);
      const listener = state.listener(physicalId);
      refuseReplacement(resource, 'LoadBalancerArn', listener.loadBalancerArn);
      writer.replaceAction(listener.defaultRule, resource.properties.DefaultActions);
      return { ref: physicalId, attributes: { ListenerArn: physicalId } };
    },
    delete(physicalId) {
      state.listeners.delete(physicalId);
      writer.reviewGroups();
    },
  };
}

function ruleProvider(state: LoadBalancingState, writer: RuleWriter): ResourceProvider {
  const known = ['ListenerArn', 'Priority', 'Conditions', 'Actions', 'Tags'];
  const created = (ruleArn: string): CreatedResource => ({ ref: ruleArn, attributes: { RuleArn: ruleArn, IsDefault: 'false' } });
  return {
    type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
    create(resource) {
      refuseUnknownProperties(resource, known);
      const { properties } = resource;
      const listener = state.listener(properties.ListenerArn);
      const priority = wholeNumber('Priority', properties.Priority, 1, 50_000);
      if (state.rulesOf(listener).some((rule) => rule.priority === priority)) {
        throw new Error(`${resource.logicalId}: priority ${priority} is in use on the listener`);
      }
      const ruleArn = `${listener.arn.replace(':listener/', ':listener-rule/')}/${state.context.random.hex(16)}`;
      const action = readActions(properties.Actions);
      const rule = new Rule(ruleArn, listener.arn, priority, readConditions(properties.Conditions), action, state.context.clock.now());
      for (const group of rule.groups(state.context.clock.now())) state.targetGroup(group);
      state.rules.set(ruleArn, rule);
      writer.reviewGroups();
      return created(ruleArn);
    },
    update(resource, physicalId) {
      refuseUnknownProperties(resource, known);
      const rule = state.rule(physicalId);
      refuseReplacement(resource, 'ListenerArn', rule.listenerArn);
      rule.priority = wholeNumber('Priority', resource.properties.Priority, 1, 50_000);
      rule.conditions = readConditions(resource.properties.Conditions);
      writer.replaceAction(rule, resource.properties.Actions);
      return created(physicalId);
    },
    delete(physicalId) {
      state.rules.delete(physicalId);
      writer.reviewGroups();
    },
  };
}
