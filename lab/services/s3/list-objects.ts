import type { ListObjectsV2Request } from '@aws-sdk/client-s3';
import { AwsError } from '../../kernel/service';
import type { Bucket } from './bucket';
import { refuseUnknownInput } from './known-input';

const KNOWN = ['Bucket', 'Prefix', 'Delimiter', 'MaxKeys', 'ContinuationToken', 'StartAfter'];
/** At most this many, and by default: https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
const PAGE = 1000;

/** One page of a bucket's keys. Keys with the same text up to the delimiter are one common prefix. */
export function listObjects(bucket: Bucket, input: Partial<ListObjectsV2Request>) {
  refuseUnknownInput('ListObjectsV2', input, KNOWN);
  const { Prefix: prefix = '', Delimiter: delimiter, MaxKeys: maxKeys = PAGE } = input;
  if (maxKeys < 0 || maxKeys > PAGE) throw new AwsError('InvalidArgument', `'max-keys' must be from 0 to ${PAGE}, got ${maxKeys}`);
  const after = input.ContinuationToken === undefined ? (input.StartAfter ?? '') : decodeToken(input.ContinuationToken);
  const entries = new Map<string, 'key' | 'prefix'>();
  for (const key of bucket.keys()) {
    if (!key.startsWith(prefix)) continue;
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    entries.set(end < 0 ? key : key.slice(0, end + delimiter!.length), end < 0 ? 'key' : 'prefix');
  }
  const rest = [...entries].filter(([name]) => Buffer.compare(Buffer.from(name), Buffer.from(after)) > 0);
  const page = rest.slice(0, maxKeys);
  const isTruncated = rest.length > page.length;
  const contents = page.filter(([, kind]) => kind === 'key').map(([key]) => contentOf(bucket, key));
  const prefixes = page.filter(([, kind]) => kind === 'prefix').map(([Prefix]) => ({ Prefix }));
  return {
    Name: bucket.name,
    Prefix: prefix,
    Delimiter: delimiter,
    MaxKeys: maxKeys,
    KeyCount: page.length,
    IsTruncated: isTruncated,
    ContinuationToken: input.ContinuationToken,
    NextContinuationToken: isTruncated && page.length > 0 ? Buffer.from(page.at(-1)![0]).toString('base64') : undefined,
    StartAfter: input.StartAfter,
    Contents: contents.length > 0 ? contents : undefined,
    CommonPrefixes: prefixes.length > 0 ? prefixes : undefined,
  };
}

function contentOf(bucket: Bucket, key: string) {
  const { body, etag, lastModified } = bucket.find(key)!;
  return { Key: key, Size: body.length, ETag: etag, LastModified: lastModified, StorageClass: 'STANDARD' };
}

function decodeToken(token: string): string {
  return Buffer.from(token, 'base64').toString();
}
