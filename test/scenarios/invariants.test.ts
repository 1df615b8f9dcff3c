import { SimulatedLab } from '../../lab/simulated-lab';
import { Fleet, OPERATOR } from './fleet';

let fleet: Fleet;

beforeEach(async () => {
  fleet = await Fleet.create({ traffic: { requestsPerMinute: () => 0 } });
});
afterAll(() => SimulatedLab.closeShared());

/** What the scenarios watch for at every moment is seen when it happens: here an operator does it. */
const call = (service: string, operation: string, input: object) =>
  fleet.lab.run(() => fleet.lab.account.wire.callAs(OPERATOR, service, operation, input));

function weight(canary: number) {
  const { mainRuleArn, canaryTargetGroupArn } = fleet.parameter;
  const groups = fleet.lab.stack.ofType('AWS::ElasticLoadBalancingV2::TargetGroup').map(({ physicalId }) => physicalId);
  const TargetGroups = [
    { TargetGroupArn: groups.find((arn) => arn !== canaryTargetGroupArn), Weight: 100 - canary },
    { TargetGroupArn: canaryTargetGroupArn, Weight: canary },
  ];
  return { RuleArn: mainRuleArn, Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }] };
}

const canaries = (DesiredCapacity: number) => ({ AutoScalingGroupName: 'hello-canary', DesiredCapacity });

test('weight on canaries that are not there', async () => {
  await call('elasticloadbalancing', 'ModifyRule', weight(10));
  await expect(fleet.close()).rejects.toThrow(/the weight rises to 10 % onto 0 healthy canaries, but it needs 1/);
});

test('canaries that end while customers are sent to them', async () => {
  await call('autoscaling', 'SetDesiredCapacity', canaries(1));
  await fleet.lab.pass(5);
  await call('elasticloadbalancing', 'ModifyRule', weight(10));
  await call('autoscaling', 'SetDesiredCapacity', canaries(0));
  await expect(fleet.close()).rejects.toThrow(/canaries go down from 1 to 0 while customers are sent there with 10 %/);
});

test('a stable group below its floor', async () => {
  const { world } = fleet.lab.account;
  const [whole] = fleet.ids('stable');
  world.probe = async (instanceId) => ({ status: instanceId === whole ? 200 : 503 });
  await fleet.lab.pass(2);
  await expect(fleet.close()).rejects.toThrow(/1 of 3 stable instances are healthy, the floor is 2/);
});

test('a canary without any healthy target that stays in the rule', async () => {
  await call('elasticloadbalancing', 'ModifyRule', weight(1));
  await fleet.lab.pass(3);
  await call('elasticloadbalancing', 'DescribeRules', { RuleArns: [fleet.parameter.mainRuleArn] });
  await fleet.lab.pass(3);
  await call('elasticloadbalancing', 'DescribeRules', { RuleArns: [fleet.parameter.mainRuleArn] });
  await expect(fleet.close()).rejects.toThrow(/no target has been healthy for 120 s/);
});

test('a pointer that goes back, and one that is ahead of the instances', async () => {
  const text = Buffer.from(fleet.lab.account.s3.getObject(fleet.bucket, 'fleets/hello/stable')!).toString();
  const put = (body: string) => call('s3', 'PutObject', { Bucket: fleet.bucket, Key: 'fleets/hello/stable', Body: Buffer.from(body) });
  await put(text.replace('phase=idle', 'phase=promoted').replace('candidate=', 'candidate=r7'));
  await put(text.replace('epoch=1', 'epoch=0'));
  await expect(fleet.close()).rejects.toThrow(/r7 is promoted, but i-.* run another release.*goes back from epoch 1 to 0/s);
});

test('weight that comes from elsewhere', async () => {
  const { loadBalancing } = fleet.lab.account;
  const rule = fleet.lab.account.loadBalancing.dump;
  loadBalancing.dump = () => {
    const dump = rule.call(loadBalancing);
    const groups = [{ weight: 1 }, { group: fleet.parameter.canaryTargetGroupArn.split('/')[1], weight: 1 }];
    return { ...dump, rules: { ...dump.rules, [fleet.parameter.mainRuleArn]: { groups } } };
  };
  await call('elasticloadbalancing', 'DescribeRules', { RuleArns: [fleet.parameter.mainRuleArn] });
  await expect(fleet.close()).rejects.toThrow(/the weight rose from 0 % to 50 %, but not by the deployment/);
});
