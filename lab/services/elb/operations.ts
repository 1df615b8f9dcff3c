import type {
  DeregisterTargetsInput,
  DescribeLoadBalancersInput,
  DescribeRulesInput,
  DescribeTargetGroupsInput,
  DescribeTargetHealthInput,
  ModifyRuleInput,
  RegisterTargetsInput,
  TargetDescription,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { type AccessRequest, AwsError, type Operation } from '../../kernel/service';
import { readConditions } from './conditions';
import { describeHealth, describeLoadBalancer, describeRule, describeTargetGroup, page } from './describe';
import type { TargetHealth } from './health';
import type { RuleWriter } from './providers';
import type { LoadBalancingState } from './state';

const SERVICE = 'elasticloadbalancing';

function on(operation: string, resource = '*'): AccessRequest[] {
  return [{ action: `${SERVICE}:${operation}`, resource }];
}

/** The operations of Elastic Load Balancing (version 2) that the lab knows. */
export function operations(state: LoadBalancingState, health: TargetHealth, writer: RuleWriter): Record<string, Operation> {
  const modifyRule: Operation<ModifyRuleInput> = {
    authorize: (input) => on('ModifyRule', input.RuleArn),
    handle(input) {
      const rule = state.rule(input.RuleArn as string);
      if (input.Conditions === undefined && input.Actions === undefined)
        throw new AwsError('ValidationError', 'Either conditions or actions must be specified');
      if (input.Conditions !== undefined) rule.conditions = readConditions(input.Conditions);
      if (input.Actions !== undefined) writer.replaceAction(rule, input.Actions);
      return { Rules: [describeRule(rule)] };
    },
  };
  const describeRules: Operation<DescribeRulesInput> = {
    authorize: () => on('DescribeRules'),
    handle(input) {
      if ((input.ListenerArn === undefined) === (input.RuleArns === undefined)) {
        throw new AwsError('ValidationError', 'You must specify either listener or rule ARNs, but not both');
      }
      const rules = input.RuleArns?.map((ruleArn) => state.rule(ruleArn)) ?? state.rulesOf(state.listener(input.ListenerArn as string));
      const { items, NextMarker } = page(rules, input);
      return { Rules: items.map(describeRule), NextMarker };
    },
  };
  const describeTargetHealth: Operation<DescribeTargetHealthInput> = {
    authorize: () => on('DescribeTargetHealth'),
    handle: (input) => ({ TargetHealthDescriptions: describeHealth(state.targetGroup(input.TargetGroupArn as string), input.Targets) }),
  };
  const describeTargetGroups: Operation<DescribeTargetGroupsInput> = {
    authorize: () => on('DescribeTargetGroups'),
    handle(input) {
      const groups = input.TargetGroupArns?.map((groupArn) => state.targetGroup(groupArn)) ?? [...state.targetGroups.values()];
      const wanted = groups.filter(
        (group) =>
          (input.Names === undefined || input.Names.includes(group.name)) &&
          (input.LoadBalancerArn === undefined || state.loadBalancerOf(group.arn)?.arn === input.LoadBalancerArn),
      );
      const { items, NextMarker } = page(wanted, input);
      return { TargetGroups: items.map((group) => describeTargetGroup(group, state.loadBalancerOf(group.arn))), NextMarker };
    },
  };
  const describeLoadBalancers: Operation<DescribeLoadBalancersInput> = {
    authorize: () => on('DescribeLoadBalancers'),
    handle(input) {
      const all = input.LoadBalancerArns?.map((loadBalancerArn) => state.loadBalancer(loadBalancerArn)) ?? [
        ...state.loadBalancers.values(),
      ];
      const { items, NextMarker } = page(
        all.filter((loadBalancer) => input.Names?.includes(loadBalancer.name) ?? true),
        input,
      );
      return { LoadBalancers: items.map(describeLoadBalancer), NextMarker };
    },
  };
  const registerTargets: Operation<RegisterTargetsInput> = {
    authorize: (input) => on('RegisterTargets', input.TargetGroupArn),
    handle(input) {
      const group = state.targetGroup(input.TargetGroupArn as string);
      for (const target of input.Targets ?? []) health.register(group, instanceOf(target), target.Port ?? group.port);
      return {};
    },
  };
  const deregisterTargets: Operation<DeregisterTargetsInput> = {
    authorize: (input) => on('DeregisterTargets', input.TargetGroupArn),
    handle(input) {
      const group = state.targetGroup(input.TargetGroupArn as string);
      for (const target of input.Targets ?? []) void health.deregister(group, instanceOf(target), target.Port);
      return {};
    },
  };
  return {
    ModifyRule: modifyRule,
    DescribeRules: describeRules,
    DescribeTargetHealth: describeTargetHealth,
    DescribeTargetGroups: describeTargetGroups,
    DescribeLoadBalancers: describeLoadBalancers,
    RegisterTargets: registerTargets,
    DeregisterTargets: deregisterTargets,
  };
}

function instanceOf(target: TargetDescription): string {
  if (!/^i-[0-9a-f]+$/.test(target.Id ?? '')) throw new AwsError('ValidationError', `Instance ID '${target.Id}' is not valid`);
  return target.Id as string;
}
