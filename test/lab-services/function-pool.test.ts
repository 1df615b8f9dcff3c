import { readCode } from '../../lab/functions/code';
import type { RunnableFunction } from '../../lab/functions/function';
import { FunctionPool, type PoolUser } from '../../lab/functions/function-pool';
import { bundle, removeBundles } from './lab';

const pool = new FunctionPool();
afterAll(async () => {
  await pool.close();
  removeBundles();
});

class User implements PoolUser {
  readonly region = 'eu-west-1';
  readonly keys = new Map<string, string>();
  readonly lines: string[] = [];
  constructor(readonly endpoint = 'http://127.0.0.1:1') {}
  log(name: string, text: string): void {
    this.lines.push(`${name}: ${text}`);
  }
  adoptKey(key: { accessKeyId: string }, roleArn: string): void {
    this.keys.set(key.accessKeyId, roleArn);
  }
  dropKey(accessKeyId: string): void {
    this.keys.delete(accessKeyId);
  }
}

function spec(source: string, more: Partial<RunnableFunction> = {}): RunnableFunction {
  const code = readCode(bundle(source));
  return {
    name: 'f',
    version: '1',
    code,
    handler: 'index.handler',
    timeoutSeconds: 20,
    memoryMb: 128,
    environment: {},
    roleArn: 'role',
    ...more,
  };
}

const call = (event: unknown = {}) => ({ requestId: 'r-1', event: JSON.stringify(event), context: { functionName: 'f' } });
const ECHO_ENV =
  'exports.handler = async (event, context) => ({ event, env: { ...process.env }, name: context.functionName, left: context.getRemainingTimeInMillis() });';

test('runs the bundle with its own environment and nothing of ours', async () => {
  const user = new User();
  const lease = pool.lease(user);

  const result = await lease.invoke(spec(ECHO_ENV, { environment: { MINE: 'yes' } }), call({ a: 1 }));

  const { event, env, name, left } = JSON.parse((result as { payload: string }).payload);
  expect(event).toEqual({ a: 1 });
  expect(name).toBe('f');
  expect(left).toBeGreaterThan(10_000);
  expect(env).toMatchObject({
    MINE: 'yes',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
    AWS_LAMBDA_FUNCTION_NAME: 'f',
  });
  expect(env.PATH).toBeUndefined();
  expect(user.keys).toEqual(new Map([[env.AWS_ACCESS_KEY_ID, 'role']]));
  await lease.release();
  expect(user.keys.size).toBe(0);
});

test('reports what a handler throws, by name', async () => {
  const source =
    "class Refused extends Error { constructor(m) { super(m); this.name = 'Refused'; } } exports.handler = async () => { throw new Refused('no'); };";
  const lease = pool.lease(new User());

  const result = await lease.invoke(spec(source), call());

  expect(result).toEqual({ error: { errorType: 'Refused', errorMessage: 'no', trace: expect.any(Array) } });
  await lease.release();
});

test.each([
  ['a missing handler', 'exports.other = 1;', 'Runtime.HandlerNotFound'],
  ['a bundle that does not load', "throw new TypeError('broken');", 'TypeError'],
  ['process.exit', 'exports.handler = async () => process.exit(1);', 'Runtime.ExitError'],
  ['a crash', 'exports.handler = () => new Promise(() => setTimeout(() => { throw new Error("late"); }, 1));', 'Runtime.ExitError'],
])('reports %s', async (_what, source, errorType) => {
  const lease = pool.lease(new User());

  expect(await lease.invoke(spec(source), call())).toMatchObject({ error: { errorType } });
  await lease.release();
});

test('ends a function that takes too long, and starts anew', async () => {
  const function_ = spec("exports.handler = async (event) => { if (event.hang) for (;;); return 'fine'; };", { timeoutSeconds: 1 });
  const lease = pool.lease(new User());

  const first = await lease.invoke(function_, call({ hang: true }));
  const second = await lease.invoke(function_, call());

  expect(first).toEqual({
    error: { errorType: 'Sandbox.Timedout', errorMessage: 'RequestId: r-1 Error: Task timed out after 1.00 seconds' },
  });
  expect(second).toEqual({ payload: '"fine"' });
  expect(lease.measurements.map(({ cold }) => cold)).toEqual([true, true]);
  await lease.release();
});

test('takes console output to the log', async () => {
  const user = new User();
  const lease = pool.lease(user);

  await lease.invoke(spec("exports.handler = async () => { console.log('seen'); await new Promise((r) => setTimeout(r, 50)); };"), call());

  expect(user.lines.join('')).toContain('f: seen');
  await lease.release();
});

test('calls at once run in two workers; one after the other in one', async () => {
  const counting = spec('let calls = 0; exports.handler = async () => { await new Promise((r) => setTimeout(r, 30)); return ++calls; };');
  const lease = pool.lease(new User());

  const together = await Promise.all([lease.invoke(counting, call()), lease.invoke(counting, call())]);
  const later = await lease.invoke(counting, call());

  expect(together).toEqual([{ payload: '1' }, { payload: '1' }]);
  expect(later).toEqual({ payload: '2' });
  await lease.release();
});

test('the next lab gets the worker warm, for its own role, where code and environment are the same', async () => {
  const counting = spec('let calls = 0; exports.handler = async () => [++calls, process.env.AWS_ACCESS_KEY_ID];');
  const first = pool.lease(new User());
  const one = JSON.parse(((await first.invoke(counting, call())) as { payload: string }).payload);
  await first.release();

  const user = new User();
  const second = pool.lease(user);
  const two = JSON.parse(((await second.invoke({ ...counting, roleArn: 'other' }, call())) as { payload: string }).payload);
  const otherEnvironment = await second.invoke({ ...counting, environment: { X: '1' } }, call());

  expect(one[0]).toBe(1);
  expect(two).toEqual([2, one[1]]);
  expect(user.keys.get(one[1])).toBe('other');
  expect(JSON.parse((otherEnvironment as { payload: string }).payload)[0]).toBe(1);
  const [warm, cold] = second.measurements;
  expect([warm.cold, cold.cold]).toEqual([false, true]);
  process.stdout.write(`warm invoke ${warm.ms.toFixed(1)} ms, cold invoke ${cold.ms.toFixed(1)} ms\n`);
  await second.release();
});

test('a function can be made to crash in the middle of a call, others go on', async () => {
  const waiting = 'exports.handler = () => new Promise((resolve) => setTimeout(() => resolve(1), 600));';
  const lease = pool.lease(new User());
  const calls = [lease.invoke(spec(waiting, { name: 'doomed' }), call()), lease.invoke(spec(waiting, { name: 'other' }), call())];
  await new Promise((resolve) => setTimeout(resolve, 200));

  await lease.crash('doomed');

  expect(await Promise.all(calls)).toEqual([{ error: expect.objectContaining({ errorType: 'Runtime.ExitError' }) }, { payload: '1' }]);
  await lease.release();
});

test('a worker that is in a call when its lab ends is not handed on', async () => {
  const slow = spec('exports.handler = () => new Promise(() => setTimeout(() => {}, 60000));');
  const user = new User();
  const lease = pool.lease(user);
  const pending = lease.invoke(slow, call());
  await new Promise((resolve) => setTimeout(resolve, 300));

  await lease.release();

  expect(await pending).toMatchObject({ error: { errorType: 'Runtime.ExitError' } });
  expect(user.keys.size).toBe(0);
});
