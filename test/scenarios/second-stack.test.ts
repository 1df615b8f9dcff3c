import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { Fleet } from './fleet';
import { BAD_ERRORS, GOOD } from './releases';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

/** Two clients in three keep their cookies, which tie them to a target group. */
const FAITHFUL = { requestsPerMinute: () => 3000, cookieClients: { clients: 60, requestsPerMinute: 20 } };

test('a stack of other ids, steps and sizes deploys unchanged: canaries follow the weight', async () => {
  fleet = await Fleet.create({ stack: 'second' });
  const canaries: number[] = [];
  fleet.lab.account.wire.onCall(({ operation, input }) => {
    if (operation === 'SetDesiredCapacity') canaries.push(input.DesiredCapacity);
  });
  fleet.release('r2', GOOD);
  const { outcome, states } = await fleet.run({ release: 'r2' });
  expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2', previous: 'r1' });
  expect(fleet.weights).toEqual([5, 25, 50, 0]);
  expect(canaries).toEqual([2, 0]);
  expect(states).not.toContain('Begin the bake');
  await fleet.lab.pass(5);
  await expectAtRest(fleet, 'r2');
});

test('beside four stable instances, half of the traffic needs four canaries', async () => {
  fleet = await Fleet.create({ stack: 'second', change: withStableInstances(4) });
  const canaries: number[] = [];
  fleet.lab.account.wire.onCall(({ operation, input }) => {
    if (operation === 'SetDesiredCapacity') canaries.push(input.DesiredCapacity);
  });
  fleet.release('r2', GOOD);
  expect((await fleet.run({ release: 'r2' })).outcome.verdict).toBe('promoted');
  expect(canaries).toEqual([2, 4, 0]);
  expect(fleet.releases('stable')).toEqual(['r2', 'r2', 'r2', 'r2']);
});

test.each([
  ['promotion', GOOD, 'promoted'],
  ['rollback', BAD_ERRORS, 'rolledBack'],
])('clients that keep their cookies see no 503 after a %s', async (_name, behaviour, verdict) => {
  fleet = await Fleet.create({ stack: 'second', traffic: FAITHFUL });
  fleet.release('r2', behaviour);
  expect((await fleet.run({ release: 'r2' })).outcome.verdict).toBe(verdict);
  await fleet.lab.pass(15);
  const { sticky, unavailable, byRelease } = fleet.lab.traffic!.totals;
  expect(byRelease.r2.requests).toBeGreaterThan(100);
  expect(sticky.requests).toBeGreaterThan(10_000);
  expect({ sticky: sticky.unavailable, all: unavailable }).toEqual({ sticky: 0, all: 0 });
});

function withStableInstances(size: number): NonNullable<Parameters<typeof Fleet.create>[0]>['change'] {
  return (template) => {
    const group = Object.values(template.Resources).find(({ Properties }) => Properties?.AutoScalingGroupName === 'store-stable')!;
    group.Properties!.MinSize = String(size);
    return template;
  };
}
