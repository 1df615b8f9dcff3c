import { AwsError } from '../../lab/kernel/service';
import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { type Ended, Fleet } from './fleet';

let fleet: Fleet;

beforeEach(async () => {
  fleet = await Fleet.create();
  fleet.release('r2');
});
afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

/** Runs a deployment of r2; when it enters a state, something happens to an instance. */
async function withAccident(
  state: string,
  times: number,
  happens: (instance: string) => void,
): Promise<Ended & { minutes: number; instance: string }> {
  const { clock } = fleet.lab.account.context;
  return fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, state, times);
    const begun = clock.now();
    const behind = fleet.ids('stable').filter((id) => fleet.lab.account.world.releaseOf(id) === 'r1');
    const instance = behind[behind.length - 1];
    happens(instance);
    const ended = await fleet.ended(execution);
    return { ...ended, minutes: (clock.now() - begun) / 60_000, instance };
  });
}

const goOffline = (instance: string) => fleet.lab.account.world.setAgentOnline(instance, false);

test('an instance that cannot be reached while the release is staged: a bounded wait, and it is named', async () => {
  const { error, outcome, minutes, instance } = await withAccident('Tell hosts that a deployment begins', 1, goOffline);
  expect({ error, verdict: outcome.verdict }).toEqual({ error: 'RolledBack', verdict: 'rolledBack' });
  expect(outcome.cause).toMatch(new RegExp(`^'stage' failed on 1 of 3 instances: ${instance}: `));
  expect(minutes).toBeLessThan(15);
  expect(fleet.weights.filter((weight) => weight > 0)).toEqual([]);
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r1');
});

test('an instance that cannot be reached in the promotion: those that were switched go back, it keeps its release', async () => {
  const { outcome, minutes, instance } = await withAccident('Begin the promotion', 1, goOffline);
  expect(outcome.verdict).toBe('rolledBack');
  expect(outcome.cause).toMatch(new RegExp(`^'activate' failed on 1 of 1 instances: ${instance}: `));
  expect(minutes).toBeLessThan(30);
  await fleet.lab.pass(15);
  await expectAtRest(fleet, 'r1');
});

test('an activation that fails on one instance: those that were switched go back, and nobody is replaced', async () => {
  const before = fleet.ids('stable');
  let isFailing = false;
  fleet.lab.account.wire.onCall(({ operation, input, principal }) => {
    if (operation === 'SendCommand') isFailing = input.Parameters.Command[0] === 'activate' && fleet.releases('stable').includes('r2');
    if (isFailing && operation === 'GetObject' && principal.arn.includes('FleetStableRole'))
      throw new AwsError('SlowDown', 'Please reduce your request rate.');
  });
  fleet.release('r2');
  const { outcome, states } = await fleet.run({ release: 'r2' });
  expect(outcome.verdict).toBe('rolledBack');
  expect(outcome.cause).toMatch(/^'activate' failed on 1 of 1 instances: i-\w+: S3 answered .*SlowDown/);
  expect(states).toContain('Go back on stable instances');
  isFailing = false;
  await fleet.lab.pass(5);
  expect(fleet.ids('stable')).toEqual(before);
  await expectAtRest(fleet, 'r1');
});

test('an instance that cannot go back is replaced, and named', async () => {
  const { outcome, instance } = await withAccident('Look at stable', 1, () => {});
  expect(outcome.verdict).toBe('promoted');
  expect(instance).toBeUndefined();
  await fleet.lab.pass(5);
  fleet.release('r3');
  const [lost] = fleet.ids('stable');
  const ended = await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r3' });
    await fleet.enters(execution, 'Look at stable', 1);
    goOffline(lost);
    await fleet.takeOut('somebody said so');
    return fleet.ended(execution);
  });
  expect(ended.outcome.cause).toBe(`aborted: somebody said so; ${lost} could not go back and is replaced`);
  await fleet.lab.pass(15);
  expect(fleet.ids('stable')).not.toContain(lost);
  await expectAtRest(fleet, 'r2');
});
