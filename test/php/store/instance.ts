import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Servers } from '../servers';
import { freePort } from '../servers/server-process';
import { buildStore, type Ended, php } from './build';
import { STORE_EXTENSIONS } from './environment';

/** An answer of the web server. */
export interface Page {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

/** Releases of the store on one machine, with nginx and PHP-FPM, and without anything that deploys them. */
export class StoreInstance {
  static async start(repository: string, address: string): Promise<StoreInstance> {
    const instance = new StoreInstance(repository, address, await freePort(address));
    await instance.servers.start();
    await instance.servers.configurePhp(STORE_EXTENSIONS);
    return instance;
  }

  private readonly root = mkdtempSync(path.join(tmpdir(), 'asg-canary-store-'));
  private readonly servers: Servers;
  private readonly built = new Set<string>();

  private constructor(
    private readonly repository: string,
    readonly address: string,
    readonly port: number,
  ) {
    this.servers = new Servers(this.root, address, port);
    chmodSync(this.root, 0o755);
    for (const name of ['built', 'srv/app/releases']) mkdirSync(path.join(this.root, name), { recursive: true });
  }

  get url(): string {
    return `http://${this.address}:${this.port}`;
  }

  folder(release: string): string {
    return path.join(this.root, 'srv/app/releases', release);
  }

  /** Adds a release of a tag with its own env.php, or without one. Its id is never used twice, since PHP keeps what it has read. */
  async add(release: string, tag: string, environment?: string): Promise<void> {
    const built = path.join(this.root, 'built', tag);
    if (!this.built.has(tag)) await buildStore(this.repository, tag, built);
    this.built.add(tag);
    cpSync(built, this.folder(release), { recursive: true });
    mkdirSync(path.join(this.folder(release), 'var/log'), { recursive: true });
    for (const name of ['var', 'var/log']) chmodSync(path.join(this.folder(release), name), 0o777);
    if (environment) writeFileSync(path.join(this.folder(release), 'app/etc/env.php'), environment);
  }

  switchTo(release: string): void {
    const current = path.join(this.root, 'srv/app/current');
    rmSync(current, { force: true });
    symlinkSync(`releases/${release}`, current);
  }

  /** Runs bin/magento of a release. */
  magento(release: string, ...args: string[]): Promise<Ended> {
    return php(this.folder(release), 'bin/magento', ...args);
  }

  /** Asks for a page as a visitor with a cookie; redirects are not followed. */
  page(route: string, cookie = ''): Promise<Page> {
    return ask(this.url + route, cookie);
  }

  async stop(): Promise<void> {
    await this.servers.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Asks for any address as a visitor with a cookie. */
export async function ask(url: string, cookie = '', method = 'GET'): Promise<Page> {
  const response = await fetch(url, { method, redirect: 'manual', headers: { cookie } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}
