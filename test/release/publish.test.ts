import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Recipe } from '../../lib';
import { BuildMachine } from './build-machine';
import { buildSpecOf, releaseTemplate } from './release-stack';

const ARCHIVE = '/artifacts/releases/v2/release.tar.gz';
const MANIFEST = '/artifacts/releases/v2/manifest';
const VARIABLES = { RELEASE_ID: 'v2', RELEASE_REF: 'tags/v2' };

const spec = (recipe: Recipe) => buildSpecOf(releaseTemplate(() => ({ recipe })));
const plain = spec(Recipe.generic());

let machine: BuildMachine;
beforeEach(async () => {
  machine = await BuildMachine.start();
});
afterEach(() => machine.stop());

const sha256 = (body: Buffer | undefined) => createHash('sha256').update(body!).digest('hex');
const filesOf = (archive: Buffer | undefined) =>
  execFileSync('tar', ['-tzf', '-'], { input: archive, encoding: 'utf8' }).split('\n').filter(Boolean);

test('a build publishes the archive and then the manifest that describes it', async () => {
  expect(await machine.build(plain, VARIABLES)).toMatchObject({ exitCode: 0 });
  expect(machine.puts.map((put) => put.path)).toEqual([ARCHIVE, MANIFEST]);
  const archive = machine.objects.get(ARCHIVE);
  expect(machine.objects.get(MANIFEST)?.toString()).toBe(
    [
      'asg-canary-manifest 1',
      'id=v2',
      `sha256=${sha256(archive)}`,
      `size=${archive?.length}`,
      'ref=tags/v2',
      `commit=${machine.commit}`,
      '',
    ].join('\n'),
  );
  expect(filesOf(archive)).toEqual(['./', './index.js', './public/', './public/style.css']);
});

test('uploads are signed with the session token and the digest of the payload', async () => {
  await machine.build(plain, VARIABLES);
  for (const { headers } of machine.puts) {
    expect(headers['x-amz-security-token']).toBe('session/+=');
    expect(headers.authorization).toMatch(/SignedHeaders=\S*x-amz-content-sha256;x-amz-date;x-amz-security-token/);
  }
});

test('the same files give the same bytes, whenever they were written', async () => {
  await machine.build(plain, VARIABLES);
  utimesSync(path.join(machine.source, 'index.js'), 1, 1);
  await machine.build(plain, { ...VARIABLES, RELEASE_ID: 'v3' });
  expect(sha256(machine.objects.get('/artifacts/releases/v3/release.tar.gz'))).toBe(sha256(machine.objects.get(ARCHIVE)));
});

test('only the output folder is released', async () => {
  const recipe = Recipe.generic({ buildCommands: ['mkdir -p out', 'cp index.js out/main.js'], outputDirectory: 'out' });
  expect(await machine.build(spec(recipe), VARIABLES)).toMatchObject({ exitCode: 0 });
  expect(filesOf(machine.objects.get(ARCHIVE))).toEqual(['./', './main.js']);
});

test('a release that exists already is left as it is, and named', async () => {
  await machine.build(plain, VARIABLES);
  const before = sha256(machine.objects.get(ARCHIVE));
  writeFileSync(path.join(machine.source, 'index.js'), '// two\n');
  const { exitCode, output } = await machine.build(plain, VARIABLES);
  expect(exitCode).toBe(1);
  expect(output).toContain(`release build: the release 'v2' exists already: s3://artifacts/releases/v2/release.tar.gz`);
  expect(sha256(machine.objects.get(ARCHIVE))).toBe(before);
});

test.each([
  ['', 'RELEASE_ID must match'],
  ['../v2', `got '../v2'`],
  ['V2', `got 'V2'`],
])('RELEASE_ID %j is refused before anything is built', async (id, message) => {
  const recipe = Recipe.generic({ buildCommands: ['touch built'] });
  const { exitCode, output } = await machine.build(spec(recipe), { ...VARIABLES, RELEASE_ID: id });
  expect(exitCode).toBe(1);
  expect(output).toContain(message);
  expect(output).toContain('nothing is published, because the build failed');
  expect(machine.puts).toEqual([]);
});

test('a ref that would add lines to the manifest is refused', async () => {
  const { exitCode, output } = await machine.build(plain, { ...VARIABLES, RELEASE_REF: 'v2\nsha256=0' });
  expect(exitCode).toBe(1);
  expect(output).toContain('RELEASE_REF must match');
  expect(machine.puts).toEqual([]);
});

test('a build command that fails publishes nothing', async () => {
  const { exitCode, output } = await machine.build(spec(Recipe.generic({ buildCommands: ['false'] })), VARIABLES);
  expect(exitCode).toBe(1);
  expect(output).toContain('release build: nothing is published, because the build failed');
  expect(machine.puts).toEqual([]);
});

test('an output folder that was not built is named', async () => {
  const { exitCode, output } = await machine.build(spec(Recipe.generic({ outputDirectory: 'dist' })), VARIABLES);
  expect(exitCode).toBe(1);
  expect(output).toContain(`release build: the output folder 'dist' does not exist after the build`);
});

test('an upload is tried again while S3 is busy', async () => {
  machine.failures.push(503);
  expect(await machine.build(plain, VARIABLES)).toMatchObject({ exitCode: 0 });
  expect(machine.puts.map((put) => put.path)).toEqual([ARCHIVE, ARCHIVE, MANIFEST]);
});

test('an upload that came in although S3 said otherwise counts as done', async () => {
  machine.failures.push(500);
  machine.failsAfterwards = true;
  expect(await machine.build(plain, VARIABLES)).toMatchObject({ exitCode: 0 });
  expect(machine.puts.map((put) => put.path)).toEqual([ARCHIVE, ARCHIVE, MANIFEST]);
});

test('a refused upload tells what S3 said', async () => {
  machine.failures.push(403);
  const { exitCode, output } = await machine.build(plain, VARIABLES);
  expect(exitCode).toBe(1);
  expect(output).toContain('could not upload s3://artifacts/releases/v2/release.tar.gz: HTTP 403 <Error><Code>SlowDown</Code></Error>');
});
