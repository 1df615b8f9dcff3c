import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { withSteps } from './step-release';
import { type BuiltRelease, message, pointer, type Result, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const POINTER = 'artifacts/fleets/shop/stable';
const EPOCH = 7;

let aws: TinyAws;
let host: TestHost;
beforeAll(async () => {
  aws = await TinyAws.start();
});
afterAll(() => aws.stop());
beforeEach(() => {
  aws.reset();
  host = new TestHost(aws, { LOCK_SECONDS: '1' });
});
afterEach(() => host.remove());

/** A release with these files that is staged on the host, and the candidate of its group. */
async function staged(files: Readonly<Record<string, string>>, phase = 'maintenance'): Promise<BuiltRelease> {
  const release = withSteps('v7', files);
  upload(aws, release);
  aws.put(POINTER, pointer(EPOCH, phase, undefined, release));
  expect(await host.stage(release, EPOCH)).toMatchObject({ exitCode: 0, stderr: '' });
  return release;
}

function outcome(result: Result): [number | undefined, string] {
  return [result.exitCode, message(result)];
}

describe('maintenance', () => {
  const flag = () => path.join(host.app, '.asg-canary/maintenance');

  test('is switched on and off by a file that the web server can see, as often as one likes', async () => {
    const release = await staged({});
    for (const _ of [1, 2]) expect(await host.step('maintenance-on', release, EPOCH)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(statSync(flag()).mode & 0o777).toBe(0o644);
    expect(statSync(path.dirname(flag())).mode & 0o777).toBe(0o755);
    expect(readFileSync(flag(), 'utf8')).toBe('epoch=7\n');
    await host.run(['prune']);
    expect(existsSync(flag())).toBe(true);
    for (const _ of [1, 2]) expect(await host.step('maintenance-off', release, EPOCH)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(existsSync(flag())).toBe(false);
  });

  test.each(['checking', 'deploying', 'promoted', 'migrated', 'idle'])(
    'does not begin while the pointer says %s: the order came too late',
    async (phase) => {
      const release = await staged({}, phase);
      expect(outcome(await host.step('maintenance-on', release, EPOCH))).toEqual([
        77,
        `maintenance-on is for the phase maintenance, and the pointer has phase=${phase}`,
      ]);
      expect(existsSync(flag())).toBe(false);
    },
  );

  test('ends by itself where the order to end it did not come: at rest no page is up', async () => {
    const release = await staged({});
    await host.step('maintenance-on', release, EPOCH);
    aws.put(POINTER, pointer(EPOCH, 'idle', release));
    expect(await host.run(['sync'])).toMatchObject({ exitCode: 0 });
    expect(existsSync(flag())).toBe(false);
  });

  test('is shown by a host that boots in the middle of it', async () => {
    const release = withSteps('v7', {});
    upload(aws, release);
    aws.put(POINTER, pointer(EPOCH, 'maintenance', release, withSteps('v8', {})));
    expect(await host.run(['sync', '--boot'])).toMatchObject({ exitCode: 0 });
    expect(existsSync(flag())).toBe(true);
    aws.put(POINTER, pointer(EPOCH, 'idle', release));
    await host.run(['sync']);
    expect(existsSync(flag())).toBe(false);
  });

  test('stops cron and consumers, and starts them again', async () => {
    const release = await staged({});
    const bin = path.join(host.root, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'systemctl'), '#!/bin/sh\necho "$@" >>"$ASG_CANARY_ROOT/calls"\n', { mode: 0o755 });
    writeFileSync(
      path.join(host.root, 'etc/asg-canary/jobs.conf'),
      'OWNER=apache\ntimer shop-cron 60 php cron\nservice orders php orders\n',
    );
    const environment = { PATH: `${bin}:${process.env.PATH}` };
    for (const name of ['maintenance-on', 'maintenance-off']) {
      expect(await host.step(name, release, EPOCH, environment)).toMatchObject({ exitCode: 0 });
    }
    const calls = readFileSync(path.join(host.root, 'calls'), 'utf8');
    expect(calls).toBe('stop shop-cron.timer orders.service\nstart shop-cron.timer orders.service\n');
  });

  test('ends without the pointer, by an older epoch, and for a release that is not here', async () => {
    const release = await staged({});
    await host.step('maintenance-on', release, EPOCH);
    aws.objects.clear();
    expect(await host.step('maintenance-off', withSteps('v1', {}), 1)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect(existsSync(flag())).toBe(false);
  });

  test('ends while a step holds its lock', async () => {
    const release = await staged({ backup: 'touch "$APP_DIR/begun"; while [ ! -e "$APP_DIR/go-on" ]; do sleep .05; done' });
    await host.step('maintenance-on', release, EPOCH);
    const backup = host.step('backup', release, EPOCH);
    while (!existsSync(path.join(host.app, 'begun'))) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await host.step('maintenance-off', release, EPOCH)).toMatchObject({ exitCode: 0 });
    writeFileSync(path.join(host.app, 'go-on'), '');
    expect(await backup).toMatchObject({ exitCode: 0 });
    expect(existsSync(flag())).toBe(false);
  });
});
