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

async function during(state: string, times: number, act: () => unknown): Promise<Ended> {
  return fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, state, times);
    await act();
    return fleet.ended(execution);
  });
}

/** Somebody, or a scaling policy, changes the size of the stable group. */
const scaleTo = (size: number) =>
  fleet.lab.account.autoScaling.setDesired(fleet.lab.account.autoScaling.group('hello-stable'), size, 'a policy');

const lose = () => fleet.lab.account.autoScaling.loseInstance(fleet.ids('stable')[0]);

test.each([
  ['scale-out in mid-canary', 'Analyse canary', 3, 5],
  ['scale-out when the promotion begins', 'Begin the promotion', 1, 5],
  ['scale-out in mid-promotion', 'Activate next wave', 2, 6],
  ['scale-out at the last wave', 'Tell hosts that all are switched', 1, 5],
  ['scale-out during the bake', 'Look at stable', 2, 5],
])('%s ends on the new release', async (_name, state, times, size) => {
  const { outcome } = await during(state, times, () => scaleTo(size));
  expect(outcome.verdict).toBe('promoted');
  await fleet.lab.pass(10);
  expect(fleet.releases('stable')).toEqual(Array(size).fill('r2'));
  await expectAtRest(fleet, 'r2');
});

test.each([
  ['in mid-canary', 'Analyse canary', 3],
  ['in mid-promotion', 'Activate next wave', 2],
  ['during the bake', 'Look at stable', 2],
])('a stable instance that is lost %s is replaced by one of the right release', async (_name, state, times) => {
  const { outcome } = await during(state, times, lose);
  expect(['promoted', 'rolledBack']).toContain(outcome.verdict);
  await fleet.lab.pass(15);
  await expectAtRest(fleet, outcome.verdict === 'promoted' ? 'r2' : 'r1');
});

test('an instance that is replaced in mid-canary boots the committed release', async () => {
  const booted: (string | undefined)[] = [];
  await during('Analyse canary', 3, async () => {
    const before = fleet.ids('stable');
    lose();
    while (fleet.ids('stable').filter((id) => !before.includes(id) && fleet.lab.account.autoScaling.inService(id)).length === 0)
      await fleet.lab.account.context.clock.sleep(1000);
    booted.push(
      ...fleet
        .ids('stable')
        .filter((id) => !before.includes(id))
        .map((id) => fleet.lab.account.world.releaseOf(id)),
    );
  });
  expect(booted).toEqual(['r1']);
});

test('scale-out during the bake and then an abort: everyone is back on the release before', async () => {
  const { outcome } = await during('Look at stable', 2, async () => {
    scaleTo(5);
    await fleet.lab.account.context.clock.sleep(4 * 60_000);
    expect(fleet.releases('stable')).toEqual(Array(5).fill('r2'));
    await fleet.takeOut('the basket is empty');
  });
  expect(outcome.cause).toMatch(/^aborted: the basket is empty/);
  await fleet.lab.pass(15);
  expect(fleet.releases('stable')).toEqual(Array(5).fill('r1'));
  await expectAtRest(fleet, 'r1');
});

test('scale-in waits until the deployment is over', async () => {
  scaleTo(5);
  await fleet.lab.pass(10);
  const { outcome } = await during('Analyse canary', 3, async () => {
    scaleTo(3);
    await fleet.lab.account.context.clock.sleep(10 * 60_000);
    expect(fleet.ids('stable').length).toBe(5);
  });
  expect(outcome.verdict).toBe('promoted');
  await fleet.lab.pass(10);
  expect(fleet.releases('stable')).toEqual(['r2', 'r2', 'r2']);
  await expectAtRest(fleet, 'r2');
});

test.each([
  ['between deployments', 'r1'],
  ['after a promotion', 'r2'],
])('an instance that the load balancer finds unhealthy is replaced by one on the committed release, %s', async (_name, release) => {
  if (release === 'r2') await fleet.run({ release: 'r2' });
  const [sick] = fleet.ids('stable');
  const { world } = fleet.lab.account;
  const probe = world.probe.bind(world);
  world.probe = async (instanceId) => (instanceId === sick ? { status: 500 } : probe(instanceId));
  await fleet.lab.pass(15);
  expect(fleet.ids('stable')).not.toContain(sick);
  await expectAtRest(fleet, release);
});

test('an instance that somebody replaces in mid-promotion takes the new release', async () => {
  const { outcome } = await during('Activate next wave', 2, () =>
    fleet.lab.account.wire.callAs(OPERATOR, 'autoscaling', 'TerminateInstanceInAutoScalingGroup', {
      InstanceId: fleet.ids('stable')[2],
      ShouldDecrementDesiredCapacity: false,
    }),
  );
  expect(outcome.verdict).toBe('promoted');
  await fleet.lab.pass(10);
  await expectAtRest(fleet, 'r2');
});

test('a release that hangs where no canary was first: the first instance that is lost to it ends the promotion', async () => {
  await fleet.lab.pass(10);
  const { world, context, autoScaling } = fleet.lab.account;
  const before = fleet.ids('stable');
  const probe = world.probe.bind(world);
  const runScript = world.runScript.bind(world);
  const hanging = new Set<string>();
  world.probe = async (id) => (hanging.has(id) ? { status: undefined } : probe(id));
  world.runScript = async (id, script, environment, seconds) => {
    if (environment.SSM_Command !== 'activate') return runScript(id, script, environment, seconds);
    hanging.add(id);
    await context.clock.sleep(120_000);
    return world.running().includes(id) ? runScript(id, script, environment, seconds) : { exitCode: undefined, stdout: '', stderr: '' };
  };
  const { error, outcome } = await fleet.run({ mode: 'rollback', release: 'r2' });
  expect(error).toBe('RolledBack');
  expect(outcome.cause).toMatch(/^i-\w+ of 1 instances left the group before they proved healthy/);
  expect(hanging.size).toBe(1);
  expect(before.filter((id) => !autoScaling.inService(id))).toEqual([...hanging]);
  await fleet.lab.pass(15);
  await expectAtRest(fleet, 'r1');
});
