import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { archive } from './archive';
import { Killer } from './killer';
import { built, message, pointer, TestHost, upload } from './test-host';
import { TinyAws } from './tiny-aws';

const step = (name: string, text: string) => ({
  name: `.asg-canary/${name}`,
  content: `#!/usr/bin/env bash\nset -euo pipefail\n${text}\n`,
  mode: 0o755,
});
const RAN = 'echo ran >>"$APP_DIR/ran-$(basename "$0")"';
const v7 = built(
  'v7',
  archive([
    step('check-database', 'exit 2'),
    step('list-changes', "printf 'ADD a\\nADD b\\n'"),
    { name: '.asg-canary/compatible', content: 'ADD b\n' },
    ...['backup', 'migrate', 'after-promotion'].map((name) => step(name, RAN)),
  ]),
);

let aws: TinyAws;
let scratch: string;
let killer: Killer;
let start: TestHost;
beforeAll(async () => {
  scratch = mkdtempSync(path.join(tmpdir(), 'asg-canary-step-kill-'));
  killer = new Killer(scratch);
  aws = await TinyAws.start();
  upload(aws, v7);
  aws.put('artifacts/fleets/shop/stable', pointer(7, 'maintenance', undefined, v7));
  start = new TestHost(aws);
  expect(await start.stage(v7, 7)).toMatchObject({ exitCode: 0 });
});
afterAll(async () => {
  start.remove();
  rmSync(scratch, { recursive: true });
  await aws.stop();
});

function text(host: TestHost, file: string): string {
  return existsSync(path.join(host.app, file)) ? host.file(file) : '';
}

/** Kills a step in every state of the disk (a migration at every command), each on a host of its own, and tells how the next run ended. */
async function killEverywhere(
  name: string,
  check: (host: TestHost, next: { exitCode?: number; said: string; stdout: string }) => void,
  before = '',
) {
  const prepared = async () => {
    const host = start.copy();
    if (before !== '') expect(await host.step(before, v7, 7)).toMatchObject({ exitCode: 0 });
    return host;
  };
  const undisturbed = await prepared();
  const run = async (environment: Record<string, string>) => {
    expect(await undisturbed.step(name, v7, 7, environment)).toMatchObject({ exitCode: 0 });
  };
  const points = await (name === 'migrate' ? killer.everyPoint(run) : killer.points(undisturbed.root, run));
  undisturbed.remove();
  expect(points.length).toBeGreaterThan(name === 'migrate' ? 50 : 2);
  const rest = points.values();
  const work = async () => {
    for (const point of rest) {
      const host = await prepared();
      expect({ point, exitCode: (await host.step(name, v7, 7, killer.at(point))).exitCode }).toEqual({ point, exitCode: undefined });
      const next = await host.step(name, v7, 7);
      check(host, { exitCode: next.exitCode, said: message(next), stdout: next.stdout });
      host.remove();
    }
  };
  await Promise.all([work(), work(), work()]);
}

test('check, killed anywhere, changes nothing, and the next one says what the first would have', async () => {
  const stdout = 'asg-canary-database 1\ndatabase=pending\nchanges=1\ndeclared=1\nchange=ADD a\n';
  await killEverywhere('check', (_host, next) => expect(next).toEqual({ exitCode: 0, said: '', stdout }));
}, 240_000);

test('migrate, killed at any command, is never begun twice, and the next one tells which it is', async () => {
  const endings = new Set<string>();
  await killEverywhere('migrate', (host, next) => {
    const ran = text(host, 'ran-migrate').split('\n').length - 1;
    const recorded = text(host, '.asg-canary/steps/7-migrate');
    endings.add(`${next.exitCode} ${next.said}`);
    if (next.exitCode === 0) expect([ran, recorded]).toEqual([1, 'release=v7\nexit=0\nmessage=\n']);
    else expect([ran, recorded]).toEqual([expect.any(Number), 'release=v7\nexit=\nmessage=\n']);
    expect(ran).toBeLessThanOrEqual(1);
  });
  expect([...endings].sort()).toEqual(['0 ', '70 migrate of v7 was begun and did not end']);
}, 240_000);

test('maintenance-on, killed anywhere, is on or off, and the next one switches it on', async () => {
  await killEverywhere('maintenance-on', (host, next) => {
    expect(next).toEqual({ exitCode: 0, said: '', stdout: '' });
    expect(readFileSync(path.join(host.app, '.asg-canary/maintenance'), 'utf8')).toBe('epoch=7\n');
  });
}, 240_000);

test('maintenance-off, killed anywhere, is on or off, and the next one switches it off', async () => {
  await killEverywhere(
    'maintenance-off',
    (host, next) => {
      expect(next).toEqual({ exitCode: 0, said: '', stdout: '' });
      expect(host.list('.asg-canary').filter((name) => name.startsWith('maintenance') && name !== 'maintenance.lock')).toEqual([]);
    },
    'maintenance-on',
  );
}, 240_000);
