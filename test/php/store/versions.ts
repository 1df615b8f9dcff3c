import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** A version of an application: what it changes in the version that it follows. Its tag is its name. */
export interface Version {
  readonly tag: string;
  /**
   * The tag that it follows.
   *
   * @default - the base
   */
  readonly after?: string;
  /**
   * A folder whose files are laid over those of the version before.
   *
   * @default - none
   */
  readonly folder?: string;
  /**
   * Texts of files, over those of the folder.
   *
   * @default - none
   */
  readonly files?: Readonly<Record<string, string>>;
}

/** The same commits on every machine, whatever the user has configured. */
const ENVIRONMENT = {
  PATH: process.env.PATH,
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'A developer',
  GIT_AUTHOR_EMAIL: 'developer@example.com',
  GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
  GIT_COMMITTER_NAME: 'A developer',
  GIT_COMMITTER_EMAIL: 'developer@example.com',
  GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
};

/** Runs git in a folder and returns what it prints. */
export function git(folder: string, ...args: string[]): string {
  return execFileSync('git', args, { cwd: folder, env: ENVIRONMENT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
}

/** Makes a git repository with a commit and a tag for each version; the branch main is at the version `main`. */
export function writeVersions(folder: string, base: string, versions: readonly Version[], main: string): void {
  mkdirSync(folder, { recursive: true });
  git(folder, 'init', '--quiet', '--initial-branch=main');
  for (const { tag, after, folder: changed, files = {} } of versions) {
    if (after) git(folder, 'checkout', '--quiet', '--detach', after);
    else cpSync(base, folder, { recursive: true });
    if (changed && existsSync(changed)) cpSync(changed, folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
      writeFileSync(path.join(folder, name), text);
    }
    git(folder, 'add', '--all');
    git(folder, 'commit', '--quiet', '--allow-empty', `--message=${tag}`);
    git(folder, 'tag', tag);
  }
  git(folder, 'checkout', '--quiet', '-B', 'main', main);
}

/** The files of a version, without git, in a folder of their own. */
export function exportVersion(repository: string, tag: string, folder: string): void {
  mkdirSync(folder, { recursive: true });
  const archive = path.join(folder, '.export.tar');
  git(repository, 'archive', `--output=${archive}`, tag);
  execFileSync('tar', ['-xf', archive, '-C', folder]);
  rmSync(archive);
}
