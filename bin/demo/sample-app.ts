import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The tags that the demo deploys, in order. */
export const TAGS = ['v1', 'v2', 'v3'] as const;

const SOURCE = path.join(__dirname, '..', '..', 'examples', 'hello-web', 'app');

/** `version.js` of each tag: what the application says, and every how many requests out of 25 it fails. */
function versionModule(tag: string, failuresIn25: number): string {
  return `module.exports = { version: '${tag}', failuresIn25: ${failuresIn25} };\n`;
}

/**
 * Makes a git repository of the sample web application with the tags v1, v2 (good) and v3 (8 % of its answers are 500).
 * The fault is in the tag alone.
 *
 * @param healthyV3 leaves the fault out, to show that the demo notices
 * @returns the repository's folder; the caller removes it
 */
export function createSampleApp(healthyV3 = false): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'asg-canary-app-'));
  const git = (...args: string[]) => execFileSync('git', ['-C', directory, ...args], { stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Sample');
  git('config', 'user.email', 'sample@localhost');
  git('config', 'commit.gpgsign', 'false');
  cpSync(SOURCE, directory, { recursive: true });
  for (const tag of TAGS) {
    writeFileSync(path.join(directory, 'version.js'), versionModule(tag, tag === 'v3' && !healthyV3 ? 2 : 0));
    git('add', '--all');
    git('commit', '--quiet', '--message', `Release ${tag}`);
    git('tag', tag);
  }
  return directory;
}

/**
 * Checks that a folder is a git repository with the demo's tags.
 *
 * @throws Error naming the tags that it lacks
 */
export function assertTags(directory: string): void {
  if (!existsSync(directory)) throw new Error(`'--app' must be a git repository, got ${directory}: no such folder`);
  let tags: string[];
  try {
    tags = execFileSync('git', ['-C', directory, 'tag', '--list'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).split('\n');
  } catch {
    throw new Error(`'--app' must be a git repository, got ${directory}`);
  }
  const missing = TAGS.filter((tag) => !tags.includes(tag));
  if (missing.length > 0) throw new Error(`'--app' must have the tags ${TAGS.join(', ')}, got ${directory} without ${missing.join(', ')}`);
}
