import type { Template } from '../../lab/cloudformation/template';
import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { broken, faultAt, throttled, whenAt } from './faults';
import { type Ended, Fleet, type FleetOptions, OPERATOR } from './fleet';
import { GOOD } from './releases';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

const ROLLBACK = { mode: 'rollback', release: 'r2' };

/** Runs an execution and does something when it enters a state. */
async function during(input: unknown, state: string, times: number, act: () => unknown): Promise<Ended> {
  fleet.release('r2', GOOD);
  return fleet.lab.run(async () => {
    const execution = fleet.start(input);
    await fleet.enters(execution, state, times);
    await act();
    return fleet.ended(execution);
  });
}

/** Ends the execution that runs, from outside. */
function stop(): void {
  const { stepFunctions } = fleet.lab.account;
  stepFunctions.stopExecution(stepFunctions.executionsOf(fleet.stateMachineArn)[0]);
}

/** The template with another configuration of every function, and so with other versions. */
function withNewVersions(template: Template): Template {
  const versions = Object.keys(template.Resources).filter((id) => template.Resources[id].Type === 'AWS::Lambda::Version');
  let text = JSON.stringify(template);
  for (const id of versions) text = text.replaceAll(id, `${id}Next`);
  const changed: Template = JSON.parse(text);
  for (const { Type, Properties } of Object.values(changed.Resources)) {
    if (Type === 'AWS::Lambda::Function' && Properties!.Environment?.Variables?.CONFIG) Properties!.Environment.Variables.MARK = 'next';
  }
  return changed;
}

test('a cdk deploy that publishes new versions in mid-canary leaves the running deployment its own', async () => {
  fleet = await Fleet.create();
  const { outcome } = await during({ release: 'r2' }, 'Wait a minute', 4, () =>
    fleet.lab.stack.deploy(withNewVersions(fleet.lab.template)),
  );
  expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2' });
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r2');
});

test.each([
  ['no', ''],
  ['a blank', ' '],
  ['a long', 'x'.repeat(600)],
])('an abort with %s reason is not refused', async (_name, reason) => {
  fleet = await Fleet.create();
  const { outcome } = await during({ release: 'r2' }, 'Wait a minute', 3, async () =>
    expect(await fleet.takeOut(reason)).toMatchObject({ payload: { canaryOut: true } }),
  );
  expect(outcome.cause).toBe(`aborted: ${reason.trim().slice(0, 500) || 'no reason was given'}`);
});

test('a host that Systems Manager does not know hinders no other from going back', async () => {
  fleet = await Fleet.create();
  const released: string[] = [];
  const stranger = () => [...fleet.ids('stable')].sort()[0];
  whenAt(fleet, 'Tell hosts that the deployment is over', () => void released.push(...fleet.releases('stable')));
  const { outcome } = await during(ROLLBACK, 'Look at the wave', 3, async () => {
    const id = stranger();
    fleet.lab.account.ssm.deregister(id);
    await fleet.takeOut('the basket is empty');
  });
  expect(released.filter((release) => release === 'r1').length).toBeGreaterThanOrEqual(2);
  expect(outcome.cause).toMatch(/^aborted: the basket is empty; i-\w+ could not go back and is replaced$/);
  await fleet.lab.pass(15);
  await expectAtRest(fleet, 'r1');
});

test('a release is not staged where a host is unknown to Systems Manager, and the cause names it', async () => {
  fleet = await Fleet.create();
  const [id] = fleet.ids('stable');
  fleet.lab.account.ssm.deregister(id);
  fleet.release('r2', GOOD);
  const { outcome } = await fleet.run({ release: 'r2' });
  expect(outcome).toMatchObject({ verdict: 'rolledBack', cause: `'stage' failed on 1 of 3 instances: ${id}: NotReached` });
});

test('a host that booted with the release follows its pointer back, and is not replaced', async () => {
  fleet = await Fleet.create();
  const { autoScaling, context } = fleet.lab.account;
  let before: string[] = [];
  const { outcome } = await during({ release: 'r2' }, 'Look at stable', 2, async () => {
    autoScaling.setDesired(autoScaling.group('hello-stable'), 5, 'a policy');
    await context.clock.sleep(4 * 60_000);
    before = fleet.ids('stable').sort();
    expect(fleet.releases('stable')).toEqual(Array(5).fill('r2'));
    await fleet.takeOut('the basket is empty');
  });
  expect(outcome.cause).toBe('aborted: the basket is empty');
  expect(fleet.ids('stable').sort()).toEqual(before);
  await expectAtRest(fleet, 'r1');
});

describe('critical alarms', () => {
  const second: FleetOptions = { stack: 'second' };
  const alarmOf = () =>
    [...fleet.lab.stack.ofType('AWS::CloudWatch::Alarm'), ...fleet.lab.stack.ofType('AWS::CloudWatch::CompositeAlarm')][0].physicalId;
  const raise = () => fleet.lab.account.cloudWatch.setAlarmState(alarmOf(), 'ALARM', 'checkouts fail');
  const loseAlarmEvents = () => fleet.lab.account.events.lose((event) => event.source === 'aws.cloudwatch');

  /** The stack's alarm as a composite one. */
  const composite = (template: Template): Template => {
    const resources = Object.entries(template.Resources).map(([id, resource]) =>
      resource.Type === 'AWS::CloudWatch::Alarm'
        ? [id, { Type: 'AWS::CloudWatch::CompositeAlarm', Properties: { AlarmRule: 'ALARM("a") OR ALARM("b")' } }]
        : [id, resource],
    );
    return { ...template, Resources: Object.fromEntries(resources) };
  };

  /** The reference stack, which bakes, with a critical alarm of which no event tells. */
  const silentAlarm = (template: Template): Template => {
    const text = JSON.stringify(template)
      .replaceAll('\\"alarmNames\\":[]', '\\"alarmNames\\":[\\"checkout\\"]')
      .replaceAll(
        '"Action":"autoscaling:DescribeAutoScalingGroups"',
        '"Action":["autoscaling:DescribeAutoScalingGroups","cloudwatch:DescribeAlarms"]',
      );
    const changed: Template = JSON.parse(text);
    const checkout = { Type: 'AWS::CloudWatch::Alarm', Properties: { AlarmName: 'checkout' } };
    return { ...changed, Resources: { ...changed.Resources, Checkout: checkout } };
  };

  test.each([
    ['a deployment back', { release: 'r2' }, { verdict: 'rolledBack', cause: 'critical alarms are active: checkout' }],
    ['no rollback back', ROLLBACK, { verdict: 'promoted', release: 'r2' }],
  ])('an alarm in the bake takes %s', async (_name, input, expected) => {
    fleet = await Fleet.create({ change: silentAlarm });
    const { outcome } = await during(input, 'Look at stable', 2, raise);
    expect(outcome).toMatchObject(expected);
  });

  test('a rollback goes on where an alarm enters ALARM, for it is what one does about it', async () => {
    fleet = await Fleet.create(second);
    const { outcome } = await during(ROLLBACK, 'Activate next wave', 1, raise);
    expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2' });
    await fleet.lab.pass(5);
    await expectAtRest(fleet, 'r2');
  });

  test('a person can still abort a rollback', async () => {
    fleet = await Fleet.create(second);
    const { outcome } = await during(ROLLBACK, 'Activate next wave', 1, () => fleet.takeOut('wrong fleet'));
    expect(outcome).toMatchObject({ verdict: 'rolledBack', cause: 'aborted: wrong fleet' });
  });

  test('an alarm whose event is lost is found by the next look', async () => {
    fleet = await Fleet.create(second);
    loseAlarmEvents();
    const { outcome } = await during({ release: 'r2' }, 'Wait a minute', 3, raise);
    expect(outcome).toMatchObject({ verdict: 'rolledBack', cause: `critical alarms are active: ${alarmOf()}` });
  });

  test('a composite alarm counts', async () => {
    fleet = await Fleet.create({ ...second, change: composite });
    raise();
    await fleet.lab.pass(1);
    fleet.release('r2', GOOD);
    const { error, outcome } = await fleet.run({ release: 'r2' });
    expect({ error, cause: outcome.cause }).toEqual({ error: 'Refused', cause: `critical alarms are active: ${alarmOf()}` });
  });

  test('an alarm that does not exist any more is no alarm that is silent', async () => {
    fleet = await Fleet.create(second);
    const name = alarmOf();
    fleet.lab.account.cloudWatch
      .providers()
      .find(({ type }) => type === 'AWS::CloudWatch::Alarm')!
      .delete(name);
    fleet.release('r2', GOOD);
    const { outcome } = await fleet.run({ release: 'r2' });
    expect(outcome).toMatchObject({ verdict: 'refused', cause: expect.stringContaining(`critical alarms do not exist: ${name}`) });
  });
});

test('a bake above the ceiling does not turn a rollback round, but is told of', async () => {
  const shared = { rate: 0 };
  fleet = await Fleet.create({ traffic: { requestsPerMinute: () => 6000, sharedErrorRate: () => shared.rate } });
  const { outcome } = await during(ROLLBACK, 'Look at stable', 1, () => {
    shared.rate = 0.5;
  });
  expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2' });
  expect(outcome.cause).toMatch(/^r2 is on every instance, but error rate after promotion: stable \d+\.\d+ %/);
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r2');
});

test('an instance that its owner had protected from scale-in stays so', async () => {
  fleet = await Fleet.create();
  const [own, ...others] = fleet.ids('stable');
  const protect = (ids: readonly string[], ProtectedFromScaleIn: boolean) =>
    fleet.lab.account.wire.callAs(OPERATOR, 'autoscaling', 'SetInstanceProtection', {
      AutoScalingGroupName: 'hello-stable',
      InstanceIds: ids,
      ProtectedFromScaleIn,
    });
  await fleet.lab.run(() => protect([own], true));
  const { outcome } = await during({ release: 'r2' }, 'Wait a minute', 2, stop);
  expect(outcome.verdict).not.toBe('promoted');
  await fleet.lab.run(() => fleet.free());
  const isProtected = (id: string) => fleet.lab.account.autoScaling.instance(id)?.protectedFromScaleIn;
  expect([own, ...others].map(isProtected)).toEqual([true, ...others.map(() => false)]);
});

test('an instance that leaves service just when it is to be protected does not end the deployment', async () => {
  fleet = await Fleet.create();
  let lost = false;
  fleet.lab.account.wire.onCall(({ operation, input }) => {
    if (lost || operation !== 'SetInstanceProtection' || input.ProtectedFromScaleIn !== true) return;
    lost = true;
    fleet.lab.account.autoScaling.loseInstance(fleet.ids('stable')[0]);
  });
  fleet.release('r2', GOOD);
  const { outcome } = await fleet.run({ release: 'r2' });
  expect(lost).toBe(true);
  expect(outcome.cause).not.toMatch(/not in service|InService/i);
  await fleet.lab.pass(15);
  await expectAtRest(fleet, outcome.verdict === 'promoted' ? 'r2' : 'r1');
});

test('a recovery that fails is told of, each time', async () => {
  fleet = await Fleet.create();
  faultAt(fleet, 'Find out how far it came', () => {
    throw broken();
  });
  await during({ release: 'r2' }, 'Wait a minute', 2, stop);
  await fleet.lab.run(() => fleet.free());
  const told = fleet.lab.account.sns.messages.filter(({ subject }) => subject === 'hello: recovery failed');
  expect(told).toHaveLength(1);
  expect(JSON.parse(told[0].message)).toMatchObject({
    fleet: 'hello',
    epoch: 3,
    cause: expect.stringMatching(/ended FAILED; another one is started$/),
  });
});

test('a recovery whose end is recorded twice still says where the fleet is', async () => {
  fleet = await Fleet.create();
  const { lambda, stepFunctions } = fleet.lab.account;
  let calls = 0;
  lambda.onInvoke(async ({ payload, arn }) => {
    if ((payload as { verdict?: string }).verdict !== 'recovered' || calls++ > 0) return;
    // The first run does everything, and then its answer is lost.
    await lambda.invoke(arn, payload, OPERATOR);
    throw throttled();
  });
  await during({ release: 'r2' }, 'Wait a minute', 2, stop);
  await fleet.lab.run(() => fleet.free());
  const { outcome } = await fleet.lab.run(() => fleet.ended(stepFunctions.executionsOf(fleet.stateMachineArn)[0]));
  expect(calls).toBe(3);
  expect(outcome).toMatchObject({ verdict: 'recovered', previous: 'r1', cause: expect.stringMatching(/; the fleet is back on r1$/) });
});
