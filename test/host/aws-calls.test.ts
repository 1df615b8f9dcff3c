import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build, message, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const POINTER = 'artifacts/fleets/shop/stable';
const v1 = build('v1');
let aws: TinyAws;
let host: TestHost;
beforeAll(async () => {
  aws = await TinyAws.start();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.reset();
  upload(aws, v1);
  aws.put(POINTER, pointer(1, 'idle', v1));
  host = new TestHost(aws);
});
afterEach(() => host.remove());

test('every request is signed so that the signature holds', async () => {
  expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0, stderr: '' });
  expect(aws.signatureFaults).toEqual([]);
  expect(aws.requests.filter((request) => !request.includes('/latest/'))).toEqual([
    'GET /artifacts/fleets/shop/stable',
    'GET /artifacts/releases/v1/manifest',
    'GET /artifacts/releases/v1/release.tar.gz',
    'GET /artifacts/fleets/shop/stable',
    'POST /',
  ]);
});

test('the server that these tests rely on refuses a wrong secret', async () => {
  const impostor = await TinyAws.start();
  impostor.credentials.secretAccessKey = 'another';
  const result = await host.run(['sync'], { AWS_EC2_METADATA_SERVICE_ENDPOINT: impostor.url });
  await impostor.stop();
  expect([result.exitCode, message(result)]).toEqual([
    69,
    'S3 answered 403 SignatureDoesNotMatch to GET s3://artifacts/fleets/shop/stable',
  ]);
  expect(aws.signatureFaults[0]).toContain('signature over');
});

test('what may pass is tried again, signed anew', async () => {
  aws.faults.set(POINTER, [{ status: 503, code: 'SlowDown' }]);
  aws.faults.set('artifacts/releases/v1/release.tar.gz', ['truncate', 'hang up']);
  expect(await host.run(['sync'])).toMatchObject({ exitCode: 0 });
  expect(aws.signatureFaults).toEqual([]);
  expect(host.file('current/index.html')).toBe('v1');
});

test('what does not pass ends with 69 after four attempts and changes nothing', async () => {
  aws.faults.set(POINTER, Array(9).fill({ status: 503, code: 'SlowDown' }));
  const mute = await TinyAws.start();
  mute.metadataWorks = false;
  const other = new TestHost(aws);
  const [busy, blind] = await Promise.all([
    host.run(['sync', '--boot']),
    other.run(['sync', '--boot'], { AWS_EC2_METADATA_SERVICE_ENDPOINT: mute.url }),
  ]);
  expect([busy.exitCode, message(busy)]).toEqual([69, 'S3 answered 503 SlowDown to GET s3://artifacts/fleets/shop/stable']);
  expect(aws.requests.filter((request) => request.includes('fleets'))).toHaveLength(4);
  expect([blind.exitCode, message(blind)]).toEqual([69, 'instance metadata gave no token']);
  expect(mute.requests).toHaveLength(4);
  expect([host.current(), other.current(), aws.completions]).toEqual([undefined, undefined, []]);
  other.remove();
  await mute.stop();
});

test.each([
  { status: 403, code: 'AccessDenied' },
  { status: 404, code: 'NoSuchBucket' },
])('a pointer that answers $code is not taken for a missing one', async (fault) => {
  aws.faults.set(POINTER, [fault]);
  const result = await host.run(['sync']);
  expect([result.exitCode, message(result)]).toEqual([
    69,
    `S3 answered ${fault.status} ${fault.code} to GET s3://artifacts/fleets/shop/stable`,
  ]);
  expect(host.current()).toBeUndefined();
});

test('an answer that does not come is not taken for that of the command before', async () => {
  aws.faults.set(POINTER, [{ status: 403, code: 'AccessDenied' }]);
  expect(await host.run(['sync'])).toMatchObject({ exitCode: 69 });
  aws.faults.set(POINTER, Array(9).fill('hang up'));
  const result = await host.run(['sync']);
  expect([result.exitCode, message(result)]).toEqual([69, 'S3 answered nothing to GET s3://artifacts/fleets/shop/stable']);
});

test('a throttled completion is tried again, and one that was done before is done', async () => {
  aws.completionFaults.push({ status: 400, code: 'Throttling', message: 'Rate exceeded' });
  expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0 });
  expect(aws.completions).toHaveLength(1);
  aws.completionFaults.push({
    status: 400,
    code: 'ValidationError',
    message: 'No active Lifecycle Action found with instance ID i-0123456789abcdef0',
  });
  expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0 });
  aws.completionFaults.push({ status: 403, code: 'AccessDenied', message: 'no' });
  const result = await host.run(['sync', '--boot']);
  expect([result.exitCode, message(result)]).toEqual([69, 'Auto Scaling answered 403 AccessDenied to CompleteLifecycleAction CONTINUE']);
});

test('no secret stands in the arguments or the environment of a process', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-curl-'));
  const log = path.join(folder, 'log');
  const curl = path.join(folder, 'curl');
  writeFileSync(curl, `#!/bin/bash\n{ printf '%s\\n' "$@"; env; } >>'${log}'\nPATH=\${PATH#*:} exec curl "$@"\n`);
  chmodSync(curl, 0o755);
  const exported = Object.fromEntries(['KEY', 'TOKEN', 'SESSION', 'LEARNT', 'UNTIL'].map((name) => [name, 'from outside']));
  const environment = { ...exported, PATH: `${folder}:${process.env.PATH}` };
  for (const _ of ['by instance metadata', 'by the command before'])
    expect(await host.run(['sync', '--boot'], environment)).toMatchObject({ exitCode: 0 });
  const seen = readFileSync(log, 'utf8');
  rmSync(folder, { recursive: true });
  expect(seen).toContain('--aws-sigv4');
  for (const secret of [aws.credentials.secretAccessKey, aws.credentials.sessionToken, 'tiny+token']) expect(seen).not.toContain(secret);
});
