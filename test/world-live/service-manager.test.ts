import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { ScaledClock } from '../../lab/clock/scaled-clock';
import { ServiceManager } from '../../lab/world/live/service-manager';

const errors: unknown[] = [];
let root: string;
let clock: ScaledClock;
let manager: ServiceManager;

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'service-manager-'));
  mkdirSync(path.join(root, 'etc/systemd/system'), { recursive: true });
  clock = new ScaledClock(new Date('2026-01-01T00:00:00Z'), 6000, (error) => errors.push(error));
  manager = new ServiceManager({ clock, directory: root, logDirectory: root, environment: { PATH: process.env.PATH ?? '' } });
});

afterEach(async () => {
  await manager.stopAll(100);
  clock.stop();
  rmSync(root, { recursive: true, force: true });
  expect(errors).toEqual([]);
});

function unit(name: string, text: string): void {
  writeFileSync(path.join(root, 'etc/systemd/system', name), text);
}

test('a machine that is going down starts no service and no timer', async () => {
  unit('tick.service', `[Service]\nType=oneshot\nExecStart=/usr/bin/touch ${root}/ticked\n`);
  unit('tick.timer', '[Timer]\nOnBootSec=60\nOnUnitActiveSec=60\nUnit=tick.service\n');
  await manager.stopAll(100);
  for (const words of [
    ['start', 'tick.service'],
    ['enable', '--now', 'tick.timer'],
    ['restart', 'tick.service'],
  ])
    expect(await manager.systemctl(words)).toMatchObject({ exitCode: 1, output: expect.stringContaining('going down') });
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(existsSync(path.join(root, 'ticked'))).toBe(false);
});

test('a stopped oneshot runs none of its later commands', async () => {
  unit('two.service', `[Service]\nType=oneshot\nExecStart=/bin/sh ${root}/first.sh\nExecStart=/usr/bin/touch ${root}/second\n`);
  writeFileSync(path.join(root, 'first.sh'), `trap 'exit 0' TERM\ntouch ${root}/first\nwhile :; do sleep 0.01; done\n`);
  const started = manager.systemctl(['start', 'two.service']);
  while (!existsSync(path.join(root, 'first'))) await new Promise((resolve) => setTimeout(resolve, 5));
  await manager.systemctl(['stop', 'two.service']);
  await started;
  expect(existsSync(path.join(root, 'second'))).toBe(false);
});

const lines = (file: string) => (existsSync(path.join(root, file)) ? readFileSync(path.join(root, file), 'utf8').trim().split('\n') : []);
const until = async (isTrue: () => boolean) => {
  for (let waited = 0; !isTrue() && waited < 5000; waited += 5) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(isTrue()).toBe(true);
};

test('a time since the end of a run is counted from its end', async () => {
  writeFileSync(path.join(root, 'run.sh'), `date +%s%N >>${root}/runs\nsleep 0.05\ndate +%s%N >>${root}/runs\n`);
  unit('job.service', `[Service]\nType=oneshot\nExecStart=/bin/sh ${root}/run.sh\n`);
  unit('job.timer', '[Timer]\nOnBootSec=1\nOnUnitInactiveSec=600\nAccuracySec=1s\n');
  await manager.systemctl(['start', 'job.timer']);
  await until(() => lines('runs').length >= 4);
  const [, end, next] = lines('runs').map(Number);
  expect(next! - end!).toBeGreaterThan(95e6);
});

test('try-restart leaves alone what does not run, and with --no-block nobody waits', async () => {
  unit('web.service', `[Service]\nExecStart=/bin/sh ${root}/web.sh\n`);
  writeFileSync(path.join(root, 'web.sh'), `trap 'sleep 0.3; exit 0' TERM\necho $$ >>${root}/pids\nwhile :; do sleep 0.01; done\n`);
  expect(await manager.systemctl(['try-restart', 'web.service'])).toMatchObject({ exitCode: 0 });
  expect(lines('pids')).toEqual([]);
  await manager.systemctl(['start', 'web.service']);
  await until(() => lines('pids').length === 1);
  const before = Date.now();
  expect(await manager.systemctl(['--no-block', 'try-restart', 'web.service'])).toMatchObject({ exitCode: 0 });
  expect(Date.now() - before).toBeLessThan(200);
  await until(() => lines('pids').length === 2);
  expect(await manager.systemctl(['--no-block', 'try-restart', 'none.service'])).toMatchObject({ exitCode: 5 });
});

test('a service finds its folders below run, and runs as its user where the lab can make it so', async () => {
  chmodSync(root, 0o755);
  const user = process.getuid?.() === 0 ? 'daemon' : userInfo().username;
  unit('web.service', `[Service]\nUser=${user}\nType=oneshot\nRuntimeDirectory=web\nExecStart=/bin/sh ${root}/web.sh\n`);
  writeFileSync(path.join(root, 'web.sh'), `cd ${root}/run/web && id -un\n`);
  expect(await manager.systemctl(['start', 'web.service'])).toEqual({ exitCode: 0, output: '' });
  expect(lines('web.service.log')).toEqual([user]);
  if (process.getuid?.() !== 0) return;
  unit('none.service', '[Service]\nUser=no-such-user\nExecStart=/bin/true\n');
  expect(await manager.systemctl(['start', 'none'])).toEqual({
    exitCode: 1,
    output: "the machine under the lab has no user 'no-such-user'",
  });
});
