import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { build, message, PLACEHOLDER, PROGRAM, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const POINTER = 'artifacts/fleets/shop/stable';
const [v1, v2] = [build('v1'), build('v2')];
let aws: TinyAws;
let host: TestHost;
beforeAll(async () => {
  aws = await TinyAws.start();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.reset();
  upload(aws, v1, v2);
  aws.put('assets/placeholder.tar.gz', PLACEHOLDER.archive);
  host = new TestHost(aws, { LOCK_SECONDS: '1' });
});
afterEach(() => host.remove());

test('a command that cannot get the lock says so, and status needs none', async () => {
  const lock = path.join(host.app, '.asg-canary/lock');
  mkdirSync(path.dirname(lock), { recursive: true });
  const holder = spawn('flock', [lock, 'sh', '-c', 'echo held; exec sleep 600'], { stdio: ['ignore', 'pipe', 'ignore'], detached: true });
  await once(holder.stdout, 'data');
  const result = await host.stage(v1, 1);
  expect([result.exitCode, message(result)]).toEqual([75, 'another command has held the lock for 1 s']);
  expect(await host.run(['status'])).toMatchObject({ exitCode: 0 });
  process.kill(-holder.pid!, 'SIGKILL');
  await once(holder, 'close');
  expect(await host.stage(v1, 1)).toMatchObject({ exitCode: 0 });
});

test('going back waits for the activation that it is to undo', async () => {
  aws.put(POINTER, pointer(1, 'promoting', undefined, v1));
  await host.activate(v1, 1);
  aws.put(POINTER, pointer(2, 'promoting', v1, v2));
  aws.faults.set('artifacts/releases/v2/release.tar.gz', ['stall']);
  const activation = host.activate(v2, 2);
  while (aws.goOn.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const revert = host.revert(v2, 2);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  aws.goOn.pop()!();
  expect([(await activation).exitCode, (await revert).exitCode]).toEqual([0, 0]);
  expect(await host.status()).toMatchObject({ release: 'v1', bad: ['v2'] });
});

test('commands at the same moment run one after the other', async () => {
  host.writeConfig(host.configText().replace('LOCK_SECONDS=1', 'LOCK_SECONDS=60'));
  aws.put(POINTER, pointer(1, 'promoting', v1, v2));
  const results = await Promise.all([
    host.activate(v2, 1),
    host.activate(v2, 1),
    host.stage(v1, 1),
    host.stage(v2, 1),
    host.run(['sync']),
    host.run(['prune', '--keep', '3']),
  ]);
  expect(results.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0]);
  expect(await host.status()).toMatchObject({ release: 'v2', staged: ['v1', 'v2'] });
  const journal = host.file('.asg-canary/journal').trim().split('\n');
  const runs = journal.map((line) => line.split(' ')[1]);
  expect(runs.filter((pid, index) => pid !== runs[index - 1])).toHaveLength(6);
  expect(aws.requests.filter((request) => request.endsWith('/v2/release.tar.gz'))).toHaveLength(1);
});

test('what a killed command left running keeps the next one out until it has ended', async () => {
  const archive = 'artifacts/releases/v1/release.tar.gz';
  aws.faults.set(archive, ['stall']);
  const args = ['stage', '--release', 'v1', '--sha256', v1.sha256, '--epoch', '1'];
  const child = spawn(PROGRAM, args, { env: host.environment(), stdio: 'ignore' });
  while (aws.goOn.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill('SIGKILL');
  await once(child, 'close');
  expect((await host.stage(v1, 1)).exitCode).toBe(75);
  aws.goOn[0]();
  expect(await host.stage(v1, 1)).toMatchObject({ exitCode: 0 });
  expect(host.list('releases')).toEqual(['v1']);
});

test('a reader of current never misses while releases are switched', async () => {
  const page = path.join(host.app, 'current/index.html');
  aws.put(POINTER, pointer(1, 'promoting', v1, v2));
  await host.activate(v1, 1);
  let switching = true;
  const read = (async () => {
    const seen = new Set<string>();
    while (switching) seen.add(await readFile(page, 'utf8'));
    return [...seen].sort();
  })();
  for (const release of [v2, v1, v2, v1]) expect(await host.activate(release, 1)).toMatchObject({ exitCode: 0 });
  switching = false;
  expect(await read).toEqual(['v1', 'v2']);
});
