import { spawnSync } from 'node:child_process';
import path from 'node:path';

const BOOT = path.join(__dirname, '..', '..', 'host', 'boot');
const PROGRAMS = ['web-server', 'configuration-files', 'jobs'].map((name) => path.join(BOOT, name));
const installed = spawnSync('shellcheck', ['--version']).status === 0;

(installed ? test : test.skip)('shellcheck finds nothing in the programs of the boot (runs where shellcheck is installed)', () => {
  expect(spawnSync('shellcheck', PROGRAMS, { encoding: 'utf8' }).stdout).toBe('');
});
