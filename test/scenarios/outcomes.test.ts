import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { Fleet } from './fleet';
import { BAD_ERRORS, GOOD, SLOW } from './releases';

let fleet: Fleet;

afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

test('a good release is promoted to every instance', async () => {
  fleet = await Fleet.create();
  fleet.release('r2', GOOD);
  const { status, outcome } = await fleet.run({ release: 'r2' });
  expect(status).toBe('SUCCEEDED');
  expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2', previous: 'r1' });
  expect(fleet.weights).toEqual([10, 0]);
  expect(fleet.lab.traffic!.totals.unavailable).toBe(0);
  await expectAtRest(fleet, 'r2');
});

test.each([
  ['errors', BAD_ERRORS, /error rate: canary \d+\.\d+ % \(\d+ of [\d,]+ requests\), stable/],
  ['latency', SLOW, /latency p95: canary \d\.\d+ s/],
])('a release with bad %s is rolled back, and nothing is left of it', async (_name, behaviour, cause) => {
  fleet = await Fleet.create();
  const before = await fleet.dump();
  fleet.release('r2', behaviour);
  const { status, error, outcome } = await fleet.run({ release: 'r2' });
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'RolledBack' });
  expect(outcome).toMatchObject({ verdict: 'rolledBack', release: 'r2', previous: 'r1', cause: expect.stringMatching(cause) });
  await fleet.lab.pass(15);
  expect(await fleet.dump()).toEqual(before);
  expect(fleet.lab.traffic!.totals.unavailable).toBe(0);
});
