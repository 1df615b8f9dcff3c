import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DatabaseNeeds } from '../../lab/world/simulated/model-database';

/** How the application of a release behaves; see `behaviour.json` of the simulated world. */
export interface Behaviour {
  readonly errorRate?: number;
  readonly latencySeconds?: { readonly median: number; readonly sigma: number };
  readonly healthy?: boolean;
  /** What the release asks of the database: the file `database.json` of the simulated world. */
  readonly database?: DatabaseNeeds;
}

export const GOOD: Behaviour = { errorRate: 0.001 };
export const BAD_ERRORS: Behaviour = { errorRate: 0.08 };
export const SLOW: Behaviour = { latencySeconds: { median: 0.4, sigma: 0.6 } };
export const UNHEALTHY: Behaviour = { healthy: false };

const archives = new Map<string, Buffer>();

/** A release's archive, packed by tar. */
export function archiveOf({ database, ...behaviour }: Behaviour): Buffer {
  const text = JSON.stringify({ database, ...behaviour });
  const known = archives.get(text);
  if (known !== undefined) return known;
  const folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-release-'));
  writeFileSync(path.join(folder, 'behaviour.json'), JSON.stringify(behaviour));
  if (database) writeFileSync(path.join(folder, 'database.json'), JSON.stringify(database));
  execFileSync('tar', ['-C', folder, '-czf', `${folder}.tar.gz`, '.']);
  const archive = readFileSync(`${folder}.tar.gz`);
  rmSync(folder, { recursive: true });
  rmSync(`${folder}.tar.gz`);
  archives.set(text, archive);
  return archive;
}

/** The manifest that the build writes beside an archive. */
export function manifestOf(id: string, archive: Buffer, change: Partial<Record<'id' | 'sha256' | 'size', string>> = {}): Buffer {
  const fields = { id, sha256: createHash('sha256').update(archive).digest('hex'), size: String(archive.length), ...change };
  return Buffer.from(`asg-canary-manifest 1\nid=${fields.id}\nsha256=${fields.sha256}\nsize=${fields.size}\nref=main\ncommit=\n`);
}

/** Makes a git repository with a tag for each behaviour; the caller removes it. */
export function repositoryWith(tags: Readonly<Record<string, Behaviour>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-repository-'));
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', folder, '-c', 'user.name=Test', '-c', 'user.email=test@localhost', ...args], { stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  for (const [tag, behaviour] of Object.entries(tags)) {
    writeFileSync(path.join(folder, 'behaviour.json'), JSON.stringify(behaviour));
    writeFileSync(path.join(folder, 'index.js'), `module.exports = { tag: '${tag}' };\n`);
    git('add', '--all');
    git('commit', '--quiet', '--message', tag);
    git('tag', tag);
  }
  return folder;
}
