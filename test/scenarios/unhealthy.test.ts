import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { type Ended, Fleet } from './fleet';
import { GOOD, UNHEALTHY } from './releases';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

function expectRolledBack({ error, outcome }: Ended, cause: RegExp): void {
  expect({ error, verdict: outcome.verdict }).toEqual({ error: 'RolledBack', verdict: 'rolledBack' });
  expect(outcome.cause).toMatch(cause);
}

test('canaries that never become healthy: after two launches nobody tries again, and no customer has seen one', async () => {
  fleet = await Fleet.create();
  const before = await fleet.dump();
  const { autoScaling } = fleet.lab.account;
  fleet.release('r2', UNHEALTHY);
  const ended = await fleet.run({ release: 'r2' });
  expectRolledBack(ended, /^2 canaries did not come into service: /);
  expect(ended.states).not.toContain('Shift traffic to canary');
  expect(fleet.weights).toEqual([]);
  const launches = autoScaling.group('hello-canary').activities.filter(({ Description }) => Description?.startsWith('Launching'));
  expect(launches.length).toBeLessThanOrEqual(3);
  await fleet.lab.pass(15);
  expect(await fleet.dump()).toEqual(before);
  expect(fleet.lab.traffic!.totals.byRelease).not.toHaveProperty('r2');
});

test('a first release that is unhealthy is taken back by the hosts themselves', async () => {
  fleet = await Fleet.create({ committed: null });
  fleet.release('r1', UNHEALTHY);
  expectRolledBack(
    await fleet.run({ release: 'r1', bootstrap: true }),
    /^'activate' failed on 1 of 1 instances: i-\w+: probe of r1 failed: /,
  );
  await fleet.lab.pass(5);
  expect(fleet.releases('stable')).toEqual(['placeholder', 'placeholder', 'placeholder']);
});

test('a canary that is lost while it is watched ends the deployment within two looks', async () => {
  fleet = await Fleet.create();
  fleet.release('r2', GOOD);
  const { clock } = fleet.lab.account.context;
  let seconds = Number.NaN;
  const ended = await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, 'Wait a minute', 3);
    fleet.lab.account.autoScaling.loseInstance(fleet.ids('canary')[0]);
    const lost = clock.now();
    await fleet.enters(execution, 'Take canary out of traffic');
    seconds = (clock.now() - lost) / 1000;
    return fleet.ended(execution);
  });
  expect(seconds).toBeLessThan(125);
  expectRolledBack(ended, /^10 % of the traffic needs 1 healthy canaries, but 0 are left$/);
  await fleet.lab.pass(15);
  await expectAtRest(fleet, 'r1');
});

test('a canary that is lost before it gets traffic is replaced', async () => {
  fleet = await Fleet.create();
  fleet.release('r2', GOOD);
  const { outcome } = await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, 'Look at canaries', 2);
    fleet.lab.account.autoScaling.loseInstance(fleet.ids('canary')[0]);
    return fleet.ended(execution);
  });
  expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2' });
});

test('canaries of a later step that do not boot: those that serve go only when no customer is sent to them', async () => {
  fleet = await Fleet.create({
    stack: 'second',
    change: (template) => {
      const group = Object.values(template.Resources).find(({ Properties }) => Properties?.AutoScalingGroupName === 'store-stable')!;
      group.Properties!.MinSize = '4';
      return template;
    },
  });
  fleet.release('r2', GOOD);
  const { s3 } = fleet.lab.account;
  const ended = await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, 'Shift traffic to canary', 2);
    s3.putObject(fleet.bucket, 'releases/r2/release.tar.gz', Buffer.from('spoiled'));
    return fleet.ended(execution);
  });
  expectRolledBack(ended, /^2 canaries did not come into service: /);
  expect(fleet.weights).toEqual([5, 25, 0]);
  expect(fleet.lab.traffic!.totals.unavailable).toBe(0);
  await fleet.lab.pass(15);
  await expectAtRest(fleet, 'r1');
});
