import { SimulatedLab } from '../../lab/simulated-lab';
import { Fleet } from './fleet';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.create({ traffic: { requestsPerMinute: () => 6000, tickSeconds: 30 } });
});
afterAll(async () => {
  await fleet.close();
  await SimulatedLab.closeShared();
});

test.each<[string, unknown, RegExp]>([
  ['a text', 'v2', /^the input must be a JSON object, got "v2"$/],
  ['a list', ['v2'], /^the input must be a JSON object, got \["v2"\]$/],
  ['null', null, /^the input must be a JSON object, got null$/],
  ['nothing', {}, /^mode 'deploy' needs 'ref' or 'release', got neither$/],
  ['an unknown field', { ref: 'v2', wieght: 5 }, /^the input must have only the fields mode, ref, .*, got 'wieght'$/],
  ['an unknown mode', { mode: 'undo' }, /^'mode' must be one of deploy, rollback, recover, got "undo"$/],
  ['a mode that is no text', { mode: 3 }, /^'mode' must be one of deploy, rollback, recover, got 3$/],
  ['both ref and release', { ref: 'v2', release: 'r2' }, /^mode 'deploy' needs one of 'ref' and 'release', got 'v2' and 'r2'$/],
  ['a release id of another shape', { release: '../r2' }, /^'release' must be a release id that matches .*, got "\.\.\/r2"$/],
  ['an empty release id', { release: '' }, /^'release' must be a release id that matches .*, got ""$/],
  ['a ref that looks like an option', { ref: '--upload-pack=x' }, /^'ref' must be a git ref .*, got "--upload-pack=x"$/],
  ['a ref with a line break', { ref: 'v2\nv3' }, /^'ref' must be a git ref .*, got "v2\\nv3"$/],
  ['bootstrap that is no flag', { release: 'r2', bootstrap: 'yes' }, /^'bootstrap' must be true or false, got "yes"$/],
  [
    'bootstrap of a rollback',
    { mode: 'rollback', bootstrap: true },
    /^'bootstrap' is only for mode 'deploy', got true with mode 'rollback'$/,
  ],
  ['a ref to roll back to', { mode: 'rollback', ref: 'v1' }, /^'ref' is only for mode 'deploy', got 'v1' with mode 'rollback'$/],
  ['a release to recover', { mode: 'recover', release: 'r1' }, /^'release' is not for mode 'recover', got 'r1'$/],
  ['a reason of two lines', { release: 'r2', reason: 'a\nb' }, /^'reason' must be one line of at most 500 characters, got "a\\nb"$/],
  ['a requester that is no text', { release: 'r2', requestedBy: 7 }, /^'requestedBy' must be one line of at most 500 characters, got 7$/],
])('input that is malformed is refused before the lock: %s', async (_name, input, cause) => {
  const before = await fleet.dump();
  const items = fleet.table();
  const { status, error, outcome, states } = await fleet.run(input);
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'InvalidInput' });
  expect(outcome).toMatchObject({ verdict: 'refused', epoch: 0, cause: expect.stringMatching(cause) });
  expect(states).toEqual(['Take the lock', 'What is to be done?', 'Refused before it began']);
  expect(await fleet.dump()).toEqual(before);
  expect(fleet.table()).toEqual(items);
});
