import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { commandScript } from '../../lib/deployment/command-script';

const PROGRAM = '#!/bin/sh\necho "called: $*"\n';
const SHA256 = createHash('sha256').update(PROGRAM).digest('hex');
const script = commandScript({ bucketName: 'assets', objectKey: 'host', sha256: SHA256 })
  .join('\n')
  .replace(/\$\{Token\[AWS\.Region\.\d+\]\}/, 'eu-west-1')
  .replace(/\$\{Token\[AWS\.URLSuffix\.\d+\]\}/, 'amazonaws.com');
const root = mkdtempSync(path.join(tmpdir(), 'command-script-'));
const parameters = { SSM_Release: 'v2', SSM_Sha256: 'b'.repeat(64), SSM_Epoch: '7', SSM_HostSha256: SHA256 };

beforeAll(() => {
  mkdirSync(path.join(root, 'opt', 'asg-canary'), { recursive: true });
  writeFileSync(path.join(root, 'opt', 'asg-canary', 'asg-canary-host'), PROGRAM, { mode: 0o755 });
});
afterAll(() => rmSync(root, { recursive: true }));

function run(environment: Record<string, string>) {
  const file = path.join(root, 'script.sh');
  writeFileSync(file, script);
  // Nothing listens there: a host without a network.
  const offline = { AWS_EC2_METADATA_SERVICE_ENDPOINT: 'http://127.0.0.1:1' };
  return spawnSync('sh', [file], { encoding: 'utf8', env: { PATH: process.env.PATH, ASG_CANARY_ROOT: root, ...offline, ...environment } });
}

test.each([
  ['stage', `called: stage --release v2 --sha256 ${'b'.repeat(64)} --epoch 7\n`],
  ['activate', `called: activate --release v2 --sha256 ${'b'.repeat(64)} --epoch 7\n`],
  ['revert', 'called: revert --release v2 --epoch 7\n'],
  ['prune', 'called: prune\n'],
])('%s calls the host program', (command, expected) => {
  expect(run({ ...parameters, SSM_Command: command })).toMatchObject({ status: 0, stdout: expected });
});

test('an agent that passes no environment is refused', () => {
  const result = run({});
  expect(result.status).toBe(69);
  expect(result.stderr).toContain('the SSM agent passed no parameters: version 3.3.2746.0 or newer is needed');
});

test('going back begins without a request where a program is there', () => {
  const other = { ...parameters, SSM_HostSha256: 'c'.repeat(64), SSM_Command: 'revert' };
  expect(run(other)).toMatchObject({ status: 0, stdout: 'called: revert --release v2 --epoch 7\n', stderr: '' });
});

test('another program is asked for, and cannot be fetched: only going back works', () => {
  const other = { ...parameters, SSM_HostSha256: 'c'.repeat(64) };
  const result = run({ ...other, SSM_Command: 'activate' });
  expect(result).toMatchObject({ status: 69, stdout: '' });
  expect(result.stderr).toContain(`the host program with sha256 ${'c'.repeat(64)} could not be installed`);
  expect(run({ ...other, SSM_Command: 'revert' })).toMatchObject({ status: 0, stdout: 'called: revert --release v2 --epoch 7\n' });
});
