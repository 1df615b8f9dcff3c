import { LiveFleet } from './live-fleet';

jest.setTimeout(120_000);

let fleet: LiveFleet;
let before: unknown;

beforeAll(async () => {
  fleet = await LiveFleet.create({ steps: '30% 30m', bakeMinutes: 0, onUndetectable: 'warn' });
  fleet.release('r1');
  const { outcome } = await fleet.run({ release: 'r1', bootstrap: true });
  expect(outcome).toMatchObject({ verdict: 'promoted' });
  before = fleet.dump();
});

afterAll(() => fleet.stop());

afterEach(() => expect(fleet.defects).toEqual([]));

/** Deletes the archive of a release just before instances are told to fetch it. */
function deleteBeforeStaging(id: string): void {
  const { wire, s3 } = fleet.lab.account;
  wire.onCall(({ operation, input }) => {
    if (operation === 'SendCommand' && input.Parameters?.Release?.[0] === id)
      s3.deleteObject(fleet.bucket, `releases/${id}/release.tar.gz`);
  });
}

test('a release without archive is refused before anything is touched', async () => {
  fleet.release('lost');
  fleet.lab.account.s3.deleteObject(fleet.bucket, 'releases/lost/release.tar.gz');
  const { error, outcome } = await fleet.run({ release: 'lost' });
  expect(error).toBe('Refused');
  expect(outcome).toMatchObject({ verdict: 'refused', cause: expect.stringContaining('releases/lost/release.tar.gz') });
  expect(fleet.dump()).toEqual(before);
});

test('an archive that vanishes before instances have fetched it is rolled back, with the object in the cause', async () => {
  fleet.release('vanishing');
  deleteBeforeStaging('vanishing');
  const { error, outcome } = await fleet.run({ release: 'vanishing' });
  expect(error).toBe('RolledBack');
  expect(outcome.cause).toMatch(/i-[0-9a-f]{17}.*releases\/vanishing\/release\.tar\.gz/);
  expect(fleet.dump()).toEqual(before);
});

test('an archive that is not the one of its manifest is rolled back, with both sums in the cause', async () => {
  fleet.release('wrong', { sha256: '0'.repeat(64) });
  const { error, outcome } = await fleet.run({ release: 'wrong' });
  expect(error).toBe('RolledBack');
  expect(outcome.cause).toMatch(/sha256 mismatch of releases\/wrong\/release\.tar\.gz: expected 0{3,}.*, got [0-9a-f]{3,}/);
  expect(fleet.dump()).toEqual(before);
});

test('a good deployment works after all that', async () => {
  fleet.release('r2');
  const { outcome } = await fleet.run({ mode: 'rollback', release: 'r2' });
  expect(outcome).toMatchObject({ verdict: 'promoted', release: 'r2' });
  expect(Object.values(fleet.disks()).map(({ current }) => current)).toEqual(['r2', 'r2', 'r2']);
});
