import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { get, request } from 'node:http';
import path from 'node:path';
import { ScaledClock } from '../../lab/clock/scaled-clock';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { InstanceSpec } from '../../lab/kernel/world';
import { ProcessWorld } from '../../lab/world/live/process-world';

const SCALE = 600;
const issued: { roleArn: string; expires: number | undefined }[] = [];
let clock: ScaledClock;
let world: ProcessWorld;
let booted: Map<string, () => void>;

beforeEach(() => {
  clock = new ScaledClock(new Date('2026-01-01T00:00:00Z'), SCALE, (error) => {
    throw error;
  });
  booted = new Map();
  issued.length = 0;
  world = new ProcessWorld(
    { clock, random: new Random(1), region: 'eu-west-1', account: '123456789012', speed: 'live', events: new EventBus() },
    {
      credentials: {
        issueKey: (roleArn, { expires }) => {
          issued.push({ roleArn, expires });
          return { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
        },
      },
      endpoint: () => 'http://127.0.0.1:9',
      onBooted: (instanceId) => booted.get(instanceId)?.(),
    },
  );
});

afterEach(async () => {
  await world.stop();
  clock.stop();
});

function spec(userData: string, number = 1): InstanceSpec {
  return {
    instanceId: `i-${String(number).padStart(17, '0')}`,
    group: 'shop-stable',
    address: `127.83.0.${number}`,
    userData,
    roleArn: 'arn:aws:iam::123456789012:role/shop-instance',
    imageId: 'ami-1',
    availabilityZone: 'eu-west-1a',
  };
}

async function boot(userData: string, number = 1): Promise<InstanceSpec> {
  const instance = spec(userData, number);
  const done = new Promise<void>((resolve) => booted.set(instance.instanceId, resolve));
  world.launch(instance);
  await done;
  return instance;
}

const run = (instance: InstanceSpec, script: string, environment = {}, seconds = 10) =>
  world.runScript(instance.instanceId, script, environment, seconds);

/** User data that runs a web server as a service, as a fleet's does. */
const WEB = `#!/bin/bash
set -euo pipefail
dnf install -y nodejs22
mkdir -p "$ASG_CANARY_ROOT/srv/app" "$ASG_CANARY_ROOT/etc/systemd/system"
cat >"$ASG_CANARY_ROOT/srv/app/server.js" <<'JS'
require('node:http').createServer((q, r) => r.end(process.env.WORD + process.pid)).listen(8080, process.env.HOST);
JS
cat >"$ASG_CANARY_ROOT/etc/systemd/system/web.service" <<UNIT
[Unit]
Description=Web
After=network-online.target
[Service]
User=nobody
WorkingDirectory=$ASG_CANARY_ROOT/srv/app
Environment=WORD=hello HOST=127.83.0.1
ExecStart=/usr/bin/env node server.js
Restart=always
[Install]
WantedBy=multi-user.target
UNIT
systemctl daemon-reload
systemctl enable --now web.service
`;

async function body(address: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: address, port: 8080, agent: false }, (response) => {
      let text = '';
      response.on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

async function eventually<T>(attempt: () => Promise<T>, milliseconds = 5000): Promise<T> {
  for (const end = Date.now() + milliseconds; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

test('user data runs after the modelled boot, and its service answers health checks until the instance ends', async () => {
  const before = clock.now();
  const instance = await boot(WEB);
  expect(clock.now() - before).toBeGreaterThan(25_000);
  expect(world.consoleLog(instance.instanceId)).toBe('');
  await eventually(async () => expect(await world.probe(instance.instanceId, 8080, '/', 1)).toEqual({ status: 200 }));
  const root = world.rootOf(instance.instanceId);
  expect(readFileSync(path.join(root, 'var/lib/dnf/installed'), 'utf8')).toBe('nodejs22\n');

  await world.terminate(instance.instanceId);

  expect(existsSync(root)).toBe(false);
  expect(await world.probe(instance.instanceId, 8080, '/', 1)).toEqual({ status: undefined });
  await expect(body(instance.address)).rejects.toThrow('ECONNREFUSED');
});

test('a service with Restart=always comes back after it was killed, and stays away after systemctl stop', async () => {
  const instance = await boot(WEB);
  const first = await eventually(() => body(instance.address));
  await run(instance, `kill -9 ${first.replace('hello', '')}`);
  await eventually(async () => expect(await body(instance.address)).not.toBe(first));

  expect(await run(instance, 'systemctl is-active web')).toMatchObject({ exitCode: 0, stdout: 'active\n' });
  expect(await run(instance, 'systemctl stop web.service')).toMatchObject({ exitCode: 0 });
  expect(await run(instance, 'systemctl is-active web')).toMatchObject({ exitCode: 3, stdout: 'inactive\n' });
  await new Promise((resolve) => setTimeout(resolve, 200));
  await expect(body(instance.address)).rejects.toThrow('ECONNREFUSED');
});

test('a timer runs its oneshot on the clock of the lab', async () => {
  const instance = await boot(`#!/bin/bash
cat >"$ASG_CANARY_ROOT/etc/systemd/system/tick.service" <<UNIT
[Service]
Type=oneshot
Environment=ROOT=$ASG_CANARY_ROOT
ExecStart=/bin/bash $ASG_CANARY_ROOT/tick.sh
UNIT
cat >"$ASG_CANARY_ROOT/etc/systemd/system/tick.timer" <<UNIT
[Timer]
OnBootSec=60
OnUnitActiveSec=2min
[Install]
WantedBy=timers.target
UNIT
echo 'echo tick "\${ASG_CANARY_ROOT-nothing passed on}" >>"$ROOT/ticks"' >"$ASG_CANARY_ROOT/tick.sh"
systemctl enable --now tick.timer
`);
  const ticks = () => readFileSync(path.join(world.rootOf(instance.instanceId), 'ticks'), 'utf8');
  const before = clock.now();
  await eventually(async () => expect(ticks().split('\n').length).toBeGreaterThan(4));
  expect((clock.now() - before) / 60_000).toBeGreaterThanOrEqual(5);
  expect(ticks()).toMatch(/^(tick nothing passed on\n)+$/);
});

test('what systemctl and dnf do not know is refused loudly', async () => {
  const instance = await boot('#!/bin/bash\n');
  const refusal = async (script: string) => {
    const { exitCode, stderr } = await run(instance, script);
    expect(exitCode).not.toBe(0);
    return stderr;
  };
  expect(await refusal('systemctl mask web')).toContain('not found');
  expect(await refusal('systemctl --user daemon-reload')).toContain('does not know --user');
  const sparse = 'mkdir bin; ln -s $(type -P bash env grep sort tail) bin; PATH=$ASG_CANARY_ROOT/.lab/bin:$PWD/bin';
  expect(await refusal(`${sparse} dnf install -y nginx`)).toBe("the lab's dnf cannot install nginx: install nginx-light of Debian\n");
  expect(await refusal('dnf upgrade -y')).toContain("knows 'install -y NAME...' only");
  expect(await refusal('dnf install -y --allowerasing curl')).toContain("does not know '--allowerasing'");
  const unit = 'printf "[Service]\\nExecStart=/bin/true\\nProtectSystem=strict\\n" >"$ASG_CANARY_ROOT/etc/systemd/system/a.service"';
  expect(await refusal(`${unit}; systemctl start a`)).toContain('does not know ProtectSystem= in [Service]');
  expect(await refusal('systemctl reload a')).toContain("does not know 'reload'");
});

test('user data that fails is told in the console log, which outlives the instance', async () => {
  const instance = await boot('#!/bin/bash -e\necho before\nfalse\necho after\n');
  await world.terminate(instance.instanceId);
  expect(world.consoleLog(instance.instanceId)).toBe('before\nuser data failed: exit code 1\n');
});

test('scripts get their variables and a real time-out, which ends all that they started', async () => {
  const instance = await boot('#!/bin/bash\n');
  expect(await run(instance, 'echo "$SSM_Command $PWD"; echo oops >&2; exit 7', { SSM_Command: 'status' })).toEqual({
    exitCode: 7,
    stdout: `status ${world.rootOf(instance.instanceId)}\n`,
    stderr: 'oops\n',
  });

  const started = Date.now();
  const late = await run(
    instance,
    'echo $$ >"$ASG_CANARY_ROOT/pids"; setsid sleep 60 & echo $! >>"$ASG_CANARY_ROOT/pids"; timeout 60 sleep 60',
    {},
    0.3,
  );

  expect(late.exitCode).toBeUndefined();
  expect(Date.now() - started).toBeLessThan(5000);
  const pids = readFileSync(path.join(world.rootOf(instance.instanceId), 'pids'), 'utf8')
    .trim()
    .split('\n');
  expect(pids).toHaveLength(2);
  await eventually(async () => expect(pids.filter(alive)).toEqual([]));
});

test('of a long output the first 24,000 characters are kept', async () => {
  const instance = await boot('#!/bin/bash\n');
  const { stdout, stderr } = await run(instance, 'head -c 30000 /dev/zero | tr "\\0" a; head -c 30000 /dev/zero | tr "\\0" b >&2');
  expect(stdout).toBe('a'.repeat(24_000));
  expect(stderr).toBe('b'.repeat(24_000));
});

test('ending an instance ends what its scripts left in the background, and removes read-only folders', async () => {
  const instance = await boot(
    '#!/bin/bash\nmkdir -p "$ASG_CANARY_ROOT/a/b"; touch "$ASG_CANARY_ROOT/a/b/c"; chmod -R a-w "$ASG_CANARY_ROOT/a"\n',
  );
  const { stdout } = await run(instance, 'setsid sleep 60 >/dev/null 2>&1 & echo $!');
  expect(alive(stdout.trim())).toBe(true);
  await world.stop();
  await eventually(async () => expect(alive(stdout.trim())).toBe(false));
  expect(existsSync(world.folder)).toBe(false);
});

test('the agent is offline while the instance boots, after it ended and when it is cut off', async () => {
  const instance = spec('#!/bin/bash\n');
  world.launch(instance);
  expect(world.agentOnline(instance.instanceId)).toBe(false);
  await eventually(async () => expect(world.agentOnline(instance.instanceId)).toBe(true));
  world.setAgentOnline(instance.instanceId, false);
  expect(world.agentOnline(instance.instanceId)).toBe(false);
  world.setAgentOnline(instance.instanceId, true);
  await world.terminate(instance.instanceId);
  expect(world.agentOnline(instance.instanceId)).toBe(false);
});

test('an instance that ends while it boots never runs its user data', async () => {
  const instance = spec('#!/bin/bash\ntouch "$ASG_CANARY_ROOT/ran"\n');
  world.launch(instance);
  await world.terminate(instance.instanceId);
  await clock.sleep(60_000);
  expect(world.running()).toEqual([]);
  expect(readdirSync(world.folder)).toEqual([]);
});

test('the active release is read from the link on the instance', async () => {
  const instance = await boot(
    '#!/bin/bash\nmkdir -p "$ASG_CANARY_ROOT/srv/app"; ln -s releases/v2-abc "$ASG_CANARY_ROOT/srv/app/current"\n',
  );
  expect(world.releaseOf(instance.instanceId, '/srv/app/current')).toBe('v2-abc');
  expect(world.releaseOf(instance.instanceId, '/srv/app/none')).toBeUndefined();
});

describe('instance metadata', () => {
  interface Answer {
    readonly status: number | undefined;
    readonly text: string;
  }

  async function metadata(
    instance: InstanceSpec,
  ): Promise<(method: string, url: string, headers?: Record<string, string>) => Promise<Answer>> {
    const endpoint = (await run(instance, 'printf %s "$AWS_EC2_METADATA_SERVICE_ENDPOINT"')).stdout;
    return (method, url, headers = {}) =>
      new Promise((resolve, reject) => {
        const outgoing = request(`${endpoint}${url}`, { method, headers, agent: false }, (response) => {
          let text = '';
          response.on('data', (chunk) => (text += chunk));
          response.on('end', () => resolve({ status: response.statusCode, text }));
        });
        outgoing.on('error', reject).end();
      });
  }

  test('a token by PUT is required', async () => {
    const ask = await metadata(await boot('#!/bin/bash\n'));
    const ttl = (seconds: string) => ({ 'x-aws-ec2-metadata-token-ttl-seconds': seconds });
    expect((await ask('GET', '/latest/meta-data/instance-id')).status).toBe(401);
    expect((await ask('GET', '/latest/meta-data/instance-id', { 'x-aws-ec2-metadata-token': 'guess' })).status).toBe(401);
    expect((await ask('PUT', '/latest/api/token')).status).toBe(400);
    expect((await ask('PUT', '/latest/api/token', ttl('21601'))).status).toBe(400);
    expect((await ask('PUT', '/latest/api/token', { ...ttl('60'), 'x-forwarded-for': '10.0.0.1' })).status).toBe(403);
    const { text: token } = await ask('PUT', '/latest/api/token', ttl('1'));
    expect((await ask('GET', '/latest/meta-data/instance-id', { 'x-aws-ec2-metadata-token': token })).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect((await ask('GET', '/latest/meta-data/instance-id', { 'x-aws-ec2-metadata-token': token })).status).toBe(401);
  });

  test('an instance learns who it is and gets the credentials of its role', async () => {
    const instance = await boot('#!/bin/bash\n');
    const ask = await metadata(instance);
    const { text: token } = await ask('PUT', '/latest/api/token', { 'x-aws-ec2-metadata-token-ttl-seconds': '60' });
    const value = async (name: string) => (await ask('GET', `/latest/meta-data/${name}`, { 'x-aws-ec2-metadata-token': token })).text;
    expect(await value('instance-id')).toBe(instance.instanceId);
    expect(await value('local-ipv4')).toBe(instance.address);
    expect(await value('placement/availability-zone')).toBe('eu-west-1a');
    expect(await value('placement/region')).toBe('eu-west-1');
    expect(await value('iam/security-credentials/')).toBe('shop-instance');
    const credentials = JSON.parse(await value('iam/security-credentials/shop-instance'));
    expect(credentials).toMatchObject({ Code: 'Success', AccessKeyId: 'ASIAEXAMPLE', SecretAccessKey: 'secret', Token: 'token' });
    expect(Date.parse(credentials.Expiration)).toBeGreaterThan(clock.now());
    expect(await value('iam/security-credentials/other')).toBe('Not Found');
    expect(await value('public-keys/')).toBe('Not Found');
    expect(issued).toEqual([{ roleArn: instance.roleArn, expires: expect.any(Number) }]);
  });
});

function alive(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
