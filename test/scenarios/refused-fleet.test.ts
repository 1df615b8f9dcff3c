import type { Template } from '../../lab/cloudformation/template';
import { SimulatedLab } from '../../lab/simulated-lab';
import { Fleet } from './fleet';
import { GOOD } from './releases';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

const QUIET = { traffic: { requestsPerMinute: () => 6000, tickSeconds: 30 } };

async function expectRefused(input: { release?: string; mode?: string; bootstrap?: boolean }, cause: RegExp): Promise<void> {
  fleet.release('r2', GOOD);
  const before = await fleet.dump();
  const { status, error, outcome } = await fleet.run(input);
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'Refused' });
  expect(outcome).toMatchObject({ verdict: 'refused', cause: expect.stringMatching(cause) });
  expect(await fleet.dump()).toEqual(before);
}

test('the first deployment must be told so', async () => {
  fleet = await Fleet.create({ ...QUIET, committed: null });
  await expectRefused({ release: 'r2' }, /^the fleet has no committed release to compare with: .*'bootstrap': true$/);
  await expectRefused({ mode: 'rollback' }, /^there is nothing to roll back: the fleet has no committed release$/);
});

test('only the first deployment is a bootstrap', async () => {
  fleet = await Fleet.create(QUIET);
  await expectRefused(
    { release: 'r2', bootstrap: true },
    /^'bootstrap' is only for the first deployment .* committed release 'r1': leave it out$/,
  );
});

test('an active alarm is named; a rollback goes on in spite of it', async () => {
  fleet = await Fleet.create({ ...QUIET, stack: 'second' });
  const [{ physicalId: alarm }] = fleet.lab.stack.ofType('AWS::CloudWatch::Alarm');
  await fleet.lab.run(async () => fleet.lab.account.cloudWatch.setAlarmState(alarm, 'ALARM', 'checkout is broken'));
  await fleet.lab.pass(1);
  await expectRefused({ release: 'r2' }, new RegExp(`^critical alarms are active: ${alarm}$`));
  expect((await fleet.run({ mode: 'rollback', release: 'r2' })).status).toBe('SUCCEEDED');
});

test('a canary group that is too small for the last step', async () => {
  fleet = await Fleet.create({ ...QUIET, stack: 'second', change: withSizes({ 'store-stable': ['3', '4'], 'store-canary': ['0', '2'] }) });
  await expectRefused(
    { release: 'r2' },
    /^a weight of 50 % beside 3 stable instances needs 3 canaries, but the canary group's maximum is 2$/,
  );
});

test('a canary group that somebody uses', async () => {
  fleet = await Fleet.create(QUIET);
  const { wire } = fleet.lab.account;
  await fleet.lab.run(() =>
    wire.callAs({ kind: 'operator', arn: 'operator' }, 'autoscaling', 'SetDesiredCapacity', {
      AutoScalingGroupName: 'hello-canary',
      DesiredCapacity: 1,
    }),
  );
  await fleet.lab.pass(5);
  await expectRefused({ release: 'r2' }, /^the canary group must have a desired capacity of 0 between deployments, got 1: set it to 0$/);
});

test('a main rule that does not forward to stable alone', async () => {
  fleet = await Fleet.create({ ...QUIET, invariants: false });
  const { mainRuleArn, canaryTargetGroupArn } = fleet.parameter;
  const stable = fleet.lab.stack
    .ofType('AWS::ElasticLoadBalancingV2::TargetGroup')
    .find(({ physicalId }) => physicalId !== canaryTargetGroupArn)!;
  const TargetGroups = [
    { TargetGroupArn: stable.physicalId, Weight: 1 },
    { TargetGroupArn: canaryTargetGroupArn, Weight: 0 },
  ];
  await fleet.lab.run(() =>
    fleet.lab.account.wire.callAs({ kind: 'operator', arn: 'operator' }, 'elasticloadbalancing', 'ModifyRule', {
      RuleArn: mainRuleArn,
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
    }),
  );
  await expectRefused({ release: 'r2' }, /^the main rule forwards to more than the stable group, though no deployment runs/);
});

test('pointers of a table that was lost', async () => {
  fleet = await Fleet.create(QUIET);
  const text = Buffer.from(fleet.lab.account.s3.getObject(fleet.bucket, 'fleets/hello/stable')!).toString();
  for (const group of ['stable', 'canary'])
    fleet.lab.account.s3.putObject(fleet.bucket, `fleets/hello/${group}`, Buffer.from(text.replace(/epoch=1$/m, 'epoch=41')));
  await expectRefused({ release: 'r2' }, /^the stable pointer is of epoch 41, but the lock gave 2: was the table replaced\?/);
});

test('a pointer that nobody can read', async () => {
  fleet = await Fleet.create(QUIET);
  fleet.lab.account.s3.putObject(fleet.bucket, 'fleets/hello/canary', Buffer.from('asg-canary-pointer 2\n'));
  await expectRefused({ release: 'r2' }, /fleets\/hello\/canary/);
});

function withSizes(sizes: Readonly<Record<string, readonly [string, string]>>): (template: Template) => Template {
  return (template) => {
    for (const { Properties } of Object.values(template.Resources)) {
      const size = sizes[Properties?.AutoScalingGroupName];
      if (size) [Properties!.MinSize, Properties!.MaxSize] = size;
    }
    return template;
  };
}
