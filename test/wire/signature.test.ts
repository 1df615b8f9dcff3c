import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as sfn from '@aws-sdk/client-sfn';
import type { AccessKey } from '../../lab/kernel/access-key';
import { service, TinyLab } from './lab';

const ROLE = 'Role';
const BUCKET = 'bucket';
let lab: TinyLab;
let roleArn: string;

beforeAll(async () => {
  const states = service(sfn, 'SFNClient', 'states', { StartExecution: () => ({ executionArn: 'e', startDate: new Date(0) }) });
  lab = await new TinyLab().start([states]);
  lab.s3.createBucket(BUCKET);
  roleArn = await lab.role(ROLE, [{ Effect: 'Allow', Action: ['s3:*', 'test:Call'], Resource: '*' }]);
});
afterAll(() => lab.stop());
afterEach(() => {
  lab.wallOffset = 0;
});

interface Sent {
  headers: Record<string, string>;
  body?: unknown;
  path: string;
  query: Record<string, string>;
}

/** Changes a request after the SDK signed it. */
function tampering<T extends S3Client | sfn.SFNClient>(client: T, change: (request: Sent) => void): T {
  const stack = client.middlewareStack as S3Client['middlewareStack'];
  stack.add(
    (next) => (args) => {
      change(args.request as Sent);
      return next(args);
    },
    { step: 'deserialize', priority: 'low' },
  );
  return client;
}

const session = (): AccessKey => lab.iam.issueKey(roleArn, { session: true });
const put = (key: AccessKey, change: (request: Sent) => void = () => {}) =>
  tampering(new S3Client(lab.client(key)), change).send(
    new PutObjectCommand({ Bucket: BUCKET, Key: "a/b c+é'(1)*!.txt", Body: 'hello', Metadata: { author: 'a  b' } }),
  );
const start = (key: AccessKey, change: (request: Sent) => void = () => {}) =>
  tampering(new sfn.SFNClient(lab.client(key)), change).send(new sfn.StartExecutionCommand({ stateMachineArn: 's', input: '{}' }));
const failure = (call: Promise<unknown>) =>
  call.then(
    () => ({ name: 'no error' }),
    (error: { name: string; $metadata: { httpStatusCode: number } }) => ({ name: error.name, status: error.$metadata.httpStatusCode }),
  );

test('requests of the SDK pass, with a session token and without', async () => {
  await expect(put(session())).resolves.toBeDefined();
  await expect(start(session())).resolves.toBeDefined();
  await expect(start(lab.iam.issueKey(roleArn, { session: false }))).resolves.toBeDefined();
  await expect(start(lab.iam.issueOperatorKey())).resolves.toBeDefined();
});

test('a query is part of what is signed, in any order', async () => {
  const change = ({ query }: Sent) => {
    query['x-id'] = 'PutObject2';
  };
  expect(await failure(put(session(), change))).toEqual({ name: 'SignatureDoesNotMatch', status: 403 });
});

test.each<[string, (request: Sent) => void, string]>([
  [
    'the body',
    (request) => {
      request.body = 'hellO';
    },
    'XAmzContentSHA256Mismatch',
  ],
  [
    'the body and its hash',
    (request) => {
      request.body = 'hellO';
      request.headers['x-amz-content-sha256'] = 'a'.repeat(64);
    },
    'XAmzContentSHA256Mismatch',
  ],
  [
    'the path',
    (request) => {
      request.path = `/${BUCKET}/other`;
    },
    'SignatureDoesNotMatch',
  ],
  [
    'a signed header',
    (request) => {
      request.headers['x-amz-meta-author'] = 'b';
    },
    'SignatureDoesNotMatch',
  ],
  [
    'a header of AWS that is added unsigned',
    (request) => {
      request.headers['x-amz-acl'] = 'public-read';
    },
    'SignatureDoesNotMatch',
  ],
  [
    'a signed header that is left out',
    (request) => {
      delete request.headers['x-amz-meta-author'];
    },
    'SignatureDoesNotMatch',
  ],
  [
    'the session token',
    (request) => {
      request.headers['x-amz-security-token'] = 'other';
    },
    'InvalidToken',
  ],
  [
    'the session token, left out',
    (request) => {
      delete request.headers['x-amz-security-token'];
    },
    'InvalidToken',
  ],
  [
    'the hash of the body, left out',
    (request) => {
      delete request.headers['x-amz-content-sha256'];
    },
    'SignatureDoesNotMatch',
  ],
  [
    'the Authorization header, left out',
    (request) => {
      delete request.headers.authorization;
    },
    'AccessDenied',
  ],
])('S3 refuses a request whose changed part is %s', async (_name, change, code) => {
  expect(await failure(put(session(), change))).toMatchObject({ name: code });
});

test('an unsigned payload is refused', async () => {
  const unsigned = (request: Sent) => {
    request.headers['x-amz-content-sha256'] = 'UNSIGNED-PAYLOAD';
  };
  expect(await failure(put(session(), unsigned))).toEqual({ name: 'NotImplemented', status: 501 });
});

test.each<[string, (request: Sent) => void, string]>([
  [
    'the body',
    (request) => {
      request.body = Buffer.concat([request.body as Uint8Array])
        .toString()
        .replace('"s"', '"t"');
    },
    'InvalidSignatureException',
  ],
  [
    'the operation',
    (request) => {
      request.headers['x-amz-target'] = 'AWSStepFunctions.StopExecution';
    },
    'InvalidSignatureException',
  ],
  [
    'the session token, left out',
    (request) => {
      delete request.headers['x-amz-security-token'];
    },
    'UnrecognizedClientException',
  ],
  [
    'the Authorization header, left out',
    (request) => {
      delete request.headers.authorization;
    },
    'MissingAuthenticationTokenException',
  ],
  [
    'the region of the credential',
    (request) => {
      request.headers.authorization = request.headers.authorization.replace('eu-west-1', 'us-east-1');
    },
    'InvalidSignatureException',
  ],
  [
    'the algorithm',
    (request) => {
      request.headers.authorization = 'Basic abc';
    },
    'IncompleteSignatureException',
  ],
])('a JSON service refuses a request whose changed part is %s', async (_name, change, code) => {
  expect(await failure(start(session(), change))).toMatchObject({ name: code });
});

test('a wrong secret and an unknown key are refused', async () => {
  expect(await failure(put({ ...session(), secretAccessKey: 'wrong' }))).toEqual({ name: 'SignatureDoesNotMatch', status: 403 });
  expect(await failure(start({ ...session(), secretAccessKey: 'wrong' }))).toMatchObject({ name: 'InvalidSignatureException' });
  expect(await failure(put({ ...session(), accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' }))).toEqual({ name: 'InvalidAccessKeyId', status: 403 });
  expect(await failure(start({ ...session(), accessKeyId: 'ASIAAAAAAAAAAAAAAAAA' }))).toMatchObject({
    name: 'UnrecognizedClientException',
  });
});

test('a signature for another region is refused', async () => {
  const elsewhere = new sfn.SFNClient({ ...lab.client(session()), region: 'us-east-1' });
  const call = elsewhere.send(new sfn.StartExecutionCommand({ stateMachineArn: 's' }));
  await expect(call).rejects.toThrow('the credential must be scoped to the region eu-west-1, got us-east-1');
});

test('a token of another key is refused', async () => {
  expect(await failure(start({ ...session(), sessionToken: session().sessionToken }))).toMatchObject({
    name: 'UnrecognizedClientException',
  });
});

test('a token for a key that has none is refused', async () => {
  const key = { ...lab.iam.issueKey(roleArn, { session: false }), sessionToken: 'extra' };
  expect(await failure(start(key))).toMatchObject({ name: 'UnrecognizedClientException' });
});

test('keys expire on the clock of the lab', async () => {
  const now = lab.context.clock.now();
  await expect(put(lab.iam.issueKey(roleArn, { session: true, expires: now + 1 }))).resolves.toBeDefined();
  const old = lab.iam.issueKey(roleArn, { session: true, expires: now });
  expect(await failure(put(old))).toEqual({ name: 'ExpiredToken', status: 400 });
  expect(await failure(start(old))).toMatchObject({ name: 'ExpiredTokenException' });
});

test.each([
  [14, 'no error'],
  [16, 'RequestTimeTooSkewed'],
  [-16, 'RequestTimeTooSkewed'],
])('a request signed %i minutes ago ends with %s', async (minutes, name) => {
  lab.wallOffset = minutes * 60_000;
  expect(await failure(put(session()))).toMatchObject({ name });
});

test('S3 needs the hash of the body in a header, and names it', async () => {
  const request = { method: 'GET', path: `/${BUCKET}/a`, body: new Uint8Array() };
  let headers: Record<string, string> = {};
  const key = session();
  const keep = (sent: Sent) => {
    headers = { ...sent.headers };
  };
  await tampering(new S3Client(lab.client(key)), keep)
    .send(new GetObjectCommand({ Bucket: BUCKET, Key: 'a' }))
    .catch(() => {});
  const { 'x-amz-content-sha256': _, ...rest } = headers;
  rest.authorization = rest.authorization.replace('x-amz-content-sha256;', '');
  const response = await lab.wire.handle({ ...request, headers: rest });
  expect(response.status).toBe(400);
  expect(Buffer.from(response.body).toString()).toContain(
    '<Code>InvalidRequest</Code><Message>Missing required header for this request: x-amz-content-sha256</Message>',
  );
});
