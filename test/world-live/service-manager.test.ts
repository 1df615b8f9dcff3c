import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
