import { chmodSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { type BuiltRelease, pointer, TestHost } from '../host/test-host';
import type { TinyAws } from '../host/tiny-aws';
import { Servers } from './servers';

const HOST = path.resolve(__dirname, '../../host');
const SETTINGS: Readonly<Record<string, string>> = {
  FPM_SOCKET: '/run/fpm.sock',
  FPM_PID_FILE: '/run/fpm.pid',
  NGINX_CONF: '/etc/nginx/nginx.conf',
  ENTRY: 'pub/index.php',
  SHARED_DIRS: 'pub/media var',
  SHARED_FILES: 'app/etc/env.php',
};

/** An instance on a loopback address of its own: the host program with its hook for PHP, nginx and PHP-FPM. */
export class PhpInstance {
  static async start(aws: TinyAws, address: string, settings: Readonly<Record<string, string>> = {}): Promise<PhpInstance> {
    const instance = new PhpInstance(aws, address, await freePort(address));
    instance.configure(settings);
    await instance.servers.start();
    return instance;
  }

  readonly host: TestHost;
  readonly servers: Servers;

  private constructor(
    private readonly aws: TinyAws,
    readonly address: string,
    readonly port: number,
  ) {
    this.host = new TestHost(aws, { HOOK: '/opt/asg-canary/asg-canary-php', PROBE_URL: `${this.url}/health`, PROBE_ATTEMPTS: '3' });
    this.servers = new Servers(this.host.root, address, port);
    const { root, app } = this.host;
    chmodSync(root, 0o755);
    for (const name of ['asg-canary-php', 'php'])
      cpSync(path.join(HOST, name), path.join(root, 'opt/asg-canary', name), { recursive: true });
    mkdirSync(path.join(app, 'shared/app/etc'), { recursive: true });
    writeFileSync(path.join(app, 'shared/app/etc/env.php'), "<?php return ['shop' => 'of this instance'];\n");
  }

  get url(): string {
    return `http://${this.address}:${this.port}`;
  }

  /** Writes the configuration of the hook. */
  configure(settings: Readonly<Record<string, string>>): void {
    const lines = Object.entries({ ...SETTINGS, WARM_URLS: `${this.url}/`, ...settings }).map(([key, value]) => `${key}=${value}\n`);
    writeFileSync(path.join(this.host.root, 'etc/asg-canary/php.conf'), lines.join(''));
  }

  /** Activates a release as the first deployment, or throws with what the host program said. */
  async serve(release: BuiltRelease, epoch: number): Promise<void> {
    this.aws.put('artifacts/fleets/shop/stable', pointer(epoch, 'promoting', undefined, release));
    const result = await this.host.activate(release, epoch);
    if (result.exitCode !== 0) throw new Error(`${result.stderr}${this.servers.log()}`);
  }

  async page(route = '/'): Promise<string> {
    return (await fetch(this.url + route)).text();
  }

  journal(): string {
    return readFileSync(path.join(this.host.app, '.asg-canary/journal'), 'utf8');
  }

  async stop(): Promise<void> {
    await this.servers.stop();
    this.host.remove();
  }
}

async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
