import { type Pointer, type PointerPhase, RELEASE_ID_PATTERN, type Release, SHA256_PATTERN } from '../../lib/deployment/contract';
import { DeploymentError } from './errors';

const ID = RELEASE_ID_PATTERN.slice(1, -1);
const SHA256 = SHA256_PATTERN.slice(1, -1);
const FORMAT = new RegExp(
  '^asg-canary-pointer 1\n' +
    'epoch=([0-9]{1,15})\n' +
    'phase=(idle|checking|maintenance|deploying|promoting|promoted|migrated)\n' +
    `committed=(${ID})?\ncommitted_sha256=(${SHA256})?\n` +
    `candidate=(${ID})?\ncandidate_sha256=(${SHA256})?\n$`,
);

/** The text of a pointer, as hosts read it. */
export function formatPointer({ epoch, phase, committed, candidate }: Pointer): string {
  return [
    'asg-canary-pointer 1',
    `epoch=${epoch}`,
    `phase=${phase}`,
    `committed=${committed?.id ?? ''}`,
    `committed_sha256=${committed?.sha256 ?? ''}`,
    `candidate=${candidate?.id ?? ''}`,
    `candidate_sha256=${candidate?.sha256 ?? ''}`,
    '',
  ].join('\n');
}

/**
 * Reads the text of a pointer.
 *
 * @throws DeploymentError `PointerInvalid`
 */
export function parsePointer(text: string, key: string): Pointer {
  const match = FORMAT.exec(text);
  if (!match) throw new DeploymentError('PointerInvalid', `pointer ${key} is malformed: ${JSON.stringify(text.slice(0, 200))}`);
  const committed = release(match[3], match[4], key);
  const candidate = release(match[5], match[6], key);
  return { epoch: Number(match[1]), phase: match[2] as PointerPhase, ...(committed && { committed }), ...(candidate && { candidate }) };
}

function release(id: string | undefined, sha256: string | undefined, key: string): Release | undefined {
  if ((id === undefined) !== (sha256 === undefined)) {
    throw new DeploymentError(
      'PointerInvalid',
      `pointer ${key} must have both a release and its sha256, or neither, got '${id ?? ''}' and '${sha256 ?? ''}'`,
    );
  }
  return id === undefined || sha256 === undefined ? undefined : { id, sha256 };
}
