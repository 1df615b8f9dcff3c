import { RELEASE_ID_PATTERN, type Release, SHA256_PATTERN } from '../../lib/deployment/contract';
import { DeploymentError } from './errors';

/** What a build says of the release that it made. */
export interface Manifest extends Release {
  /** Bytes of the archive. */
  readonly size: number;
  readonly ref: string;
  readonly commit: string;
}

const FORMAT = new RegExp(
  '^asg-canary-manifest 1\n' +
    `id=(${RELEASE_ID_PATTERN.slice(1, -1)})\n` +
    `sha256=(${SHA256_PATTERN.slice(1, -1)})\n` +
    'size=([1-9][0-9]{0,14})\n' +
    'ref=([A-Za-z0-9._/@+-]{0,255})\n' +
    'commit=((?:[0-9a-f]{40})?)\n$',
);

/**
 * Reads a manifest.
 *
 * @throws DeploymentError `ReleaseInvalid` where it is malformed or of another release
 */
export function parseManifest(text: string, id: string): Manifest {
  const match = FORMAT.exec(text);
  if (!match) {
    throw new DeploymentError('ReleaseInvalid', `the manifest of release '${id}' is malformed: ${JSON.stringify(text.slice(0, 200))}`);
  }
  if (match[1] !== id) throw new DeploymentError('ReleaseInvalid', `the manifest of release '${id}' must name it, got '${match[1]}'`);
  return { id, sha256: match[2], size: Number(match[3]), ref: match[4], commit: match[5] };
}

/** Throws unless the archive in the bucket is as long as the manifest says. */
export function checkArchiveSize(manifest: Manifest, bytes: number | undefined): void {
  if (bytes !== manifest.size) {
    throw new DeploymentError('ReleaseInvalid', `the archive of release '${manifest.id}' must have ${manifest.size} bytes, got ${bytes}`);
  }
}
