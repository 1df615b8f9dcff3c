import type { Template } from '../../lab/cloudformation/template';
import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { type Ended, Fleet, OPERATOR } from './fleet';

let fleet: Fleet;

beforeEach(async () => {
  fleet = await Fleet.create();
  fleet.release('r2');
});
afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

/** Changes something while the canary has traffic. */
async function inMidCanary(change: () => Promise<unknown>): Promise<Ended> {
  return fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, 'Wait a minute', 4);
    await change();
    return fleet.ended(execution);
  });
}

/** The template with one more tag on every resource of these types, as a tag of the stack gives them. */
function tagged(...types: string[]): Template {
  const template: Template = JSON.parse(JSON.stringify(fleet.lab.template));
  for (const { Type, Properties } of Object.values(template.Resources)) {
    if (!types.includes(Type)) continue;
    const tag = { Key: 'cost-centre', Value: '7', ...(Type.includes('AutoScalingGroup') && { PropagateAtLaunch: true }) };
    Properties!.Tags = [...(Properties!.Tags ?? []), tag];
  }
  return template;
}

const RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';

test('a cdk deploy that only tags the rules takes the canary out of traffic; the deployment notices and rolls back', async () => {
  let weightAfter = Number.NaN;
  const { error, outcome } = await inMidCanary(async () => {
    expect(fleet.canaryWeight()).toBe(10);
    await fleet.lab.stack.deploy(tagged(RULE));
    await fleet.lab.account.context.clock.sleep(6000);
    weightAfter = fleet.canaryWeight();
  });
  expect(weightAfter).toBe(0);
  expect({ error, verdict: outcome.verdict }).toEqual({ error: 'RolledBack', verdict: 'rolledBack' });
  expect(outcome.cause).toBe('the canary should have 10 % of the traffic, but the rule says 0 %: it was changed from outside');
  expect(fleet.weights).toEqual([10]);
  expect(fleet.lab.traffic!.totals.unavailable).toBe(0);
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r1');
});

test('a cdk deploy that tags the groups and target groups keeps capacities and traffic: the deployment goes on', async () => {
  const { outcome } = await inMidCanary(() =>
    fleet.lab.stack.deploy(tagged('AWS::AutoScaling::AutoScalingGroup', 'AWS::ElasticLoadBalancingV2::TargetGroup')),
  );
  expect(outcome).toMatchObject({ verdict: 'promoted', cause: expect.stringContaining('r2 is on every instance') });
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r2');
});

test('a cdk deploy that tags the rules during the promotion does no harm', async () => {
  const { outcome } = await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, 'Activate next wave', 2);
    await fleet.lab.stack.deploy(tagged(RULE));
    return fleet.ended(execution);
  });
  expect(outcome.verdict).toBe('promoted');
  expect(fleet.lab.traffic!.totals.unavailable).toBe(0);
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r2');
});

test('canaries that somebody adds end the deployment', async () => {
  const { outcome } = await inMidCanary(() =>
    fleet.lab.account.wire.callAs(OPERATOR, 'autoscaling', 'SetDesiredCapacity', {
      AutoScalingGroupName: 'hello-canary',
      DesiredCapacity: 3,
    }),
  );
  expect(outcome.verdict).toBe('rolledBack');
  expect(outcome.cause).toBe('the canary group should have a desired capacity of 1, got 3: it was changed from outside');
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r1');
});
