/** One past deployment. */
export interface PastDeployment {
  /** Whether its release was committed at the end. */
  readonly committed: boolean;
  readonly mode: string;
  readonly release: string;
  readonly previous: string;
  /** What it did to the database, such as `breaking done`; empty for nothing. */
  readonly migration: string;
}

/**
 * The release that a rollback without a name goes to: the one before the committed, as its own deployment recorded it.
 * Rollbacks are passed over, so that a second one goes further back and not forward again.
 *
 * @param newestFirst past deployments
 */
export function releaseBefore(committed: string, newestFirst: readonly PastDeployment[]): string | undefined {
  const own = newestFirst.find((past) => past.release === committed && past.committed && past.mode !== 'rollback');
  return own?.previous || undefined;
}

/**
 * The deployment that changed the database so that a release of before does not fit it any more: undefined where none did since
 * that release was last committed.
 *
 * @param newestFirst past deployments
 */
export function breakingSince(release: string, newestFirst: readonly PastDeployment[]): PastDeployment | undefined {
  const own = newestFirst.findIndex((past) => past.release === release && past.committed);
  const since = own === -1 ? newestFirst : newestFirst.slice(0, own);
  return since.find((past) => past.migration.startsWith('breaking '));
}
