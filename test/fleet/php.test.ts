import { spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { Duration } from 'aws-cdk-lib';
import { fleetTemplate, userDataOf } from './fleet-stack';
import { Machine } from './machine';

const ROOT = path.join(__dirname, '..', '..');
const FETCHED = /^fetch (\S+) (\S+) ([0-9a-f]{64}) "\$ASG_CANARY_ROOT\/opt\/asg-canary\/(\S+)" (\d+)$/gm;

/** Boots an instance up to the first run of the host program, with what `assets/host` holds. */
async function booted(script: string): Promise<Machine> {
  const objects = [...script.matchAll(FETCHED)].map(([, bucket, key, , name]) => [
    `/${bucket}/${key}`,
    readFileSync(path.join(ROOT, 'assets/host', name)),
  ]);
  const machine = await Machine.start(Object.fromEntries(objects));
  const { exitCode, stderr } = await machine.boot(script.replace(/"\S+asg-canary-host" sync --boot/, 'true'));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return machine;
}

test('an instance of a PHP fleet gets the hook, pinned by its digest, and its configuration', async () => {
  const php = {
    entry: 'pub/index.php',
    sharedDirectories: ['pub/media', 'var'],
    sharedFiles: ['app/etc/env.php', '.env'],
    sharedOwner: 'www-data',
    fpmSocket: '/run/php/fpm.sock',
    fpmPidFile: '/run/php/fpm.pid',
    prewarm: ['generated', 'vendor'],
    prewarmTimeout: Duration.minutes(2),
    warmPaths: ['/', '/a.html?b=c'],
    warmBaseUrl: 'https://shop.example.com',
  };
  const machine = await booted(userDataOf(fleetTemplate({ php, port: 8080 }), 'stable'));
  expect(machine.read('etc/asg-canary/host.conf')).toMatch(/\nHOOK=\/opt\/asg-canary\/asg-canary-php\nHOOK_SECONDS=180\n$/);
  expect(machine.read('etc/asg-canary/php.conf').split('\n')).toEqual([
    'ENTRY=pub/index.php',
    'FPM_SOCKET=/run/php/fpm.sock',
    'FPM_PID_FILE=/run/php/fpm.pid',
    'SHARED_DIRS=pub/media var',
    'SHARED_FILES=app/etc/env.php .env',
    'WRITABLE=',
    'SHARED_OWNER=www-data',
    'PREWARM=generated vendor',
    'PREWARM_SECONDS=120',
    'WARM_URLS=http://10.1.2.3:8080/ http://10.1.2.3:8080/a.html?b=c',
    'WARM_BASE_URL=https://shop.example.com',
    '',
  ]);
  for (const name of ['asg-canary-php', 'php/fastcgi.php', 'php/in-fpm.php', 'php/check-nginx.php']) {
    expect(machine.read(`opt/asg-canary/${name}`)).toBe(readFileSync(path.join(ROOT, 'host', name), 'utf8'));
  }
  expect(statSync(path.join(machine.root, 'opt/asg-canary/asg-canary-php')).mode & 0o777).toBe(0o755);
  machine.stop();
});

test('the hook takes the configuration that is the default', async () => {
  const machine = await booted(userDataOf(fleetTemplate({ php: {} }), 'canary'));
  const folder = path.join(machine.root, 'srv/app/releases/v1');
  const { stdout } = spawnSync('bash', [
    '-c',
    `mkdir -p "$1" && ASG_CANARY_ROOT="$2" "$2/opt/asg-canary/asg-canary-php" unpacked v1 "$1"`,
    'bash',
    folder,
    machine.root,
  ]);
  expect(stdout.toString()).toBe("the release has no index.php, which 'ENTRY' names\n");
  machine.stop();
});

test('instances may read the files of the hook', () => {
  const roles = JSON.stringify(fleetTemplate({ php: {} }).findResources('AWS::IAM::Role'));
  const keys = [...userDataOf(fleetTemplate({ php: {} }), 'stable').matchAll(FETCHED)].map(([, , key]) => key);
  expect(keys).toHaveLength(5);
  for (const key of keys) expect(roles).toContain(key);
});

test('a fleet without PHP has no hook', () => {
  expect(userDataOf(fleetTemplate(), 'stable')).not.toMatch(/^HOOK|php/m);
});

test('the hook leaves most of the room of user data to setup commands', () => {
  expect(() => fleetTemplate({ php: {}, setupCommands: [`: ${'x'.repeat(8_000)}`] })).not.toThrow();
});
