import { SimulatedLab } from '../../lab/simulated-lab';
import { Fleet } from './fleet';
import { archiveOf, BAD_ERRORS, GOOD, manifestOf } from './releases';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await Fleet.create({ traffic: { requestsPerMinute: () => 6000, tickSeconds: 30 } });
});
afterAll(async () => {
  await fleet.close();
  await SimulatedLab.closeShared();
});

const ARCHIVE = archiveOf(GOOD);
const OTHER_SHA256 = 'a'.repeat(64);
const put = (key: string, body: Uint8Array) => fleet.lab.account.s3.putObject(fleet.bucket, `releases/${key}`, body);
const manifest = (text: string) => Buffer.from(text);

test.each<[string, string, () => void, RegExp]>([
  ['never built', 'none', () => {}, /^release 'none' does not exist: there is no s3:\/\/.*\/releases\/none\/manifest$/],
  [
    'without archive',
    'bare',
    () => put('bare/manifest', manifestOf('bare', ARCHIVE)),
    /there is no s3:\/\/.*\/releases\/bare\/release\.tar\.gz$/,
  ],
  ['without manifest', 'mute', () => put('mute/release.tar.gz', ARCHIVE), /there is no s3:\/\/.*\/releases\/mute\/manifest$/],
  ['with an empty manifest', 'empty', () => put('empty/manifest', manifest('')), /manifest/],
  [
    'with a manifest of another release',
    'wrong',
    () => fleet.release('wrong', GOOD, { id: 'right' }),
    /^the manifest of release 'wrong' must name it, got 'right'$/,
  ],
  ['with a manifest of two lines more', 'more', () => put('more/manifest', manifest(`${manifestOf('more', ARCHIVE)}x=1\n`)), /manifest/],
  ['with a digest that is none', 'digest', () => fleet.release('digest', GOOD, { sha256: 'abc' }), /sha256.*abc/],
  ['of another size', 'size', () => fleet.release('size', GOOD, { size: '1' }), /size|bytes/],
])('a release %s is refused, and nothing is changed', async (_name, id, prepare, cause) => {
  prepare();
  const before = await fleet.dump();
  const { status, error, outcome } = await fleet.run({ release: id });
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'Refused' });
  expect(outcome).toMatchObject({ verdict: 'refused', release: id, cause: expect.stringMatching(cause) });
  expect(outcome.cause).toContain(id);
  expect(await fleet.dump()).toEqual(before);
});

test.each<[string, string, () => void]>([
  ['whose manifest lies', 'liar', () => fleet.release('liar', GOOD, { sha256: OTHER_SHA256 })],
  [
    'whose archive was exchanged for one of the same length',
    'tampered',
    () => {
      const other = Buffer.from(archiveOf(BAD_ERRORS));
      const archive = Buffer.concat([other, Buffer.alloc(Math.max(0, ARCHIVE.length - other.length))]).subarray(0, ARCHIVE.length);
      put('tampered/release.tar.gz', archive);
      put('tampered/manifest', manifestOf('tampered', ARCHIVE));
    },
  ],
])('a release %s is refused by the hosts: both digests are named, and nothing is left of it', async (_name, id, prepare) => {
  prepare();
  const before = await fleet.dump();
  const { status, error, outcome, states } = await fleet.run({ release: id });
  expect({ status, error }).toEqual({ status: 'FAILED', error: 'RolledBack' });
  expect(outcome.cause).toMatch(/sha256 mismatch of releases\/\w+\/release\.tar\.gz: expected [0-9a-f]{64}, got [0-9a-f]{64}/);
  expect(states).not.toContain('Shift traffic to canary');
  await fleet.lab.pass(15);
  expect(await fleet.dump()).toEqual(before);
});

test('a release that is committed already is refused', async () => {
  const before = await fleet.dump();
  const { error, outcome } = await fleet.run({ release: 'r1' });
  expect({ error, cause: outcome.cause }).toEqual({ error: 'Refused', cause: "release 'r1' is the committed release already" });
  expect(await fleet.dump()).toEqual(before);
});
