/** One past deployment. */
export interface PastDeployment {
  /** Whether its release was committed at the end. */
  readonly committed: boolean;
  readonly mode: string;
  readonly release: string;
  readonly previous: string;
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
