import {
  type Action,
  DescribeRulesCommand,
  DescribeTargetHealthCommand,
  ElasticLoadBalancingV2Client,
  ModifyRuleCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { ForwardAction } from '../core/rule';
import { CLIENT_OPTIONS } from './client-options';

const client = new ElasticLoadBalancingV2Client(CLIENT_OPTIONS);

/** The actions of a rule. */
export async function readRule(ruleArn: string): Promise<ForwardAction[]> {
  const answer = await client.send(new DescribeRulesCommand({ RuleArns: [ruleArn] }));
  return answer.Rules?.[0]?.Actions ?? [];
}

/** Replaces the actions of a rule and returns what the load balancer then reads back. */
export async function writeRule(ruleArn: string, actions: readonly ForwardAction[]): Promise<ForwardAction[]> {
  await client.send(new ModifyRuleCommand({ RuleArn: ruleArn, Actions: actions as Action[] }));
  return readRule(ruleArn);
}

/** Ids of the instances that a target group finds healthy. */
export async function healthyTargets(targetGroupArn: string): Promise<Set<string>> {
  const answer = await client.send(new DescribeTargetHealthCommand({ TargetGroupArn: targetGroupArn }));
  const healthy = (answer.TargetHealthDescriptions ?? []).filter((target) => target.TargetHealth?.State === 'healthy');
  return new Set(healthy.map((target) => target.Target!.Id!));
}
