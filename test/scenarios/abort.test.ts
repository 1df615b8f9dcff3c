import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { type Ended, Fleet } from './fleet';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

/** Runs a deployment of r2 and does something when it enters a state. */
async function during(state: string, times: number, act: (execution: string) => Promise<void>): Promise<Ended> {
  fleet.release('r2');
  return fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, state, times);
    await act(execution);
    return fleet.ended(execution);
  });
}

function expectRolledBack({ status, error, outcome }: Ended, cause: string): void {
  expect({ status, error, verdict: outcome.verdict }).toEqual({ status: 'FAILED', error: 'RolledBack', verdict: 'rolledBack' });
  expect(outcome.cause).toContain(cause);
}

/** The weight as the rule has it, before nodes of the load balancer follow. */
const written = () => fleet.weights[fleet.weights.length - 1];

test('an abort takes the canary out of traffic within the call; the machine then rolls back and says why', async () => {
  fleet = await Fleet.create();
  const ended = await during('Analyse canary', 4, async (execution) => {
    expect(written()).toBe(10);
    expect(await fleet.takeOut('customers see an empty basket')).toEqual({ payload: { canaryOut: true, told: execution } });
    expect(written()).toBe(0);
    expect(fleet.lab.account.stepFunctions.describeExecution(execution).status).toBe('RUNNING');
  });
  expectRolledBack(ended, 'aborted: customers see an empty basket');
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r1');
  expect(fleet.lab.traffic!.totals.unavailable).toBe(0);
});

test.each([
  ['before any canary', 'Look at staging', 1],
  ['while canaries boot', 'Look at canaries', 2],
  ['at the moment of the shift', 'Shift traffic to canary', 1],
  ['in mid-promotion', 'Activate next wave', 2],
  ['during the bake', 'Look at stable', 3],
])('an abort %s rolls back', async (_name, state, times) => {
  fleet = await Fleet.create();
  const ended = await during(state, times, async () => void (await fleet.takeOut('somebody said so')));
  expectRolledBack(ended, 'aborted: somebody said so');
  expect(written() ?? 0).toBe(0);
  await fleet.lab.pass(10);
  await expectAtRest(fleet, 'r1');
});

test('an abort after the commit comes too late, and says nothing else', async () => {
  fleet = await Fleet.create();
  const { outcome } = await during('Let customers leave the canary', 1, async () => void (await fleet.takeOut('too late')));
  expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2' });
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r2');
});

test('two aborts at once: the first reason stays', async () => {
  fleet = await Fleet.create();
  const ended = await during('Analyse canary', 2, async () => {
    for (const reason of ['first', 'second'])
      fleet.lab.account.context.clock.spawn(`abort, ${reason}`, async () => void (await fleet.takeOut(reason)));
  });
  expect(ended.outcome.cause).toMatch(/aborted: first$/);
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r1');
});

test('an abort while nothing runs tells nobody and changes nothing', async () => {
  fleet = await Fleet.create();
  const before = await fleet.dump();
  const answer = await fleet.lab.run(() => fleet.takeOut('just in case'));
  expect(answer).toEqual({ payload: { canaryOut: true, told: '' } });
  expect(await fleet.dump()).toEqual(before);
});

test('a critical alarm does what an abort does, and is named', async () => {
  fleet = await Fleet.create({ stack: 'second' });
  const [{ physicalId: alarm }] = fleet.lab.stack.ofType('AWS::CloudWatch::Alarm');
  let seconds = Number.NaN;
  const ended = await during('Wait a minute', 3, async () => {
    const { clock } = fleet.lab.account.context;
    const begun = clock.now();
    fleet.lab.account.cloudWatch.setAlarmState(alarm, 'ALARM', 'checkouts fail');
    while (written() !== 0) await clock.sleep(100);
    seconds = (clock.now() - begun) / 1000;
  });
  expect(seconds).toBeLessThan(5);
  expectRolledBack(ended, `aborted: the critical alarm ${alarm} is active`);
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r1');
});
