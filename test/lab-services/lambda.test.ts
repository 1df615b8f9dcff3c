import type { Clock } from '../../lab/clock/clock';
import type { Invocation, InvocationResult, RunnableFunction } from '../../lab/functions/function';
import { IamService } from '../../lab/iam';
import { AwsError, type Principal } from '../../lab/kernel/service';
import { type LambdaDeps, LambdaService } from '../../lab/services/lambda';
import { bundle, FakeIam, OPERATOR, removeBundles, START, Stack, simulated, UNTRUSTING } from './lab';

afterAll(removeBundles);

const ROLE: Principal = { kind: 'role', arn: 'arn:aws:iam::111122223333:role/machine' };
const ARN = 'arn:aws:lambda:eu-west-1:111122223333:function:f';
type Body = (spec: RunnableFunction, invocation: Invocation) => InvocationResult | Promise<InvocationResult>;

interface Setup {
  body?: Body;
  iam?: LambdaDeps['iam'];
  serialise?: boolean;
  apiCalls?: () => number;
  context?: ReturnType<typeof simulated>;
}

/** An IAM whose roles are all trusted, without a template that has them. */
function withoutTrust(iam: IamService): LambdaDeps['iam'] {
  return {
    check: (principal, requests) => iam.check(principal, requests),
    attachResourcePolicy: (arn, document, place) => iam.attachResourcePolicy(arn, document, place),
    detachResourcePolicy: (arn) => iam.detachResourcePolicy(arn),
    assume: (arn) => ({ kind: 'role', arn }),
  };
}

/** A service whose functions are the given body, with function `f` created. */
async function lambda({ body = say, iam = new FakeIam(), serialise, apiCalls, context = simulated() }: Setup = {}) {
  const directories: Record<string, string> = { 'one.zip': bundle('exports.handler = 1'), 'two.zip': bundle('exports.handler = 2') };
  const functions = { invoke: async (spec: RunnableFunction, invocation: Invocation) => body(spec, invocation) };
  const service = new LambdaService(context, { assetDirectory: (_bucket, key) => directories[key], functions, iam, serialise, apiCalls });
  const stack = new Stack(service);
  await stack.create('AWS::Lambda::Function', 'F', properties());
  return { service, stack, clock: context.clock };
}

function properties(more: Record<string, unknown> = {}) {
  const Code = { S3Bucket: 'assets', S3Key: 'one.zip' };
  return {
    FunctionName: 'f',
    Code,
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: 'arn:role',
    Environment: { Variables: { STAGE: 'a' } },
    ...more,
  };
}

/** Runs the work as an actor of its own. */
function actor(clock: Clock, work: () => Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    clock.spawn('call', async () => {
      await work();
      resolve();
    });
  });
}

const say: Body = ({ version, environment, code }, { event }) => ({
  payload: JSON.stringify({ version, environment, sha: code.sha256.slice(0, 4), event: JSON.parse(event) }),
});

test('a version keeps the code and environment that it was published with', async () => {
  const { service, stack, clock } = await lambda();
  const version = await stack.create('AWS::Lambda::Version', 'V1', { FunctionName: 'f' });
  await stack.create('AWS::Lambda::Alias', 'A', { FunctionName: 'f', FunctionVersion: '1', Name: 'live' });
  await stack.update(
    'AWS::Lambda::Function',
    'F',
    properties({ Code: { S3Bucket: 'assets', S3Key: 'two.zip' }, Environment: { Variables: { STAGE: 'b' } } }),
    'f',
  );

  const [published, aliased, latest] = await clock.run(async () => [
    await service.invoke(version, { a: 1 }, OPERATOR),
    await service.invoke('f:live', {}, OPERATOR),
    await service.invoke('f', {}, OPERATOR),
  ]);

  expect(version).toBe(`${ARN}:1`);
  expect(published).toMatchObject({ payload: { version: '1', environment: { STAGE: 'a' }, event: { a: 1 } } });
  expect(aliased).toMatchObject({ payload: { version: '1' } });
  expect(latest).toMatchObject({ payload: { version: '$LATEST', environment: { STAGE: 'b' } } });
  expect((latest as { payload: { sha: string } }).payload.sha).not.toBe((published as { payload: { sha: string } }).payload.sha);
});

test('publishing what is published already is an error, as in CloudFormation', async () => {
  const { stack } = await lambda();
  await stack.create('AWS::Lambda::Version', 'V1', { FunctionName: 'f' });

  await expect(stack.create('AWS::Lambda::Version', 'V2', { FunctionName: 'f' })).rejects.toThrow(
    /a version for this Lambda function exists \( 1 \)/,
  );
  await stack.update('AWS::Lambda::Function', 'F', properties({ MemorySize: 256 }), 'f');
  expect(await stack.create('AWS::Lambda::Version', 'V2', { FunctionName: 'f' })).toBe(`${ARN}:2`);
});

test('refuses properties and functions that it does not know', async () => {
  const { service, stack, clock } = await lambda();

  await expect(stack.create('AWS::Lambda::Function', 'G', properties({ VpcConfig: {} }))).rejects.toThrow(
    /the lab does not know the properties VpcConfig/,
  );
  await expect(stack.create('AWS::Lambda::Function', 'G', properties({ Runtime: 'python3.13' }))).rejects.toThrow(
    /'Runtime' must be a nodejs runtime in the lab, got python3.13/,
  );
  await expect(clock.run(() => service.invoke('g', {}, OPERATOR))).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  await expect(clock.run(() => service.invoke('f:9', {}, OPERATOR))).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});

test('a role needs lambda:InvokeFunction on the ARN that it names', async () => {
  const iam = new FakeIam([`lambda:InvokeFunction ${ARN}:1`]);
  const { service, stack, clock } = await lambda({ iam });
  await stack.create('AWS::Lambda::Version', 'V1', { FunctionName: 'f' });

  expect(await clock.run(() => service.invoke(`${ARN}:1`, {}, ROLE))).toMatchObject({ payload: {} });
  await expect(clock.run(() => service.invoke(ARN, {}, ROLE))).rejects.toMatchObject({ code: 'AccessDenied' });
});

describe('permissions of a function', () => {
  const SERVICE: Principal = { kind: 'service', arn: 'events.amazonaws.com' };
  const permission = (more: object = {}) => ({
    Action: 'lambda:InvokeFunction',
    FunctionName: ARN,
    Principal: 'events.amazonaws.com',
    SourceArn: 'arn:aws:events:eu-west-1:111122223333:rule/r',
    ...more,
  });
  const RULE = permission().SourceArn;

  /** With the lab's own IAM. */
  async function permitted(properties: object, { caller = SERVICE, source = RULE }: { caller?: Principal; source?: string } = {}) {
    const context = simulated();
    const iam = new IamService(context);
    const { service, stack } = await lambda({ iam: withoutTrust(iam), context });
    const ref = await stack.create('AWS::Lambda::Permission', 'P', properties as Record<string, unknown>);
    const call = async () => {
      try {
        await context.clock.run(() => service.invoke(ARN, {}, caller, source));
        return 'allowed';
      } catch (error) {
        return (error as AwsError).code;
      }
    };
    return { call, ref, stack, iam };
  }

  test('let a service call it for the source', async () => {
    const { call, iam } = await permitted(permission());

    expect(await call()).toBe('allowed');
    expect(iam.decisions).toMatchObject([{ action: 'lambda:InvokeFunction', resource: ARN, allowed: true, statement: { by: 'resource' } }]);
  });

  test.each<[string, object, { caller?: Principal; source?: string }]>([
    ['another source', {}, { source: 'arn:aws:events:eu-west-1:111122223333:rule/other' }],
    ['another service', {}, { caller: { kind: 'service', arn: 'sns.amazonaws.com' } }],
    ['another account', { SourceAccount: '999999999999' }, {}],
    ['a permission of another qualifier', { FunctionName: `${ARN}:live` }, {}],
  ])('do not let %s', async (_what, more, given) => {
    const context = simulated();
    const { service, stack } = await lambda({ iam: withoutTrust(new IamService(context)), context });
    await stack.create('AWS::Lambda::Version', 'V', { FunctionName: 'f' });
    await stack.create('AWS::Lambda::Alias', 'A', { FunctionName: 'f', FunctionVersion: '1', Name: 'live' });
    await stack.create('AWS::Lambda::Permission', 'P', permission(more));

    const { caller = SERVICE, source = RULE } = given;
    await expect(context.clock.run(() => service.invoke(ARN, {}, caller, source))).rejects.toMatchObject({ code: 'AccessDenied' });
  });

  test('end with their deletion', async () => {
    const { call, ref, stack } = await permitted(permission());
    await stack.delete('AWS::Lambda::Permission', ref);

    expect(await call()).toBe('AccessDenied');
  });
});

test('a function needs a role that trusts Lambda', async () => {
  const { stack } = await lambda();

  await expect(stack.create('AWS::Lambda::Function', 'G', properties({ FunctionName: 'g', Role: UNTRUSTING }))).rejects.toThrow(
    /lambda.amazonaws.com is not authorized to assume the role/,
  );
});

test('simulated calls run one at a time and are charged, the first one more', async () => {
  const running: string[] = [];
  const body: Body = async (_spec, { event }) => {
    running.push(`begin ${event}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    running.push(`end ${event}`);
    return { payload: '1' };
  };
  const { service, clock } = await lambda({ body });

  await clock.run(async () => {
    const done = [1, 2, 3].map((number) => actor(clock, () => service.invoke('f', number, OPERATOR)));
    await clock.waitFor(Promise.all(done));
  });

  expect(running).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3']);
  const took = clock.now() - START.getTime();
  expect(took).toBeGreaterThanOrEqual(400);
  expect(took).toBeLessThan(1_500);
});

test('the API calls of a simulated function are charged one by one', async () => {
  let calls = 0;
  const body: Body = async () => {
    calls += 100;
    return { payload: '1' };
  };
  const { service, clock } = await lambda({ body, apiCalls: () => calls });
  await clock.run(() => service.invoke('f', 1, OPERATOR));
  const took = clock.now() - START.getTime();
  expect(took).toBeGreaterThan(400 + 100 * 10);
  expect(took).toBeLessThan(1_200 + 100 * 120);
});

test('a function that calls another one does not wait for its own end', async () => {
  const inner = async () =>
    service.operations.Invoke.handle(
      { FunctionName: 'f', Payload: Buffer.from('"inner"') },
      { principal: { kind: 'role', arn: 'arn:role' }, requestId: 'r', headers: {} },
    );
  const { service, clock } = await lambda({
    body: async (_spec, { event }) => {
      if (event === '"outer"') await inner();
      return { payload: event };
    },
  });

  expect(await clock.run(() => service.invoke('f', 'outer', OPERATOR))).toEqual({ payload: 'outer' });
});

test('with serialise off, simulated calls interleave', async () => {
  const running: string[] = [];
  const body: Body = async (_spec, { event }) => {
    running.push(`begin ${event}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return { payload: '1' };
  };
  const { service, clock } = await lambda({ body, serialise: false });

  await clock.run(async () => {
    const done = [1, 2].map((number) => actor(clock, () => service.invoke('f', number, OPERATOR)));
    expect(running).toEqual(['begin 1', 'begin 2']);
    await clock.waitFor(Promise.all(done));
  });
});

test('an asynchronous call that fails is retried after one minute and two more', async () => {
  const at: number[] = [];
  const { service, clock } = await lambda({
    body: () => {
      at.push(Math.floor((clock.now() - START.getTime()) / 60_000));
      return { error: { errorType: 'Error', errorMessage: 'no' } };
    },
  });

  await clock.run(async () => {
    service.invokeAsync('f', {}, OPERATOR);
    await clock.sleep(3_600_000);
  });

  expect(at).toEqual([0, 1, 3]);
});

test('an EventInvokeConfig bounds the retries', async () => {
  let calls = 0;
  const { service, stack, clock } = await lambda({
    body: () => {
      calls++;
      return { error: { errorType: 'Error', errorMessage: 'no' } };
    },
  });
  await stack.create('AWS::Lambda::EventInvokeConfig', 'C', { FunctionName: 'f', Qualifier: '$LATEST', MaximumRetryAttempts: 0 });

  await clock.run(async () => {
    service.invokeAsync('f', {}, OPERATOR);
    await clock.sleep(3_600_000);
  });

  expect(calls).toBe(1);
});

test('over the reserved concurrency a call is throttled', async () => {
  const { service, stack, clock } = await lambda({ serialise: false });
  await stack.update('AWS::Lambda::Function', 'F', properties({ ReservedConcurrentExecutions: 0 }), 'f');

  await expect(clock.run(() => service.invoke('f', {}, OPERATOR))).rejects.toMatchObject({ code: 'TooManyRequestsException' });

  await stack.update('AWS::Lambda::Function', 'F', properties({ ReservedConcurrentExecutions: 1 }), 'f');
  for (const _ of [1, 2]) expect(await clock.run(() => service.invoke('f', {}, OPERATOR))).toMatchObject({ payload: {} });
});

test('a listener may fail a call before the function runs', async () => {
  const { service, clock } = await lambda();
  service.onInvoke(({ arn, payload }) => {
    if (arn === ARN && (payload as { bad?: boolean }).bad) throw new AwsError('ServiceException', 'as injected');
  });

  await expect(clock.run(() => service.invoke('f', { bad: true }, OPERATOR))).rejects.toMatchObject({ code: 'ServiceException' });
  expect(await clock.run(() => service.invoke('f', {}, OPERATOR))).toMatchObject({ payload: {} });
});

describe('Invoke on the wire', () => {
  const CALL = { principal: OPERATOR, requestId: 'r', headers: {} };

  test('answers with status, version and payload', async () => {
    const { service, clock } = await lambda();
    const { Invoke } = service.operations;

    const answer = await clock.run(async () => Invoke.handle({ FunctionName: ARN, Payload: Buffer.from('{"a":2}') }, CALL));

    expect(Invoke.authorize({ FunctionName: 'f' }, CALL)).toEqual([{ action: 'lambda:InvokeFunction', resource: ARN }]);
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(JSON.parse(Buffer.from(answer.Payload).toString())).toMatchObject({ event: { a: 2 } });
  });

  test('says FunctionError for an error of the function', async () => {
    const { service, clock } = await lambda({ body: () => ({ error: { errorType: 'E', errorMessage: 'm' } }) });

    const answer = await clock.run(async () => service.operations.Invoke.handle({ FunctionName: 'f' }, CALL));

    expect(answer.FunctionError).toBe('Unhandled');
    expect(JSON.parse(Buffer.from(answer.Payload).toString())).toEqual({ errorType: 'E', errorMessage: 'm' });
  });

  test('takes an event and answers 202', async () => {
    const events: string[] = [];
    const { service, clock } = await lambda({ body: (_spec, { event }) => ({ payload: String(events.push(event)) }) });

    const answer = await clock.run(async () =>
      service.operations.Invoke.handle({ FunctionName: 'f', InvocationType: 'Event', Payload: Buffer.from('7') }, CALL),
    );
    await clock.run(() => clock.sleep(5_000));

    expect(answer).toEqual({ StatusCode: 202 });
    expect(events).toEqual(['7']);
  });
});
