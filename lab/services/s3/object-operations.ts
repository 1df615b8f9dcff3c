import { createHash } from 'node:crypto';
import type { DeleteObjectRequest, GetObjectRequest, HeadObjectRequest, ListObjectsV2Request, PutObjectRequest } from '@aws-sdk/client-s3';
import type { LabContext } from '../../kernel/context';
import { type AccessRequest, AwsError, type Operation } from '../../kernel/service';
import { type Bucket, hasBody, preconditionFailed, type StoredObject, sameEtag } from './bucket';
import { crc32 } from './crc32';
import { refuseUnknownInput } from './known-input';
import { listObjects } from './list-objects';

const READ = ['Bucket', 'Key', 'VersionId', 'IfMatch', 'IfNoneMatch', 'ChecksumMode'];
const PUT = ['Bucket', 'Key', 'Body', 'ContentLength', 'ContentType', 'ContentMD5', 'Metadata', 'IfMatch', 'IfNoneMatch'];
const CHECKSUM = ['ChecksumAlgorithm', 'ChecksumCRC32'];

/** S3's bucket ARNs have neither region nor account. */
export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

/**
 * The operations on objects.
 *
 * @param find throws AwsError NoSuchBucket
 */
export function objectOperations(context: LabContext, find: (name: string | undefined) => Bucket): Readonly<Record<string, Operation>> {
  const now = () => new Date(context.clock.now());
  const authorizeRead = ({ Bucket: name, Key, VersionId }: HeadObjectRequest): AccessRequest[] =>
    readQuestions(find(name), Key!, VersionId);
  const getObject: Operation<GetObjectRequest> = {
    authorize: authorizeRead,
    handle(input) {
      refuseUnknownInput('GetObject', input, READ);
      const object = read(find(input.Bucket), input);
      return { Body: object.body, ...headersOf(object, input.ChecksumMode) };
    },
  };
  const headObject: Operation<HeadObjectRequest> = {
    authorize: authorizeRead,
    handle(input) {
      refuseUnknownInput('HeadObject', input, READ);
      return headersOf(read(find(input.Bucket), input), input.ChecksumMode);
    },
  };
  const putObject: Operation<Omit<PutObjectRequest, 'Body'> & { Body?: Uint8Array }> = {
    authorize: ({ Bucket: name, Key, IfNoneMatch, IfMatch }) => [
      {
        action: 's3:PutObject',
        resource: `${bucketArn(name!)}/${Key}`,
        context: present({ 's3:if-none-match': IfNoneMatch, 's3:if-match': IfMatch }),
      },
    ],
    handle(input) {
      refuseUnknownInput('PutObject', input, [...PUT, ...CHECKSUM]);
      const body = input.Body ?? new Uint8Array();
      checkIntegrity(body, input);
      const conditions = { ifMatch: input.IfMatch, ifNoneMatch: input.IfNoneMatch };
      const stored = find(input.Bucket).put(
        input.Key!,
        { body, contentType: input.ContentType, metadata: input.Metadata },
        now(),
        conditions,
      );
      return { ETag: stored.etag, ChecksumCRC32: stored.crc32, ChecksumType: 'FULL_OBJECT', VersionId: versionId(stored.versionId) };
    },
  };
  const deleteObject: Operation<DeleteObjectRequest> = {
    authorize: ({ Bucket: name, Key, VersionId }) => [
      { action: VersionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion', resource: `${bucketArn(name!)}/${Key}` },
    ],
    handle(input) {
      refuseUnknownInput('DeleteObject', input, ['Bucket', 'Key', 'VersionId']);
      const gone = find(input.Bucket).delete(input.Key!, now(), input.VersionId);
      return { VersionId: versionId(gone?.versionId), DeleteMarker: gone !== undefined && !hasBody(gone) ? true : undefined };
    },
  };
  const listObjectsV2: Operation<ListObjectsV2Request> = {
    authorize: ({ Bucket: name, Prefix = '' }) => [
      { action: 's3:ListBucket', resource: bucketArn(name!), context: { 's3:prefix': Prefix } },
    ],
    handle: (input) => listObjects(find(input.Bucket), input),
  };
  return { GetObject: getObject, HeadObject: headObject, PutObject: putObject, DeleteObject: deleteObject, ListObjectsV2: listObjectsV2 };
}

/**
 * Who may not list a bucket is told 403 of an object that does not exist, not 404.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
function readQuestions(bucket: Bucket, key: string, version: string | undefined): AccessRequest[] {
  const action = version === undefined ? 's3:GetObject' : 's3:GetObjectVersion';
  const read = { action, resource: `${bucketArn(bucket.name)}/${key}` };
  const exists = version === undefined ? bucket.find(key) !== undefined : bucket.version(key, version) !== undefined;
  return exists ? [read] : [read, { action: 's3:ListBucket', resource: bucketArn(bucket.name) }];
}

function read(bucket: Bucket, { Key, VersionId, IfMatch, IfNoneMatch }: GetObjectRequest): StoredObject {
  const object = VersionId === undefined ? bucket.find(Key!) : bucket.version(Key!, VersionId);
  if (object === undefined) {
    throw VersionId === undefined
      ? new AwsError('NoSuchKey', 'The specified key does not exist.')
      : new AwsError('NoSuchVersion', 'The specified version does not exist.');
  }
  if (!hasBody(object)) throw new AwsError('MethodNotAllowed', 'The specified method is not allowed against a delete marker.');
  if (IfMatch !== undefined && !sameEtag(IfMatch, object.etag)) throw preconditionFailed('If-Match');
  if (IfNoneMatch !== undefined && sameEtag(IfNoneMatch, object.etag)) throw new AwsError('NotModified', 'Not Modified');
  return object;
}

function headersOf(object: StoredObject, checksumMode: string | undefined) {
  return {
    ETag: object.etag,
    ContentLength: object.body.length,
    ContentType: object.contentType,
    LastModified: object.lastModified,
    AcceptRanges: 'bytes',
    Metadata: object.metadata,
    ServerSideEncryption: 'AES256',
    VersionId: versionId(object.versionId),
    ...(checksumMode === 'ENABLED' ? { ChecksumCRC32: object.crc32, ChecksumType: 'FULL_OBJECT' } : {}),
  };
}

/** S3 names no version of a bucket that was never versioned. */
function versionId(id: string | undefined): string | undefined {
  return id === 'null' ? undefined : id;
}

function checkIntegrity(body: Uint8Array, { ContentMD5, ChecksumCRC32 }: { ContentMD5?: string; ChecksumCRC32?: string }): void {
  if (ContentMD5 !== undefined && ContentMD5 !== createHash('md5').update(body).digest('base64')) {
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
  }
  if (ChecksumCRC32 !== undefined && ChecksumCRC32 !== crc32(body)) {
    throw new AwsError('BadDigest', 'The CRC32 you specified did not match the calculated checksum.');
  }
}

function present(context: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(context).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
