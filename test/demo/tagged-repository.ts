import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** Files of a commit, by name. */
export type Files = Readonly<Record<string, string>>;

/** A git repository whose tags hold these files alone. */
export class TaggedRepository {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-tagged-'));

  constructor() {
    this.git('init', '--quiet');
    this.git('config', 'user.name', 'Test');
    this.git('config', 'user.email', 'test@localhost');
    this.git('config', 'commit.gpgsign', 'false');
  }

  /** Commits these files and nothing else, and lets each of the tags lead to the commit. */
  tag(files: Files, ...tags: readonly string[]): void {
    this.git('rm', '-rq', '--ignore-unmatch', '.');
    for (const [name, content] of Object.entries(files)) writeFileSync(path.join(this.folder, name), content);
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '--message', tags.join(' '));
    for (const tag of tags) this.git('tag', '--force', tag);
  }

  dispose(): void {
    rmSync(this.folder, { recursive: true });
  }

  private git(...args: string[]): void {
    execFileSync('git', ['-C', this.folder, ...args], { stdio: 'pipe' });
  }
}
