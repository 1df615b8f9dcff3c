import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { AwsError } from '../../lab/kernel/service';
import { serveWire, type WireCall, WireServer } from '../../lab/wire';
import { TinyLab } from './lab';

const BUCKET = 'bucket';

const opened: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of opened.splice(0)) await close();
});

async function labWithBucket(): Promise<TinyLab> {
  const lab = await new TinyLab().start();
  opened.push(() => lab.stop());
  lab.s3.createBucket(BUCKET);
  return lab;
}

test('listeners see a call after its permissions and before its handler, and may make it fail', async () => {
  const lab = await labWithBucket();
  const denied = await lab.role('Denied', []);
  const calls: WireCall[] = [];
  const stored: boolean[] = [];
  lab.wire.onCall(async (call) => {
    calls.push(call);
    await Promise.resolve();
    stored.push(lab.s3.getObject(BUCKET, 'a') !== undefined);
    if (calls.length > 1) throw new AwsError('Throttling', 'slow down');
  });
  const put = (client: S3Client) => client.send(new PutObjectCommand({ Bucket: BUCKET, Key: 'a', Body: 'x' }));
  await expect(put(new S3Client(lab.client(lab.iam.issueKey(denied, { session: true }))))).rejects.toMatchObject({ name: 'AccessDenied' });
  const operator = new S3Client(lab.client(lab.iam.issueOperatorKey()));
  await put(operator);
  await expect(put(operator)).rejects.toMatchObject({ name: 'SlowDown', $metadata: { httpStatusCode: 503 } });
  expect(stored).toEqual([false, true]);
  expect(calls[0]).toMatchObject({
    service: 's3',
    operation: 'PutObject',
    input: { Bucket: BUCKET, Key: 'a' },
    principal: { kind: 'operator' },
  });
});

test('one address serves several labs, each call going to the lab of its key', async () => {
  const labs = [await labWithBucket(), await labWithBucket()];
  const server = new WireServer();
  for (const lab of labs) server.register(lab.wire);
  const address = await serveWire(server);
  opened.push(address.close);
  labs.forEach((lab, index) => {
    lab.s3.putObject(BUCKET, 'name', Buffer.from(`lab ${index}`));
  });
  const clients = labs.map((lab) => new S3Client(lab.client(lab.iam.issueOperatorKey(), address.url)));
  const read = async (client: S3Client) =>
    (await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'name' }))).Body!.transformToString();
  expect(await Promise.all(clients.map(read))).toEqual(['lab 0', 'lab 1']);
  server.unregister(labs[1].wire);
  await expect(read(clients[1])).rejects.toMatchObject({ name: 'InvalidAccessKeyId' });
  expect(await read(clients[0])).toBe('lab 0');
});

test('a server that was closed answers no more, not even on an open connection', async () => {
  const lab = await labWithBucket();
  lab.s3.putObject(BUCKET, 'name', Buffer.from('x'));
  const client = new S3Client(lab.client(lab.iam.issueOperatorKey()));
  await client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'name' }));
  await lab.stop();
  await expect(client.send(new GetObjectCommand({ Bucket: BUCKET, Key: 'name' }))).rejects.toThrow('ECONNREFUSED');
});
