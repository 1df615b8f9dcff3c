import { AwsError } from '../../lab/kernel/service';
import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { Fleet } from './fleet';
import { GOOD } from './releases';
import { warnOnly } from './undetectable';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

const NO_TRAFFIC = { requestsPerMinute: () => 0 };

/** Minutes that the canary was in the main rule, by the moments of its first and last write. */
async function minutesWatched(release: string): Promise<number> {
  const writes: number[] = [];
  fleet.lab.account.wire.onCall(({ operation, input }) => {
    if (operation === 'ModifyRule' && input.RuleArn === fleet.parameter.mainRuleArn) writes.push(fleet.lab.account.context.clock.now());
  });
  fleet.release(release, GOOD);
  const { status, error, outcome, states } = await fleet.run({ release });
  expect({ status, error, verdict: outcome.verdict }).toEqual({ status: 'FAILED', error: 'RolledBack', verdict: 'rolledBack' });
  expect(outcome.cause).toMatch(/^inconclusive: error rate: /);
  expect(states).not.toContain('Begin the promotion');
  return (writes[writes.length - 1] - writes[0]) / 60_000;
}

test('no traffic: nobody can tell, and the canary goes back when its time is over', async () => {
  fleet = await Fleet.create({ traffic: NO_TRAFFIC, change: warnOnly });
  const minutes = await minutesWatched('r2');
  expect(minutes).toBeGreaterThan(30);
  expect(minutes).toBeLessThan(36);
  expect(fleet.weights).toEqual([10, 0]);
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r1');
});

test('no traffic, with a policy that extends: the canary is watched for twice the time, then goes back', async () => {
  fleet = await Fleet.create({ stack: 'second', traffic: NO_TRAFFIC, change: warnOnly });
  const minutes = await minutesWatched('r2');
  expect(minutes).toBeGreaterThan(10);
  expect(minutes).toBeLessThan(16);
  expect(fleet.weights).toEqual([5, 0]);
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r1');
});

test('a policy that extends promotes when the traffic comes late', async () => {
  let begins = Number.POSITIVE_INFINITY;
  fleet = await Fleet.create({
    stack: 'second',
    traffic: { requestsPerMinute: (now) => (now < begins ? 0 : 20_000) },
    change: warnOnly,
  });
  fleet.release('r2', GOOD);
  const { outcome, states } = await fleet.lab.run(async () => {
    const execution = fleet.start({ release: 'r2' });
    await fleet.enters(execution, 'Wait a minute');
    begins = fleet.lab.account.context.clock.now() + 3 * 60_000;
    return fleet.ended(execution);
  });
  expect(outcome).toMatchObject({ verdict: 'promoted' });
  const first = states.slice(0, states.indexOf('Go on to the next step'));
  expect(first.filter((state) => state === 'Analyse canary').length).toBeGreaterThan(7);
});

test('too few requests are no proof', async () => {
  fleet = await Fleet.create({ traffic: { requestsPerMinute: () => 60 }, change: warnOnly });
  await minutesWatched('r2');
  await expectAtRest(fleet, 'r1');
});

test.each([60, 0])(
  'traffic of %i requests a minute, too little for the steps, is refused with figures, and nothing is changed',
  async (requests) => {
    fleet = await Fleet.create({ traffic: { requestsPerMinute: () => requests } });
    const before = await fleet.dump();
    fleet.release('r2', GOOD);
    const { error, outcome } = await fleet.run({ release: 'r2' });
    expect(error).toBe('Refused');
    expect(outcome.cause).toMatch(/^a bad release could go unnoticed: error rate: a rise from \d\.\d\d % to \d\.\d\d % is not found: /);
    expect(outcome.cause).toMatch(requests > 0 ? /10 % for \d+ minutes would be enough$/ : /there are no requests/);
    expect(fleet.weights).toEqual([]);
    expect(await fleet.dump()).toEqual(before);
  },
);

test.each([
  ['before the canary', 1, 'Refused', 'refused'],
  ['in mid-canary', 4, 'RolledBack', 'rolledBack'],
])('metrics that nobody can read %s: nothing is promoted', async (_, from, error, verdict) => {
  fleet = await Fleet.create();
  let reads = 0;
  fleet.lab.account.wire.onCall(({ operation }) => {
    if (operation === 'GetMetricData' && ++reads >= from) throw new AwsError('InternalServiceFault', 'metrics are out of order');
  });
  fleet.release('r2', GOOD);
  const ended = await fleet.run({ release: 'r2' });
  expect({ error: ended.error, verdict: ended.outcome.verdict }).toEqual({ error, verdict });
  expect(ended.outcome.cause).toMatch(/metrics are out of order/);
  await expectAtRest(fleet, 'r1');
});

test('metrics that are always empty: nothing is promoted, though there is traffic', async () => {
  fleet = await Fleet.create();
  fleet.lab.account.cloudWatch.recordTargetRequests = () => undefined;
  await minutesWatched('r2');
  await expectAtRest(fleet, 'r1');
});

test('a fault that both groups share is not blamed on the canary, and not promoted either', async () => {
  let share = 0;
  fleet = await Fleet.create({ traffic: { requestsPerMinute: () => 6000, sharedErrorRate: () => share } });
  share = 0.2;
  fleet.release('r2', GOOD);
  const { outcome } = await fleet.run({ release: 'r2' });
  expect(outcome.verdict).toBe('rolledBack');
  expect(outcome.cause).toMatch(/error rate: canary (1|2)\d\.\d+ % .* stable (1|2)\d\.\d+ %/);
});
