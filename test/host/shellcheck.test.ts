import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PROGRAM, STEP_RUNNER } from './test-host';

const PHP_HOOK = path.join(path.dirname(PROGRAM), 'asg-canary-php');
const installed = spawnSync('shellcheck', ['--version']).status === 0;

(installed ? test : test.skip)(
  'shellcheck finds nothing in the host program, its hook and the runner of steps (runs where shellcheck is installed)',
  () => {
    expect(spawnSync('shellcheck', [PROGRAM, PHP_HOOK, STEP_RUNNER], { encoding: 'utf8' }).stdout).toBe('');
  },
);

test('the host program stays under 500 lines', () => {
  expect(readFileSync(PROGRAM, 'utf8').split('\n').length - 1).toBeLessThan(500);
});

test('the runner of steps stays under 250 lines', () => {
  expect(readFileSync(STEP_RUNNER, 'utf8').split('\n').length - 1).toBeLessThan(250);
});
