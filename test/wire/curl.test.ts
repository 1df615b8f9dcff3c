import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as asg from '@aws-sdk/client-auto-scaling';
import type { AccessKey } from '../../lab/kernel/access-key';
import { REGION, service, TinyLab } from './lab';

const BUCKET = 'bucket';
const EMPTY = createHash('sha256').digest('hex');
const received: unknown[] = [];
let lab: TinyLab;
let key: AccessKey;
let folder: string;

beforeAll(async () => {
  const complete = (input: never) => {
    received.push(input);
    return {};
  };
  lab = await new TinyLab().start([service(asg, 'AutoScalingClient', 'autoscaling', { CompleteLifecycleAction: complete })]);
  lab.s3.createBucket(BUCKET);
  const roleArn = await lab.role('Host', [
    { Effect: 'Allow', Action: ['s3:GetObject', 's3:PutObject', 's3:ListBucket', 'test:Call'], Resource: '*' },
  ]);
  key = lab.iam.issueKey(roleArn, { session: true });
  folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-curl-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await lab.stop();
});

/** curl of this machine, signing as a host does; the answer ends with the status. */
async function curl(name: string, ...options: string[]): Promise<{ status: number; body: string }> {
  const signing = ['--aws-sigv4', `aws:amz:${REGION}:${name}`, '--user', `${key.accessKeyId}:${key.secretAccessKey}`];
  const { stdout } = await promisify(execFile)('curl', ['-q', '-sS', '--globoff', '-w', '\n%{http_code}', ...signing, ...options]);
  const end = stdout.lastIndexOf('\n');
  return { status: Number(stdout.slice(end + 1)), body: stdout.slice(0, end) };
}

const token = () => ['-H', `x-amz-security-token: ${key.sessionToken}`];
const hash = (value: string) => ['-H', `x-amz-content-sha256: ${value}`];

test('an object is fetched', async () => {
  lab.s3.putObject(BUCKET, 'releases/v1.0_a-b/release.tar.gz', Buffer.from('archive'));
  const url = `${lab.address.url}/${BUCKET}/releases/v1.0_a-b/release.tar.gz`;
  expect(await curl('s3', ...token(), ...hash(EMPTY), url)).toEqual({ status: 200, body: 'archive' });
});

test('a missing object is 404 with its code', async () => {
  const answer = await curl('s3', ...token(), ...hash(EMPTY), `${lab.address.url}/${BUCKET}/nothing`);
  expect(answer.status).toBe(404);
  expect(answer.body).toContain('<Code>NoSuchKey</Code>');
});

test('a file is uploaded once', async () => {
  const file = path.join(folder, 'release.tar.gz');
  const content = Buffer.alloc(2_000_000, 'x');
  writeFileSync(file, content);
  const sum = createHash('sha256').update(content).digest('hex');
  const url = `${lab.address.url}/${BUCKET}/releases/v2/release.tar.gz`;
  const upload = () => curl('s3', ...token(), ...hash(sum), '-H', 'If-None-Match: *', '-T', file, url);
  expect((await upload()).status).toBe(200);
  expect(content.equals(lab.s3.getObject(BUCKET, 'releases/v2/release.tar.gz')!)).toBe(true);
  const again = await upload();
  expect(again.status).toBe(412);
  expect(again.body).toContain('<Code>PreconditionFailed</Code>');
});

test('a form is posted', async () => {
  const fields = [
    'Action=CompleteLifecycleAction',
    'Version=2011-01-01',
    'AutoScalingGroupName=shop-stable',
    'LifecycleHookName=shop-launch',
  ];
  fields.push('InstanceId=i-0123', 'LifecycleActionResult=CONTINUE');
  const data = fields.flatMap((field) => ['--data-urlencode', field]);
  const answer = await curl('autoscaling', ...token(), ...data, `${lab.address.url}/`);
  expect(answer.status).toBe(200);
  expect(answer.body).toContain('<CompleteLifecycleActionResult></CompleteLifecycleActionResult>');
  expect(received).toEqual([
    { AutoScalingGroupName: 'shop-stable', LifecycleHookName: 'shop-launch', InstanceId: 'i-0123', LifecycleActionResult: 'CONTINUE' },
  ]);
});

test('without the token, without the hash, with the hash of something else', async () => {
  const url = `${lab.address.url}/${BUCKET}/releases/v1.0_a-b/release.tar.gz`;
  const code = async (...options: string[]) => /<Code>(\w+)</.exec((await curl('s3', ...options, url)).body)?.[1];
  expect(await code(...hash(EMPTY))).toBe('InvalidToken');
  expect(await code(...token(), ...hash('a'.repeat(64)))).toBe('XAmzContentSHA256Mismatch');
  expect(await code(...token())).toBe('InvalidRequest');
});
