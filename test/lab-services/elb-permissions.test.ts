import { LoadBalancingService } from '../../lab/services/elb';
import { FakeWorld, simulatedContext } from './machines';

test('every operation asks for a permission: of the resource that it changes, of any where it only looks', () => {
  const { operations } = new LoadBalancingService(simulatedContext(), { world: new FakeWorld() });
  const call = { principal: { kind: 'operator', arn: 'operator' } as const, requestId: '1', headers: {} };
  const asked = Object.entries(operations).map(([name, { authorize }]) => [
    name,
    authorize({ RuleArn: 'arn:rule', TargetGroupArn: 'arn:group' }, call).map(({ action, resource }) => `${action} ${resource}`),
  ]);
  expect(Object.fromEntries(asked)).toEqual({
    DeregisterTargets: ['elasticloadbalancing:DeregisterTargets arn:group'],
    DescribeLoadBalancers: ['elasticloadbalancing:DescribeLoadBalancers *'],
    DescribeRules: ['elasticloadbalancing:DescribeRules *'],
    DescribeTargetGroups: ['elasticloadbalancing:DescribeTargetGroups *'],
    DescribeTargetHealth: ['elasticloadbalancing:DescribeTargetHealth *'],
    ModifyRule: ['elasticloadbalancing:ModifyRule arn:rule'],
    RegisterTargets: ['elasticloadbalancing:RegisterTargets arn:group'],
  });
});
