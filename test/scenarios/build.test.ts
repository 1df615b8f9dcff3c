import { rmSync } from 'node:fs';
import { SimulatedLab } from '../../lab/simulated-lab';
import { expectAtRest } from './at-rest';
import { Fleet } from './fleet';
import { BAD_ERRORS, GOOD, repositoryWith } from './releases';

let fleet: Fleet;
let repository: string;

beforeAll(() => {
  repository = repositoryWith({ v1: GOOD, v2: GOOD, v3: BAD_ERRORS });
});
afterEach(() => fleet.close());
afterAll(async () => {
  rmSync(repository, { recursive: true });
  await SimulatedLab.closeShared();
});

test('a ref is built once, promoted, and gone back to without a build', async () => {
  fleet = await Fleet.create({ repository, committed: null });
  const first = await fleet.run({ ref: 'v1', bootstrap: true });
  expect(first.outcome).toMatchObject({ verdict: 'promoted', previous: '' });
  const second = await fleet.run({ ref: 'v2' });
  expect(second.outcome).toMatchObject({ verdict: 'promoted', previous: first.outcome.release });
  await fleet.lab.pass(5);
  const bad = await fleet.run({ ref: 'v3' });
  expect(bad.outcome).toMatchObject({ verdict: 'rolledBack', previous: second.outcome.release });
  await fleet.lab.pass(5);
  const { codeBuild } = fleet.lab.account;
  const startBuild = jest.spyOn(codeBuild, 'startBuild');
  const back = await fleet.run({ mode: 'rollback' });
  expect(back.outcome).toMatchObject({ verdict: 'promoted', release: first.outcome.release });
  expect(startBuild).not.toHaveBeenCalled();
  expect(back.states).not.toContain('Build release');
  await fleet.lab.pass(5);
  await expectAtRest(fleet, first.outcome.release);
});

test('a ref that does not exist is refused with what git said, and nothing is changed', async () => {
  fleet = await Fleet.create({ repository });
  const before = await fleet.dump();
  const { status, error, outcome } = await fleet.run({ ref: 'v99' });
  expect({ status, error, verdict: outcome.verdict }).toEqual({ status: 'FAILED', error: 'Refused', verdict: 'refused' });
  expect(outcome.cause).toMatch(/^the build of 'v99' ended FAILED in DOWNLOAD_SOURCE: .*v99/);
  expect(await fleet.dump()).toEqual(before);
});
