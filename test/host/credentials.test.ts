import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, message, pointer, TestHost, upload } from './test-host';
import { inHours, TinyAws } from './tiny-aws';

const POINTER = 'artifacts/fleets/shop/stable';
const ROLE = 'GET /latest/meta-data/iam/security-credentials/host-role';
const [v1, v2] = [build('v1'), build('v2')];
let aws: TinyAws;
let host: TestHost;
let file: string;
beforeEach(async () => {
  aws = await TinyAws.start();
  upload(aws, v1, v2);
  aws.put(POINTER, pointer(1, 'idle', v1));
  host = new TestHost(aws);
  file = path.join(host.root, 'run/asg-canary/credentials');
});
afterEach(async () => {
  host.remove();
  await aws.stop();
});

/** What commands asked instance metadata for. */
const asked = () => aws.requests.filter((request) => request.includes('/latest/'));

test('commands share credentials, so that the next one needs nothing from instance metadata', async () => {
  expect(await host.run(['sync'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(asked()).toEqual(['PUT /latest/api/token', 'GET /latest/meta-data/iam/security-credentials/', ROLE]);
  aws.metadataWorks = false;
  expect(await host.stage(v2, 1)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await host.activate(v1, 1)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(asked()).toHaveLength(3);
  expect(aws.signatureFaults).toEqual([]);
});

test('the token for instance metadata outlasts a boot that tries two archives for 300 s four times each', async () => {
  expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0 });
  expect(aws.tokenSeconds).toHaveLength(1);
  expect(aws.tokenSeconds[0]).toBeGreaterThan(2 * 4 * 300);
});

test('only root may read them', async () => {
  await host.run(['sync']);
  expect(readFileSync(file, 'utf8')).toContain(aws.credentials.secretAccessKey);
  expect([statSync(file).mode & 0o777, statSync(path.dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(statSync(path.join(host.root, 'run')).mode & 0o777).toBe(0o755);
});

test.each([
  ['that end within four minutes', () => JSON.stringify({ ...aws.served(), Expiration: inHours(0.06) })],
  ['that do not say when they end', () => JSON.stringify({ ...aws.served(), Expiration: undefined })],
  ['that are cut off', () => JSON.stringify(aws.served()).slice(0, -70)],
  ['that are none', () => '\n'],
])('credentials %s are replaced', async (_, text) => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${text()}\n`);
  expect(await host.run(['sync'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(asked()).toContain(ROLE);
  expect(aws.signatureFaults).toEqual([]);
  expect(readFileSync(file, 'utf8')).toContain(aws.credentials.expiration);
});

test.each([
  { status: 400, code: 'ExpiredToken' },
  { status: 400, code: 'InvalidToken' },
  { status: 403, code: 'InvalidAccessKeyId' },
])('after $code they are fetched anew, and what was refused is asked for once more', async (fault) => {
  await host.run(['sync']);
  aws.faults.set(POINTER, [fault]);
  expect(await host.run(['sync'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(asked().filter((request) => request === ROLE)).toHaveLength(2);
  aws.faults.set(POINTER, Array(9).fill(fault));
  const result = await host.run(['sync']);
  expect([result.exitCode, message(result)]).toEqual([69, `S3 answered ${fault.status} ${fault.code} to GET s3://${POINTER}`]);
  expect(aws.faults.get(POINTER)).toHaveLength(7);
});

test('those that are good for five minutes more are taken', async () => {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify({ ...aws.served(), Expiration: inHours(0.083) })}\n`);
  expect(await host.run(['sync'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(asked()).toEqual([]);
});

test('new ones are used also where they cannot be kept', async () => {
  await host.run(['sync']);
  mkdirSync(path.join(`${file}.part`, 'in the way'), { recursive: true });
  aws.credentials.secretAccessKey = 'another/secret';
  expect(await host.stage(v2, 1)).toMatchObject({ exitCode: 0 });
});

test('those with a secret that is wrong by now are replaced in the file too', async () => {
  await host.run(['sync']);
  aws.credentials.secretAccessKey = 'another/secret';
  expect(await host.stage(v2, 1)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(aws.signatureFaults).toHaveLength(1);
  expect(readFileSync(file, 'utf8')).toContain('another/secret');
});

test('a refusal that has nothing to do with them is told at once, and they are kept', async () => {
  await host.run(['sync']);
  aws.metadataWorks = false;
  aws.faults.set(POINTER, [{ status: 403, code: 'AccessDenied' }]);
  const result = await host.run(['sync']);
  expect([result.exitCode, message(result)]).toEqual([69, `S3 answered 403 AccessDenied to GET s3://${POINTER}`]);
  expect(await host.run(['sync'])).toMatchObject({ exitCode: 0 });
  expect(asked()).toHaveLength(3);
});

test('a throttled completion does not ask for new ones', async () => {
  await host.run(['sync']);
  aws.completionFaults.push({ status: 400, code: 'Throttling', message: 'Rate exceeded' });
  expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0 });
  expect(aws.completions).toHaveLength(1);
  expect(asked().filter((request) => request === ROLE)).toHaveLength(1);
});

test('where they cannot be kept, every command fetches its own', async () => {
  writeFileSync(path.join(host.root, 'run'), 'not a folder');
  for (const _ of [1, 2]) expect(await host.run(['sync'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(asked().filter((request) => request === ROLE)).toHaveLength(2);
});

test('an archive is verified without openssl too', async () => {
  host.install('/bin/openssl', '#!/bin/bash\nexit 127\n');
  const environment = { PATH: `${host.root}/bin:${process.env.PATH}` };
  expect(await host.run(['sync'], environment)).toMatchObject({ exitCode: 0, stderr: '' });
  upload(aws, { ...v2, archive: v1.archive });
  const args = ['stage', '--release', 'v2', '--sha256', v2.sha256, '--epoch', '1'];
  aws.put('artifacts/releases/v2/manifest', `asg-canary-manifest 1\nid=v2\nsha256=${v2.sha256}\nsize=1\nref=main\ncommit=\n`);
  const result = await host.run(args, environment);
  expect([result.exitCode, message(result)]).toEqual([65, expect.stringContaining('sha256 mismatch of releases/v2/release.tar.gz')]);
});
