import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const EXAMPLES = path.join(__dirname, '..', '..', 'examples');
const SCRIPTS = ['magento-store/count-orders', 'magento-store/mount.sh', 'drupal-site/mount.sh'].map((name) => path.join(EXAMPLES, name));
const hasShellcheck = spawnSync('shellcheck', ['--version']).status === 0;

/** An instance in a folder, where some commands only note how they were called. */
class Instance {
  readonly root = mkdtempSync(path.join(tmpdir(), 'example-host-'));
  private readonly calls = path.join(this.root, 'calls');

  constructor(commands: Record<string, string>) {
    for (const folder of ['bin', 'etc/asg-canary', 'var/log/nginx', 'srv/app/current/var']) {
      mkdirSync(path.join(this.root, folder), { recursive: true });
    }
    writeFileSync(path.join(this.root, 'etc/asg-canary/host.conf'), 'GROUP=canary\nREGION=eu-west-1\n');
    for (const [name, text] of Object.entries(commands)) {
      const file = path.join(this.root, 'bin', name);
      writeFileSync(file, `#!/bin/sh\necho "${name} $*" >>"${this.calls}"\n${text}\n`);
      chmodSync(file, 0o755);
    }
  }

  run(...args: string[]) {
    const { status, stderr } = spawnSync('bash', args, {
      cwd: path.join(this.root, 'srv/app/current'),
      env: { PATH: `${this.root}/bin:${process.env.PATH}`, ASG_CANARY_ROOT: this.root, APP_DIR: `${this.root}/srv/app` },
      encoding: 'utf8',
    });
    return { status, stderr };
  }

  /** How the commands were called since the last time. */
  called(): string[] {
    const lines = existsSync(this.calls) ? readFileSync(this.calls, 'utf8').split('\n').filter(Boolean) : [];
    rmSync(this.calls, { force: true });
    return lines.map((line) => line.replaceAll(this.root, ''));
  }
}

const instances: Instance[] = [];
const instance = (commands: Record<string, string>) => {
  const made = new Instance(commands);
  instances.push(made);
  return made;
};
afterAll(() => {
  for (const { root } of instances) rmSync(root, { recursive: true });
});

(hasShellcheck ? test : test.skip)('shellcheck finds nothing in the scripts of the examples (runs where shellcheck is installed)', () => {
  expect(spawnSync('shellcheck', ['-s', 'bash', '-e', 'SC2154', ...SCRIPTS], { encoding: 'utf8' }).stdout).toBe('');
});

describe('count-orders', () => {
  const request = (time: string, line: string, status: number) =>
    `10.0.1.5 - [2026-01-31T${time}+00:00] "${line} HTTP/1.1" ${status} 512 0.201 "Mozilla/5.0 (X11)" "203.0.113.9"\n`;
  const GUEST = 'POST /rest/default/V1/guest-carts/aB3/payment-information';
  const metric = (name: string, minute: string, value: number) => ({
    MetricName: name,
    Dimensions: [{ Name: 'Group', Value: 'canary' }],
    Timestamp: `2026-01-31T${minute}:00+00:00`,
    Value: value,
  });

  function counter(aws = '') {
    const host = instance({ aws });
    const log = path.join(host.root, 'var/log/nginx/access.log');
    writeFileSync(log, '');
    const count = () => {
      const result = host.run(SCRIPTS[0]!, 'MagentoStore/store');
      const told = host.called().map((line) => {
        const [, words, data] = /^(aws .*) --metric-data (.*)$/.exec(line)!;
        return { words, metrics: JSON.parse(data!) };
      });
      return { ...result, told };
    };
    return { log, count };
  }

  test('tells orders and failed orders by the minute, and nothing else', () => {
    const { log, count } = counter();
    appendFileSync(log, request('10:00:01', GUEST, 200));
    appendFileSync(log, request('10:00:59', 'POST /rest/V1/carts/mine/payment-information', 400));
    appendFileSync(log, request('10:01:00', `${GUEST}?x=1`, 503));
    appendFileSync(log, request('10:01:01', 'POST /rest/default/V1/guest-carts/aB3/set-payment-information', 200));
    appendFileSync(log, request('10:01:02', 'GET /rest/default/V1/guest-carts/aB3/payment-information', 200));
    appendFileSync(log, request('10:01:03', 'GET /', 500));
    const { status, told } = count();
    expect(status).toBe(0);
    expect(told).toHaveLength(1);
    expect(told[0]!.words).toBe('aws cloudwatch put-metric-data --region eu-west-1 --namespace MagentoStore/store');
    expect(told[0]!.metrics).toHaveLength(4);
    expect(told[0]!.metrics).toEqual(
      expect.arrayContaining([
        metric('Orders', '10:00', 2),
        metric('FailedOrders', '10:00', 1),
        metric('Orders', '10:01', 1),
        metric('FailedOrders', '10:01', 1),
      ]),
    );
  });

  test('counts a line once, and begins anew with a new log', () => {
    const { log, count } = counter();
    appendFileSync(log, request('10:00:01', GUEST, 200).repeat(3));
    expect(count().told[0]!.metrics[0]).toEqual(metric('Orders', '10:00', 3));
    expect(count()).toMatchObject({ status: 0, told: [] });
    writeFileSync(log, request('10:05:00', GUEST, 200));
    expect(count().told[0]!.metrics[0]).toEqual(metric('Orders', '10:05', 1));
  });

  test('counts again what CloudWatch was not told', () => {
    const { log, count } = counter('[ -e told ] || { touch told; exit 1; }');
    appendFileSync(log, request('10:00:01', GUEST, 200));
    expect(count().status).toBe(1);
    const { status, told } = count();
    expect([status, told[0]!.metrics[0]]).toEqual([0, metric('Orders', '10:00', 1)]);
  });
});

describe.each(SCRIPTS.slice(1))('%s', (script) => {
  const mount = (host: Instance) => {
    const setup = `set -euo pipefail; fail() { echo "$*" >&2; exit 1; }; ( ${readFileSync(script, 'utf8')}\nmount_shared files fs-1 fsap-2\n)`;
    return host.run('-c', setup);
  };

  test('mounts the folder, again where that fails at first, and after each start', () => {
    const host = instance({ dnf: '', sleep: '', mount: `[ -e "$1/second" ] || { touch "$1/second"; exit 32; }` });
    expect(mount(host)).toMatchObject({ status: 0 });
    const call = 'mount /srv/app/shared/files';
    expect(host.called()).toEqual(['dnf install -y amazon-efs-utils', call, 'sleep 10', call]);
    const table = readFileSync(path.join(host.root, 'etc/fstab'), 'utf8');
    expect(table).toBe(`fs-1:/ ${host.root}/srv/app/shared/files efs _netdev,tls,iam,accesspoint=fsap-2 0 0\n`);
  });

  test('ends the boot where the folder cannot be mounted', () => {
    const host = instance({ dnf: '', sleep: '', mount: 'exit 32' });
    expect(mount(host)).toMatchObject({ status: 1, stderr: expect.stringContaining('cannot mount files') });
    expect(host.called().filter((line) => line.startsWith('mount '))).toHaveLength(12);
  });
});
