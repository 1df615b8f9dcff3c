import { handle } from './aws/handler';
import { readRelease } from './aws/releases';
import { readLockToGoOn } from './aws/table';
import type { Holder } from './core/lock';
import type { Manifest } from './core/manifest';

export interface VerifyReleaseEvent extends Holder {
  /** Id of the release. */
  readonly release: string;
}

/** Checks that a release is there and whole as far as S3 can tell; hosts check its digest. The result is `$.release`. */
export const handler = handle<VerifyReleaseEvent, Manifest>('verify-release', async ({ release, epoch, execution }) => {
  await readLockToGoOn({ epoch, execution });
  return readRelease(release);
});
