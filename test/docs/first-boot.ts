import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TinyAws } from '../host/tiny-aws';

const ASSETS = path.join(__dirname, '..', '..', 'assets', 'host');

/** A page that an instance answered with. */
export interface Page {
  readonly status: number;
  readonly body: string;
}

/**
 * Boots user data once, before there is a release, in a folder that stands for the instance. In place of nginx, which need not be
 * installed here, a server of static files serves the `root` of the nginx configuration that the setup commands wrote.
 */
export class FirstBoot {
  static async run(userData: string): Promise<FirstBoot> {
    const boot = new FirstBoot(await TinyAws.start());
    await new Promise<void>((resolve) => boot.nginx.listen(0, '127.0.0.1', resolve));
    await boot.execute(userData);
    return boot;
  }

  exitCode: number | null = null;
  stderr = '';
  private readonly root = mkdtempSync(path.join(tmpdir(), 'asg-canary-first-boot-'));
  private readonly nginx = http.createServer((request, response) => {
    const configuration = path.join(this.root, 'etc/nginx/nginx.conf');
    const [, served] = /\broot ([^;]+);/.exec(existsSync(configuration) ? readFileSync(configuration, 'utf8') : '') ?? [];
    const file = path.join(this.root, served ?? 'absent', request.url === '/' ? 'index.html' : request.url!);
    const found = existsSync(file) && statSync(file).isFile();
    response.writeHead(found ? 200 : 404).end(found ? readFileSync(file) : '');
  });

  private constructor(private readonly aws: TinyAws) {}

  /** How the launch was completed; empty where it was not. */
  get completions(): string[] {
    return this.aws.completions.map(({ result }) => result);
  }

  async get(route: string): Promise<Page> {
    const response = await fetch(`http://127.0.0.1:${this.port}${route}`);
    return { status: response.status, body: await response.text() };
  }

  async stop(): Promise<void> {
    this.nginx.closeAllConnections();
    await new Promise((resolve) => this.nginx.close(resolve));
    await this.aws.stop();
    rmSync(this.root, { recursive: true });
  }

  private get port(): number {
    return (this.nginx.address() as AddressInfo).port;
  }

  private async execute(userData: string): Promise<void> {
    for (const [, bucket, key] of userData.matchAll(/^fetch (\S+) (\S+)/gm)) {
      this.aws.put(`${bucket}/${key}`, readFileSync(path.join(ASSETS, 'asg-canary-host')));
    }
    const [, bucket] = /^PLACEHOLDER_BUCKET=(.*)$/m.exec(userData)!;
    const [, key] = /^PLACEHOLDER_KEY=(.*)$/m.exec(userData)!;
    this.aws.put(`${bucket}/${key}`, readFileSync(path.join(ASSETS, 'placeholder.tar.gz')));
    const bin = path.join(this.root, 'bin');
    mkdirSync(bin);
    writeFileSync(path.join(bin, 'dnf'), '#!/bin/sh\nmkdir -p "$ASG_CANARY_ROOT/etc/nginx"\n', { mode: 0o755 });
    writeFileSync(path.join(bin, 'systemctl'), '#!/bin/sh\n', { mode: 0o755 });
    const script = userData.replaceAll('/etc/nginx/', `${this.root}/etc/nginx/`).replace(/^PORT=80$/m, `PORT=${this.port}`);
    const child = spawn('bash', ['-c', script], {
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        ASG_CANARY_ROOT: this.root,
        AWS_ENDPOINT_URL: this.aws.url,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: this.aws.url,
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.exitCode = await this.ended(child);
  }

  private ended(child: ChildProcess): Promise<number | null> {
    child.stderr!.on('data', (chunk) => {
      this.stderr += chunk;
    });
    return new Promise((resolve) => child.on('close', resolve));
  }
}
