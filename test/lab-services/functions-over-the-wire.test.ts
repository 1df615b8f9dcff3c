import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { GetExecutionHistoryCommand, SFNClient } from '@aws-sdk/client-sfn';
import { buildSync } from 'esbuild';
import { FunctionPool } from '../../lab/functions/function-pool';
import type { AccessKey } from '../../lab/kernel/access-key';
import { LambdaService } from '../../lab/services/lambda';
import { StepFunctionsService } from '../../lab/services/stepfunctions';
import { serveWire, Wire, type WireAddress, type WireCall, WireServer } from '../../lab/wire';
import { FakeIam, Stack, simulated } from './lab';

const SOURCE = `
  import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
  const client = new SFNClient({});
  export const handler = async ({ machine, name }) => {
    try {
      const { executionArn } = await client.send(new StartExecutionCommand({ stateMachineArn: machine, name, input: '{}' }));
      return { executionArn };
    } catch (error) {
      return { refused: error.name };
    }
  };`;
const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:m';

const folder = mkdtempSync(path.join(tmpdir(), 'wire-'));
const pool = new FunctionPool();
const server = new WireServer();
let address: WireAddress;

beforeAll(async () => {
  writeFileSync(path.join(folder, 'source.ts'), SOURCE);
  const root = path.join(__dirname, '..', '..');
  buildSync({
    entryPoints: [path.join(folder, 'source.ts')],
    outfile: path.join(folder, 'out', 'index.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    nodePaths: [path.join(root, 'node_modules')],
  });
  address = await serveWire(server);
});

afterAll(async () => {
  await pool.close();
  await address.close();
  rmSync(folder, { recursive: true });
});

/** A lab of two services, with function `f` of the bundle and machine `m` that calls it and then waits. */
async function lab(allowed: string[] | 'all' = 'all') {
  const context = simulated();
  const keys = new Map<string, { key: AccessKey; roleArn: string }>();
  const iam = new FakeIam(allowed);
  const lease = pool.lease({
    endpoint: address.url,
    region: context.region,
    log: () => {},
    adoptKey: (key, roleArn) => void keys.set(key.accessKeyId, { key, roleArn }),
    dropKey: (accessKeyId) => void keys.delete(accessKeyId),
  });
  const lambda = new LambdaService(context, { assetDirectory: () => path.join(folder, 'out'), functions: lease, iam });
  const noBuilds = () => {
    throw new Error('no builds here');
  };
  const states = new StepFunctionsService(context, {
    lambda,
    iam,
    codeBuild: { startBuild: noBuilds, waitForBuild: noBuilds, stopBuild: noBuilds },
  });
  const wire = new Wire(context, {
    services: [lambda, states],
    iam: {
      key: (accessKeyId) => keys.get(accessKeyId)?.key,
      principalOf: (accessKeyId) => ({ kind: 'role', arn: keys.get(accessKeyId)?.roleArn ?? 'nobody' }),
      check: (principal, requests) => iam.check(principal, requests),
    },
  });
  const calls: WireCall[] = [];
  wire.onCall((call) => void calls.push(call));
  server.register(wire);
  const stack = new Stack(lambda, states);
  await stack.create('AWS::Lambda::Function', 'F', {
    FunctionName: 'f',
    Code: { S3Bucket: 'b', S3Key: 'k' },
    Handler: 'index.handler',
    Runtime: 'nodejs24.x',
    Role: 'arn:function-role',
    Timeout: 20,
  });
  const arn = await stack.create('AWS::Lambda::Version', 'V', { FunctionName: 'f' });
  const definition = {
    StartAt: 'T',
    States: { T: { Type: 'Task', Resource: arn, Next: 'W' }, W: { Type: 'Wait', Seconds: 60, End: true } },
  };
  await stack.create('AWS::StepFunctions::StateMachine', 'M', {
    StateMachineName: 'm',
    RoleArn: 'arn:machine-role',
    DefinitionString: JSON.stringify(definition),
  });
  return {
    context,
    states,
    calls,
    keys,
    lease,
    asked: iam.asked,
    end: async () => {
      server.unregister(wire);
      await lease.release();
    },
  };
}

test('an execution calls a function, whose SDK client calls the lab as its own role', async () => {
  const { context, states, calls, end } = await lab();
  const { clock } = context;

  const described = await clock.run(() => {
    const { executionArn } = states.startExecution(MACHINE, { machine: MACHINE, name: 'e-1' }, 'e-1');
    return clock.waitFor(states.waitForExecution(executionArn));
  });

  // The machine starts itself by the same name with another input: refused, through the wire's own error shape.
  expect(JSON.parse(described.output as string)).toEqual({ refused: 'ExecutionAlreadyExists' });
  expect(calls).toMatchObject([{ service: 'states', operation: 'StartExecution', principal: { kind: 'role', arn: 'arn:function-role' } }]);
  await end();
});

test('an SDK client reads the history as AWS gives it', async () => {
  const { context, states, keys, end } = await lab();
  const { clock } = context;
  const { executionArn } = await clock.run(() =>
    clock.waitFor(states.waitForExecution(states.startExecution(MACHINE, { machine: MACHINE }, 'e').executionArn)),
  );
  const [{ key }] = keys.values();
  const client = new SFNClient({ region: 'eu-west-1', endpoint: address.url, credentials: { ...key } });

  const { events } = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 3 }));

  expect(events).toMatchObject([
    {
      id: 1,
      previousEventId: 0,
      type: 'ExecutionStarted',
      timestamp: new Date('2026-01-02T03:04:05.000Z'),
      executionStartedEventDetails: { roleArn: 'arn:machine-role' },
    },
    { id: 2, previousEventId: 0, type: 'TaskStateEntered', stateEnteredEventDetails: { name: 'T' } },
    {
      id: 3,
      previousEventId: 2,
      type: 'LambdaFunctionScheduled',
      lambdaFunctionScheduledEventDetails: { input: JSON.stringify({ machine: MACHINE }) },
    },
  ]);
  client.destroy();
  await end();
});

test('the same seed gives the same history, twice, with the second run warm', async () => {
  const histories: string[] = [];
  let cold: boolean[] = [];
  for (const _ of [1, 2]) {
    const { context, states, lease, end } = await lab();
    const { clock } = context;
    await clock.run(() =>
      clock.waitFor(states.waitForExecution(states.startExecution(MACHINE, { machine: 'arn:none' }, 'e').executionArn)),
    );
    histories.push(JSON.stringify(states.history('arn:aws:states:eu-west-1:111122223333:execution:m:e')));
    cold = lease.measurements.map((measurement) => measurement.cold);
    await end();
  }

  expect(histories[0]).toBe(histories[1]);
  expect(cold).toEqual([false]);
});

test('what the role may not do is AccessDenied, in the function and in the machine', async () => {
  const functionArn = 'arn:aws:lambda:eu-west-1:111122223333:function:f:1';
  const first = await lab([`lambda:InvokeFunction ${functionArn}`]);
  const run = ({ context: { clock }, states }: typeof first) =>
    clock.run(() => clock.waitFor(states.waitForExecution(states.startExecution(MACHINE, { machine: MACHINE }, 'e').executionArn)));

  expect(JSON.parse((await run(first)).output as string)).toEqual({ refused: expect.stringMatching(/^AccessDenied/) });
  await first.end();
  const second = await lab([]);
  expect(await run(second)).toMatchObject({
    status: 'FAILED',
    error: 'Lambda.AWSLambdaException',
    cause: expect.stringContaining(functionArn),
  });
  await second.end();
});
