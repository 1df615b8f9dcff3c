import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The source could not be brought; the message is the one that CodeBuild gives. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
}

/**
 * Clones a local repository afresh and checks out a branch, a tag or a commit; an empty version is the default branch.
 *
 * @returns the commit
 * @throws SourceError
 */
export async function checkOut(
  repository: string,
  sourceVersion: string,
  destination: string,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<string> {
  const git = async (...words: string[]) =>
    (await run('git', words, { env: { ...environment, GIT_TERMINAL_PROMPT: '0' }, signal })).stdout.trim();
  try {
    await git('clone', '--quiet', '--no-checkout', '--', repository, destination);
  } catch (error) {
    signal.throwIfAborted();
    throw new SourceError(`git clone failed for primary source: ${lastLine(error)}`);
  }
  for (const name of candidates(sourceVersion)) {
    const commit = await git('-C', destination, 'rev-parse', '--verify', '--quiet', '--end-of-options', `${name}^{commit}`).catch(
      () => undefined,
    );
    signal.throwIfAborted();
    if (commit === undefined) continue;
    await git('-C', destination, 'checkout', '--quiet', '--detach', commit);
    return commit;
  }
  throw new SourceError(`reference not found for primary source and source version ${sourceVersion}`);
}

/** Names under which a fresh clone may know the version, in CodeBuild's order: commit, branch, tag. */
function candidates(sourceVersion: string): string[] {
  if (sourceVersion === '') return ['refs/remotes/origin/HEAD'];
  if (sourceVersion.startsWith('refs/')) return [sourceVersion.replace(/^refs\/heads\//, 'refs/remotes/origin/')];
  const named = [`refs/remotes/origin/${sourceVersion}`, `refs/tags/${sourceVersion}`];
  return /^[0-9a-f]{7,40}$/.test(sourceVersion) ? [sourceVersion, ...named] : named;
}

function lastLine(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr ?? message).trim().split('\n').at(-1) ?? '';
}
