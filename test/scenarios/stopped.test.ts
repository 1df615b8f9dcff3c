import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { Fleet } from './fleet';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

/** A function takes 30 s at most, so nobody waits for longer than the sweeper, that time twice, and the way back. */
const MOST_MINUTES = 15;

/** The moments at which an execution is stopped, the release that the fleet then ends on, and what is said of it. */
const MOMENTS: [string, string, number, string, string][] = [
  ['right after the lock', 'Check the fleet', 1, 'r1', 'it had changed nothing'],
  ['while canaries boot', 'Wait for canaries', 2, 'r1', 'the fleet is back on r1'],
  ['in mid-canary', 'Analyse canary', 4, 'r1', 'the fleet is back on r1'],
  ['when the promotion begins', 'Tell hosts that the promotion begins', 1, 'r1', 'the fleet is back on r1'],
  ['in mid-promotion, after the first wave', 'Activate next wave', 2, 'r1', 'the fleet is back on r1'],
  ['in mid-promotion, while a wave is switched', 'Look at the wave', 2, 'r1', 'the fleet is back on r1'],
  ['during the bake', 'Look at stable', 4, 'r1', 'the fleet is back on r1'],
  ['right after the commit', 'Let customers leave the canary', 1, 'r2', 'finished: r2 stays'],
  ['while old releases are pruned', 'Prune old releases', 1, 'r2', 'finished: r2 stays'],
];

async function stopAt(state: string, times: number): Promise<{ execution: string; minutes: number }> {
  fleet.release('r2');
  const { clock } = fleet.lab.account.context;
  return fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, state, times);
    fleet.lab.account.stepFunctions.stopExecution(execution, 'Stopped', 'by hand in the console');
    const begun = clock.now();
    await fleet.free();
    return { execution, minutes: (clock.now() - begun) / 60_000 };
  });
}

/** The execution that freed the lock says whom it cleaned up after. */
async function expectRecovered(stopped: string, release: string, end: string): Promise<void> {
  const { stepFunctions } = fleet.lab.account;
  const recovery = stepFunctions.executionsOf(fleet.stateMachineArn)[0];
  const { status, outcome } = await fleet.lab.run(() => fleet.ended(recovery));
  expect({ status, verdict: outcome.verdict }).toEqual({ status: 'SUCCEEDED', verdict: 'recovered' });
  expect(outcome.cause).toMatch(new RegExp(`^${stopped} ended without cleaning up; ${end}`));
  await fleet.lab.pass(5);
  await expectAtRest(fleet, release);
}

test.each(MOMENTS)('an execution that is stopped %s is cleaned up after', async (_name, state, times, release, end) => {
  fleet = await Fleet.create();
  const { execution, minutes } = await stopAt(state, times);
  expect(minutes).toBeLessThan(MOST_MINUTES);
  await expectRecovered(execution, release, end);
});

test.each(MOMENTS)('stopped %s, with the event of it lost: the sweeper comes', async (_name, state, times, release, end) => {
  fleet = await Fleet.create();
  fleet.lab.account.events.lose((event) => event.source === 'aws.states');
  const { execution, minutes } = await stopAt(state, times);
  expect(minutes).toBeLessThan(MOST_MINUTES);
  await expectRecovered(execution, release, end);
});

test('stopped during a rollback', async () => {
  fleet = await Fleet.create();
  fleet.release('r2');
  const { clock } = fleet.lab.account.context;
  const stopped = await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, 'Look at stable', 2);
    await fleet.takeOut('the basket is empty');
    await fleet.enters(execution, 'Wait for instances to go back');
    fleet.lab.account.stepFunctions.stopExecution(execution);
    await clock.sleep(1000);
    await fleet.free();
    return execution;
  });
  await expectRecovered(stopped, 'r1', 'the fleet is back on r1');
});

test('a recovery that is stopped itself is started again by the schedule', async () => {
  fleet = await Fleet.create();
  const { stepFunctions } = fleet.lab.account;
  fleet.release('r2');
  const recoveries = await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, 'Activate next wave', 2);
    stepFunctions.stopExecution(execution);
    while (stepFunctions.executionsOf(fleet.stateMachineArn)[0] === execution) await fleet.lab.account.context.clock.sleep(100);
    const recovery = stepFunctions.executionsOf(fleet.stateMachineArn)[0];
    await fleet.enters(recovery, 'Find out how far it came');
    stepFunctions.stopExecution(recovery);
    await fleet.free();
    return [recovery, stepFunctions.executionsOf(fleet.stateMachineArn)[0]];
  });
  expect(new Set(recoveries).size).toBe(2);
  await expectRecovered(recoveries[0], 'r1', 'the fleet is back on r1');
});
