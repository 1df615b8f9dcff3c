import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { missingTools } from '../../bin/demo/preflight';
import { assertTags, createSampleApp } from '../../bin/demo/sample-app';

const TOOLS = ['bash', 'git', 'curl', 'openssl', 'tar', 'gzip', 'flock'];

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-preflight-'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** A PATH with these tools of the machine and no others. */
function pathWith(tools: readonly string[]): string {
  for (const tool of tools) {
    const real = execFileSync('bash', ['-c', 'command -v "$0"', tool], { encoding: 'utf8' }).trim();
    symlinkSync(real, path.join(folder, tool));
  }
  return folder;
}

function fakeCurl(version: string): void {
  writeFileSync(path.join(folder, 'curl'), `#!/bin/sh\necho 'curl ${version} (x86_64-pc-linux-gnu) libcurl/${version}'\n`);
  chmodSync(path.join(folder, 'curl'), 0o755);
}

test('a machine with everything lacks nothing', () => {
  expect(missingTools(pathWith(TOOLS))).toBeUndefined();
});

test('all that is missing is named, with one line that installs it', () => {
  expect(missingTools(pathWith(['bash', 'curl', 'openssl', 'gzip']))).toBe(
    'this machine lacks git, tar, flock; on Debian or Ubuntu: sudo apt-get install -y git tar util-linux',
  );
});

test.each([
  ['7.81.0', /lacks curl 7\.88 or newer; .* curl$/],
  ['6.99.0', /lacks curl 7\.88 or newer/],
])('curl %s is too old', (version, message) => {
  fakeCurl(version);
  expect(missingTools(pathWith(TOOLS.filter((tool) => tool !== 'curl')))).toMatch(message);
});

test.each(['7.88.1', '8.5.0', '10.0.0'])('curl %s does', (version) => {
  fakeCurl(version);
  expect(missingTools(pathWith(TOOLS.filter((tool) => tool !== 'curl')))).toBeUndefined();
});

test('a repository with the tags is taken, one without some of them names these', () => {
  const app = createSampleApp();
  try {
    expect(() => assertTags(app)).not.toThrow();
    execFileSync('git', ['-C', app, 'tag', '--delete', 'v1', 'v3'], { stdio: 'pipe' });
    expect(() => assertTags(app)).toThrow(`'--app' must have the tags v1, v2, v3, got ${app} without v1, v3`);
  } finally {
    rmSync(app, { recursive: true });
  }
});

test('a folder that is no repository is refused', () => {
  expect(() => assertTags(folder)).toThrow(new Error(`'--app' must be a git repository, got ${folder}`));
});

test('a folder that is not there is refused as such', () => {
  const nowhere = path.join(folder, 'nope');
  expect(() => assertTags(nowhere)).toThrow(`'--app' must be a git repository, got ${nowhere}: no such folder`);
});
