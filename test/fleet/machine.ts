import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface S3Request {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
}

const CREDENTIALS = {
  AccessKeyId: 'ASIAEXAMPLE',
  SecretAccessKey: 'secret/+=value',
  Token: 'session/+=token',
  Expiration: '2030-01-01T00:00:00Z',
};

/** A folder that stands for an instance, with its metadata, an S3 that holds the given objects, and commands that only record. */
export class Machine {
  static async start(objects: Record<string, Buffer | string>): Promise<Machine> {
    const machine = new Machine(objects);
    machine.metadata.listen(0, '127.0.0.1');
    machine.s3.listen(0, '127.0.0.1');
    await Promise.all([machine.metadata, machine.s3].map((server) => new Promise((resolve) => server.once('listening', resolve))));
    return machine;
  }

  readonly root = mkdtempSync(path.join(tmpdir(), 'asg-canary-boot-'));
  readonly requests: S3Request[] = [];
  private readonly metadata = http.createServer((request, response) => this.answerMetadata(request, response));
  private readonly s3 = http.createServer((request, response) => {
    this.requests.push({ path: request.url!, headers: request.headers });
    const body = this.objects[request.url!];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });

  private constructor(private readonly objects: Record<string, Buffer | string>) {
    mkdirSync(path.join(this.root, 'bin'));
    for (const name of ['dnf', 'systemctl']) this.addCommand(name, 'true');
    // Arguments can be read by every user of a machine, so no secret may be in one.
    this.addCommand('curl', 'exec /usr/bin/env -S PATH="$REAL_PATH" curl "$@"');
  }

  /** Runs a boot script as cloud-init would, but under this folder. */
  async boot(script: string): Promise<{ exitCode: number | null; stderr: string }> {
    const file = path.join(this.root, 'user-data');
    writeFileSync(file, script);
    const child = spawn('bash', [file], {
      env: {
        PATH: `${path.join(this.root, 'bin')}:${process.env.PATH}`,
        REAL_PATH: process.env.PATH,
        ASG_CANARY_ROOT: this.root,
        AWS_EC2_METADATA_SERVICE_ENDPOINT: this.url(this.metadata),
        AWS_ENDPOINT_URL_S3: this.url(this.s3),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode, stderr })));
  }

  /** The commands that ran, one line each, the newest last. */
  get log(): string[] {
    const file = path.join(this.root, 'log');
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  read(file: string): string {
    return readFileSync(path.join(this.root, file), 'utf8');
  }

  stop(): void {
    this.metadata.close();
    this.s3.close();
    rmSync(this.root, { recursive: true });
  }

  private addCommand(name: string, action: string): void {
    const file = path.join(this.root, 'bin', name);
    writeFileSync(file, `#!/bin/bash\necho "${name} $*" >>"$ASG_CANARY_ROOT/log"\n${action}\n`);
    chmodSync(file, 0o755);
  }

  private url(server: http.Server): string {
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  private answerMetadata(request: http.IncomingMessage, response: http.ServerResponse): void {
    const answers: Record<string, string> = {
      '/latest/meta-data/local-ipv4': '10.1.2.3',
      '/latest/meta-data/iam/security-credentials/': 'instance-role',
      '/latest/meta-data/iam/security-credentials/instance-role': JSON.stringify(CREDENTIALS, undefined, 2),
    };
    if (request.method === 'PUT' && request.url === '/latest/api/token') return void response.end('token-of-metadata');
    const known = request.headers['x-aws-ec2-metadata-token'] === 'token-of-metadata';
    response.writeHead(known ? 200 : 401).end(known ? answers[request.url!] : '');
  }
}
