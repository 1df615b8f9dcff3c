import { spawnSync } from 'node:child_process';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** Makes a client of the SDK and warns of something, in a process as tests start them. */
const PROGRAM = `
  const { SSMClient } = require('@aws-sdk/client-ssm');
  new SSMClient({ region: 'eu-west-1' });
  process.emitWarning('this one counts');
`;

test('what tests start says nothing about Node versions to come, and gives every other warning', () => {
  const { stderr } = spawnSync(process.execPath, ['--eval', PROGRAM], { cwd: ROOT, encoding: 'utf8' });
  expect(stderr).toContain('Warning: this one counts');
  expect(stderr).not.toContain('NodeVersionSupportWarning');
});
