import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import type { GroupRole, Pointer } from '../../lib/deployment/contract';
import { DeploymentError } from '../core/errors';
import { checkArchiveSize, type Manifest, parseManifest } from '../core/manifest';
import { formatPointer, parsePointer } from '../core/pointer';
import { CLIENT_OPTIONS } from './client-options';
import { config } from './config';

const client = new S3Client(CLIENT_OPTIONS);
const Bucket = config.bucket;

/** A pointer and the version of it that was read; both undefined where there is none. */
export interface StoredPointer {
  readonly pointer?: Pointer;
  readonly etag?: string;
}

function pointerKey(role: GroupRole): string {
  return `fleets/${config.fleet}/${role}`;
}

/** Reads the pointer of a group. */
export async function readPointer(role: GroupRole): Promise<StoredPointer> {
  const Key = pointerKey(role);
  const answer = await present(client.send(new GetObjectCommand({ Bucket, Key })));
  if (!answer) return {};
  return { pointer: parsePointer(await answer.Body!.transformToString(), Key), etag: answer.ETag };
}

/**
 * Writes a pointer over exactly the version that was read.
 *
 * @throws DeploymentError `PointerConflict` where it is another by now
 */
export async function writePointer(role: GroupRole, pointer: Pointer, etag: string | undefined): Promise<void> {
  const condition = etag === undefined ? { IfNoneMatch: '*' } : { IfMatch: etag };
  const Key = pointerKey(role);
  try {
    await client.send(new PutObjectCommand({ Bucket, Key, Body: formatPointer(pointer), ContentType: 'text/plain', ...condition }));
  } catch (error) {
    if (['PreconditionFailed', 'ConditionalRequestConflict'].includes((error as Error).name)) {
      throw new DeploymentError('PointerConflict', `pointer ${Key} was changed by somebody else`);
    }
    throw error;
  }
}

/**
 * Reads a release's manifest and checks that its archive is there and of the right length.
 *
 * @throws DeploymentError `ReleaseInvalid`
 */
export async function readRelease(id: string): Promise<Manifest> {
  const folder = `releases/${id}`;
  const answer = await present(client.send(new GetObjectCommand({ Bucket, Key: `${folder}/manifest` })));
  if (!answer) throw missing(id, `${folder}/manifest`);
  const manifest = parseManifest(await answer.Body!.transformToString(), id);
  const archive = await present(client.send(new HeadObjectCommand({ Bucket, Key: `${folder}/release.tar.gz` })));
  if (!archive) throw missing(id, `${folder}/release.tar.gz`);
  checkArchiveSize(manifest, archive.ContentLength);
  return manifest;
}

function missing(id: string, key: string): DeploymentError {
  return new DeploymentError('ReleaseInvalid', `release '${id}' does not exist: there is no s3://${Bucket}/${key}`);
}

/** The answer, or undefined where S3 says that there is no such object. A HEAD has no body, so its 404 is called NotFound. */
async function present<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (['NoSuchKey', 'NotFound'].includes((error as Error).name)) return undefined;
    throw error;
  }
}
