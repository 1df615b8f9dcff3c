import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { PROGRAM } from './test-host';

const installed = spawnSync('shellcheck', ['--version']).status === 0;

(installed ? test : test.skip)('shellcheck finds nothing in the host program (runs where shellcheck is installed)', () => {
  expect(spawnSync('shellcheck', [PROGRAM], { encoding: 'utf8' }).stdout).toBe('');
});

test('the host program stays under 500 lines', () => {
  expect(readFileSync(PROGRAM, 'utf8').split('\n').length - 1).toBeLessThan(500);
});
