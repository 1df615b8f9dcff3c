import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { CanaryFleetProps } from '../../lib';
import { fleetTemplate, userDataOf } from './fleet-stack';
import { Machine } from './machine';

const PROGRAM = path.join(__dirname, '..', '..', 'assets', 'host', 'asg-canary-host');
const folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-boot-file-'));
const bootFile = path.join(folder, 'settings');
writeFileSync(bootFile, 'settings of the runtime\n');

afterAll(() => rmSync(folder, { recursive: true }));

const PROPS: Partial<CanaryFleetProps> = {
  port: 8080,
  healthCheckPath: '/up',
  keepReleases: 7,
  bootFiles: [{ source: bootFile, destination: '/opt/runtime/settings', executable: true }],
  setupCommands: ['dnf install -y runtime', 'echo "$APP_DIR $PORT $INSTANCE_ADDRESS" >"$ASG_CANARY_ROOT/seen"'],
};

/** The objects that a script fetches, with a program that records what it is told instead of the real one. */
function objectsOf(script: string): Record<string, Buffer | string> {
  const paths = [...script.matchAll(/^fetch (\S+) (\S+) ([0-9a-f]{64}) "\$ASG_CANARY_ROOT(\S+)"/gm)];
  return Object.fromEntries(
    paths.map(([, bucket, key, , destination]) => [
      `/${bucket}/${key}`,
      readFileSync(destination === '/opt/runtime/settings' ? bootFile : PROGRAM),
    ]),
  );
}

describe.each(['stable', 'canary'] as const)('the boot of a %s instance', (role) => {
  const script = userDataOf(fleetTemplate(PROPS), role);
  let machine: Machine;
  let exitCode: number | null;

  beforeAll(async () => {
    machine = await Machine.start(objectsOf(script));
    ({ exitCode } = await machine.boot(
      `${script.replace(/"\S+asg-canary-host" sync --boot/, 'echo "host sync --boot" >>"$ASG_CANARY_ROOT/log"')}`,
    ));
  });
  afterAll(() => machine.stop());

  test('ends well, with the host program in charge', () => {
    expect(exitCode).toBe(0);
    expect(machine.log.filter((line) => !line.startsWith('curl'))).toEqual([
      'dnf install -y runtime',
      'systemctl daemon-reload',
      'host sync --boot',
      'systemctl enable --now asg-canary-sync.timer',
    ]);
  });

  test('installs the very program of the asset', () => {
    const installed = path.join(machine.root, 'opt/asg-canary/asg-canary-host');
    expect(readFileSync(installed)).toEqual(readFileSync(PROGRAM));
    expect(statSync(installed).mode & 0o777).toBe(0o755);
  });

  test('tells the program where it is', () => {
    expect(machine.read('etc/asg-canary/host.conf').split('\n')).toEqual([
      'FLEET=shop',
      `GROUP=${role}`,
      `GROUP_NAME=shop-${role}`,
      'LAUNCH_HOOK=shop-launch',
      'REGION=eu-west-1',
      expect.stringMatching(/^BUCKET=artifacts[0-9a-f]{8}$/),
      'APP_DIR=/srv/app',
      'PROBE_URL=http://10.1.2.3:8080/up',
      'PLACEHOLDER_BUCKET=assets',
      expect.stringMatching(/^PLACEHOLDER_KEY=[0-9a-f]{64}\.gz$/),
      expect.stringMatching(/^PLACEHOLDER_SHA256=[0-9a-f]{64}$/),
      'KEEP_RELEASES=7',
      '',
    ]);
  });

  test('gives setup commands their variables and their files', () => {
    expect(machine.read('seen')).toBe(`${machine.root}/srv/app 8080 10.1.2.3\n`);
    expect(machine.read('opt/runtime/settings')).toBe('settings of the runtime\n');
  });

  test('converges every five minutes in the same surroundings', () => {
    const service = machine.read('etc/systemd/system/asg-canary-sync.service');
    expect(service).toContain(`ExecStart=${machine.root}/opt/asg-canary/asg-canary-host sync\n`);
    expect(service).toContain(`Environment=ASG_CANARY_ROOT=${machine.root}\n`);
    expect(service).toMatch(/^Environment=AWS_ENDPOINT_URL_S3=http:/m);
    expect(machine.read('etc/systemd/system/asg-canary-sync.timer')).toMatch(/^OnUnitActiveSec=300$/m);
  });

  test('signs what it asks of S3, session token and payload included', () => {
    expect(machine.requests).toHaveLength(2);
    for (const { headers } of machine.requests) {
      expect(headers['x-amz-security-token']).toBe('session/+=token');
      expect(headers['x-amz-content-sha256']).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
      expect(headers.authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=ASIAEXAMPLE\/\d{8}\/eu-west-1\/s3\/aws4_request/);
      expect(headers.authorization).toMatch(/SignedHeaders=\S*x-amz-content-sha256;x-amz-date;x-amz-security-token/);
    }
  });

  test('keeps secrets out of arguments', () => {
    expect(machine.log.filter((line) => line.startsWith('curl')).length).toBeGreaterThan(5);
    expect(machine.log.join('\n')).not.toMatch(/secret\/|session\/|token-of-metadata/);
  });
});

test('a host that could not take its release yet tells so, and goes on trying', async () => {
  const booting = userDataOf(fleetTemplate(PROPS), 'stable');
  const machine = await Machine.start(objectsOf(booting));
  const { exitCode } = await machine.boot(booting.replace(/"\S+asg-canary-host" sync --boot/, '(exit 69)'));
  expect(exitCode).toBe(69);
  expect(machine.log.at(-1)).toBe('systemctl enable --now asg-canary-sync.timer');
  machine.stop();
});

describe('a boot that cannot be right ends before the host program is started', () => {
  const script = userDataOf(fleetTemplate(PROPS), 'stable').replaceAll('--retry 5', '--retry 0');
  const boot = async (text: string, objects: Record<string, Buffer | string>) => {
    const machine = await Machine.start(objects);
    const result = await machine.boot(text);
    const installed = machine.log.some((line) => line.startsWith('systemctl'));
    machine.stop();
    return { ...result, installed };
  };

  test('where a file was tampered with', async () => {
    const objects = Object.fromEntries(Object.keys(objectsOf(script)).map((key) => [key, 'tampered']));
    const { exitCode, stderr, installed } = await boot(script, objects);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^asg-canary boot: sha256 mismatch of s3:\/\/assets\/\S+: expected [0-9a-f]{64}, got [0-9a-f]{64}$/m);
    expect(installed).toBe(false);
  });

  test('where a file is missing', async () => {
    const { exitCode, stderr, installed } = await boot(script, {});
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^asg-canary boot: could not fetch s3:\/\/assets\//m);
    expect(installed).toBe(false);
  });

  test('where a setup command fails, be it not the last', async () => {
    const failing = script.replace('dnf install -y runtime', 'false');
    const { exitCode, installed } = await boot(failing, objectsOf(script));
    expect(exitCode).toBe(1);
    expect(installed).toBe(false);
  });
});
