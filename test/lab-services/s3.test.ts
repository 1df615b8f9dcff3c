import * as sdk from '@aws-sdk/client-s3';
import { TinyLab } from '../wire/lab';

const BUCKET = 'bucket';
let lab: TinyLab;
let s3: sdk.S3Client;

beforeEach(async () => {
  lab = await new TinyLab().start();
  await lab.create('AWS::S3::Bucket', 'Bucket', { BucketName: BUCKET, VersioningConfiguration: { Status: 'Enabled' } });
  s3 = new sdk.S3Client(lab.client(lab.iam.issueOperatorKey()));
});
afterEach(async () => {
  expect(lab.defects).toEqual([]);
  await lab.stop();
});

const put = (Key: string, Body: string, more: Partial<sdk.PutObjectCommandInput> = {}, client = s3) =>
  client.send(new sdk.PutObjectCommand({ Bucket: BUCKET, Key, Body, ...more }));
const get = (Key: string, more: Partial<sdk.GetObjectCommandInput> = {}, client = s3) =>
  client.send(new sdk.GetObjectCommand({ Bucket: BUCKET, Key, ...more }));
const text = async (Key: string, more: Partial<sdk.GetObjectCommandInput> = {}) => (await get(Key, more)).Body!.transformToString();
const head = (Key: string, more: Partial<sdk.HeadObjectCommandInput> = {}) =>
  s3.send(new sdk.HeadObjectCommand({ Bucket: BUCKET, Key, ...more }));
const as = async (...statements: object[]) =>
  new sdk.S3Client(lab.client(lab.iam.issueKey(await lab.role('Role', statements), { session: true })));
const failure = (call: Promise<unknown>) =>
  call.then(
    () => 'no error',
    (error: { name: string; $metadata: { httpStatusCode: number } }) => `${error.name} ${error.$metadata.httpStatusCode}`,
  );

test('an object comes back as it was put, with its metadata and checksums', async () => {
  const written = await put('a/b c+é.txt', 'hello', { ContentType: 'text/plain', Metadata: { author: 'me' } });
  expect(written).toMatchObject({ ETag: '"5d41402abc4b2a76b9719d911017c592"', ChecksumCRC32: 'NhCmhg==', ChecksumType: 'FULL_OBJECT' });
  const read = await get('a/b c+é.txt');
  expect(await read.Body!.transformToString()).toBe('hello');
  const same = {
    ETag: written.ETag,
    VersionId: written.VersionId,
    ContentType: 'text/plain',
    ContentLength: 5,
    Metadata: { author: 'me' },
  };
  expect(read).toMatchObject({ ...same, ChecksumCRC32: 'NhCmhg==', LastModified: new Date(lab.context.clock.now()) });
  expect(await head('a/b c+é.txt')).toMatchObject(same);
});

test('an empty object and bytes', async () => {
  await s3.send(new sdk.PutObjectCommand({ Bucket: BUCKET, Key: 'empty', Body: new Uint8Array() }));
  expect(await text('empty')).toBe('');
  await s3.send(new sdk.PutObjectCommand({ Bucket: BUCKET, Key: 'bytes', Body: new Uint8Array([0, 255, 10]) }));
  expect([...(lab.s3.getObject(BUCKET, 'bytes') ?? [])]).toEqual([0, 255, 10]);
});

describe('conditional writes', () => {
  test('If-None-Match: * writes once', async () => {
    await put('k', 'one', { IfNoneMatch: '*' });
    expect(await failure(put('k', 'two', { IfNoneMatch: '*' }))).toBe('PreconditionFailed 412');
    expect(await text('k')).toBe('one');
  });

  test('If-None-Match: * writes where the object was deleted', async () => {
    await put('k', 'one');
    await s3.send(new sdk.DeleteObjectCommand({ Bucket: BUCKET, Key: 'k' }));
    await put('k', 'two', { IfNoneMatch: '*' });
    expect(await text('k')).toBe('two');
  });

  test('If-Match writes over the version that it names alone', async () => {
    const { ETag } = await put('k', 'one');
    await put('k', 'two', { IfMatch: ETag });
    expect(await failure(put('k', 'three', { IfMatch: ETag }))).toBe('PreconditionFailed 412');
    expect(await failure(put('none', 'x', { IfMatch: ETag }))).toBe('NoSuchKey 404');
    expect(await text('k')).toBe('two');
  });

  test('another If-None-Match is not known', async () => {
    expect(await failure(put('k', 'one', { IfNoneMatch: '"abc"' }))).toBe('NotImplemented 501');
  });
});

test('conditional reads', async () => {
  const { ETag } = await put('k', 'one');
  expect(await text('k', { IfMatch: ETag })).toBe('one');
  expect(await failure(get('k', { IfMatch: '"other"' }))).toBe('PreconditionFailed 412');
  expect(await failure(get('k', { IfNoneMatch: ETag }))).toMatch(/ 304$/);
  expect(await text('k', { IfNoneMatch: '"other"' })).toBe('one');
  expect(await failure(head('k', { IfNoneMatch: ETag }))).toMatch(/ 304$/);
});

test('what is not there', async () => {
  const error = await get('none').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(sdk.NoSuchKey);
  expect(await failure(head('none'))).toBe('NotFound 404');
  expect(await failure(s3.send(new sdk.GetObjectCommand({ Bucket: 'other', Key: 'k' })))).toBe('NoSuchBucket 404');
});

test('versions stay, and a deleted object can be read by its version', async () => {
  const first = await put('k', 'one');
  const second = await put('k', 'two');
  expect(first.VersionId).not.toBe(second.VersionId);
  const { VersionId: marker, DeleteMarker } = await s3.send(new sdk.DeleteObjectCommand({ Bucket: BUCKET, Key: 'k' }));
  expect(DeleteMarker).toBe(true);
  expect(await failure(get('k'))).toBe('NoSuchKey 404');
  expect(await text('k', { VersionId: first.VersionId })).toBe('one');
  expect(await failure(get('k', { VersionId: marker }))).toBe('MethodNotAllowed 405');
  await s3.send(new sdk.DeleteObjectCommand({ Bucket: BUCKET, Key: 'k', VersionId: marker }));
  expect(await text('k')).toBe('two');
});

test('without versioning a write replaces and a delete removes', async () => {
  lab.s3.createBucket('plain');
  const object = { Bucket: 'plain', Key: 'k' };
  expect((await s3.send(new sdk.PutObjectCommand({ ...object, Body: 'one' }))).VersionId).toBeUndefined();
  await s3.send(new sdk.PutObjectCommand({ ...object, Body: 'two' }));
  expect(lab.s3.objects('plain')).toEqual(new Map([['k', Buffer.from('two')]]));
  await s3.send(new sdk.DeleteObjectCommand(object));
  expect(lab.s3.objects('plain').size).toBe(0);
  lab.s3.deleteBucket('plain');
  expect(() => lab.s3.deleteBucket(BUCKET)).not.toThrow();
});

test('listing: prefixes, delimiters, order by bytes, and pages', async () => {
  for (const key of ['b', 'a/2', 'a/1/x', 'a/1/y', 'B', 'é', 'z']) await put(key, key);
  const list = async (input: Partial<sdk.ListObjectsV2CommandInput>) => {
    const answer = await s3.send(new sdk.ListObjectsV2Command({ Bucket: BUCKET, ...input }));
    return { ...answer, keys: answer.Contents?.map(({ Key }) => Key), prefixes: answer.CommonPrefixes?.map(({ Prefix }) => Prefix) };
  };
  expect((await list({})).keys).toEqual(['B', 'a/1/x', 'a/1/y', 'a/2', 'b', 'z', 'é']);
  expect(await list({ Prefix: 'a/', Delimiter: '/' })).toMatchObject({
    keys: ['a/2'],
    prefixes: ['a/1/'],
    KeyCount: 2,
    IsTruncated: false,
  });
  const first = await list({ MaxKeys: 3 });
  expect(first).toMatchObject({ keys: ['B', 'a/1/x', 'a/1/y'], IsTruncated: true });
  expect(await list({ MaxKeys: 3, ContinuationToken: first.NextContinuationToken })).toMatchObject({ keys: ['a/2', 'b', 'z'] });
  expect((await list({ StartAfter: 'b' })).keys).toEqual(['z', 'é']);
  expect(first.Contents![0]).toMatchObject({ Size: 1, ETag: expect.stringMatching(/^"/), LastModified: new Date(lab.context.clock.now()) });
});

test('a wrong checksum is refused', async () => {
  expect(await failure(put('k', 'hello', { ChecksumCRC32: 'AAAAAA==' }))).toBe('BadDigest 400');
  expect(await failure(put('k', 'hello', { ContentMD5: 'XUFAKrxLKna5cZ2REBfFkw==' }))).toBe('BadDigest 400');
  await put('k', 'hello', { ContentMD5: 'XUFAKrxLKna5cZ2REBfFkg==' });
});

test('what the lab would have to ignore is refused by name', async () => {
  await put('k', 'x');
  await expect(get('k', { Range: 'bytes=0-0' })).rejects.toMatchObject({
    name: 'NotImplemented',
    message: 'GetObject: the lab does not know Range',
  });
  await expect(put('k', 'x', { Tagging: 'a=b' })).rejects.toMatchObject({ message: 'PutObject: the lab does not know Tagging' });
  const copy = new sdk.CopyObjectCommand({ Bucket: BUCKET, Key: 'c', CopySource: `${BUCKET}/k` });
  await expect(s3.send(copy)).rejects.toMatchObject({ name: 'NotImplemented', message: 'the lab does not implement s3:CopyObject' });
});

describe('permissions', () => {
  const OBJECTS = `arn:aws:s3:::${BUCKET}/*`;

  test('a role may write only where nothing is, if its policy says so', async () => {
    const builder = await as({
      Effect: 'Allow',
      Action: 's3:PutObject',
      Resource: OBJECTS,
      Condition: { Null: { 's3:if-none-match': 'false' } },
    });
    expect(await failure(put('releases/v1', 'x', {}, builder))).toBe('AccessDenied 403');
    await put('releases/v1', 'x', { IfNoneMatch: '*' }, builder);
    expect(await failure(put('releases/v1', 'y', { IfNoneMatch: '*' }, builder))).toBe('PreconditionFailed 412');
  });

  test('an absent object is 403 for who may not list the bucket, 404 for who may', async () => {
    const reader = { Effect: 'Allow', Action: 's3:GetObject', Resource: OBJECTS };
    expect(await failure(get('none', {}, await as(reader)))).toBe('AccessDenied 403');
    const lister = { Effect: 'Allow', Action: 's3:ListBucket', Resource: `arn:aws:s3:::${BUCKET}` };
    expect(await failure(get('none', {}, await as(reader, lister)))).toBe('NoSuchKey 404');
  });

  test('an old version needs its own action', async () => {
    const { VersionId } = await put('k', 'x');
    const reader = await as({ Effect: 'Allow', Action: 's3:GetObject', Resource: OBJECTS });
    await expect(get('k', {}, reader)).resolves.toBeDefined();
    expect(await failure(get('k', { VersionId }, reader))).toBe('AccessDenied 403');
  });

  test('the bucket policy binds all, until it is deleted', async () => {
    const Statement = { Effect: 'Deny', Principal: '*', Action: 's3:GetObject', Resource: OBJECTS };
    const PolicyDocument = { Version: '2012-10-17', Statement };
    await put('k', 'x');
    await lab.create('AWS::S3::BucketPolicy', 'Policy', { Bucket: BUCKET, PolicyDocument });
    expect(lab.s3.bucketPolicy(BUCKET)).toEqual(PolicyDocument);
    expect(await failure(get('k'))).toBe('AccessDenied 403');
    lab.s3.deleteBucketPolicy(BUCKET);
    await expect(get('k')).resolves.toBeDefined();
  });
});

test('the bucket of a template', async () => {
  const created = await lab.create('AWS::S3::Bucket', 'Artifacts', { BucketEncryption: {}, LifecycleConfiguration: {} });
  expect(created.ref).toMatch(/^artifacts-[0-9a-f]{12}$/);
  expect(created.attributes).toMatchObject({
    Arn: `arn:aws:s3:::${created.ref}`,
    RegionalDomainName: `${created.ref}.s3.eu-west-1.amazonaws.com`,
  });
  await expect(lab.create('AWS::S3::Bucket', 'B', { WebsiteConfiguration: {} })).rejects.toThrow(
    'does not know the properties WebsiteConfiguration',
  );
});
