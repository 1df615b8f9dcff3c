import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { Fleet } from './fleet';
import { GOOD } from './releases';

let fleet: Fleet;

beforeEach(async () => {
  fleet = await Fleet.create();
  for (const id of ['r2', 'r3']) {
    fleet.release(id, GOOD);
    expect((await fleet.run({ release: id })).outcome.verdict).toBe('promoted');
    await fleet.lab.pass(5);
  }
});
afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

test('a rollback goes to the release before, without canary, build or new traffic rule', async () => {
  const weights = fleet.weights.length;
  const { outcome, states } = await fleet.run({ mode: 'rollback', reason: 'the basket is empty' });
  expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2', previous: 'r3' });
  expect(states).not.toContain('Launch canaries');
  expect(states).not.toContain('Build release');
  expect(fleet.weights.length).toBe(weights);
  await expectAtRest(fleet, 'r2');
});

test('a second rollback goes further back, and a third finds nothing', async () => {
  await fleet.run({ mode: 'rollback' });
  expect((await fleet.run({ mode: 'rollback' })).outcome).toMatchObject({ verdict: 'promoted', release: 'r1', previous: 'r2' });
  const third = await fleet.run({ mode: 'rollback' });
  expect(third.outcome.cause).toBe("no release before 'r1' is on record: name the one to go back to in 'release'");
  await expectAtRest(fleet, 'r1');
});

test('a rollback to a release that hosts still have needs no download of its archive', async () => {
  const before = await fleet.dump();
  const downloads: string[] = [];
  fleet.lab.account.wire.onCall(({ operation, input }) => {
    if (operation === 'GetObject' && input.Key.endsWith('.tar.gz')) downloads.push(input.Key);
  });
  expect((await fleet.run({ mode: 'rollback', release: 'r1' })).outcome).toMatchObject({ verdict: 'promoted', release: 'r1' });
  expect(downloads).toEqual([]);
  expect(await fleet.dump()).not.toEqual(before);
  await expectAtRest(fleet, 'r1');
});

test('a rollback to a release that was never built is refused, and nothing is changed', async () => {
  const before = await fleet.dump();
  const { error, outcome } = await fleet.run({ mode: 'rollback', release: 'r9' });
  expect(error).toBe('Refused');
  expect(outcome.cause).toMatch(/^release 'r9' does not exist: there is no s3:\/\/.*\/releases\/r9\/manifest$/);
  expect(await fleet.dump()).toEqual(before);
});
