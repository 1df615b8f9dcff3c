import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { BuildSpecObject } from './release-stack';

const CREDENTIALS = {
  RoleArn: 'arn',
  AccessKeyId: 'ASIAEXAMPLE',
  SecretAccessKey: 'secret/+=',
  Token: 'session/+=',
  Expiration: '2030-01-01T00:00:00Z',
};

interface Put {
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** Runs a buildspec over a git repository, beside an S3 that takes conditional writes and a container's credentials. */
export class BuildMachine {
  static async start(): Promise<BuildMachine> {
    const machine = new BuildMachine();
    await new Promise<void>((resolve) => machine.server.listen(0, '127.0.0.1', resolve));
    return machine;
  }

  readonly objects = new Map<string, Buffer>();
  readonly puts: Put[] = [];
  /** Statuses to answer uploads with before they are handled as usual. */
  readonly failures: number[] = [];
  /** Whether failing uploads come in all the same. */
  failsAfterwards = false;
  readonly commit: string;
  private readonly folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-build-'));
  private readonly server = http.createServer((request, response) => void this.answer(request, response));

  private constructor() {
    const source = this.source;
    mkdirSync(path.join(source, 'public'), { recursive: true });
    writeFileSync(path.join(source, 'index.js'), '// one\n');
    writeFileSync(path.join(source, 'public', 'style.css'), 'p {}\n');
    const git = (...args: string[]) =>
      execFileSync('git', ['-C', source, '-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { encoding: 'utf8' });
    git('init', '-q');
    git('add', '.');
    git('commit', '-qm', 'one');
    this.commit = git('rev-parse', 'HEAD').trim();
  }

  get source(): string {
    return path.join(this.folder, 'source');
  }

  /** Runs the phases in order, and the last one even after a failure, as CodeBuild does. */
  async build(spec: BuildSpecObject, variables: Record<string, string>): Promise<{ exitCode: number; output: string }> {
    let exitCode = 0;
    let output = '';
    for (const phase of ['pre_build', 'build', 'post_build']) {
      if (exitCode !== 0 && phase !== 'post_build') continue;
      for (const command of spec.phases[phase]?.commands ?? []) {
        const succeeding = exitCode === 0 ? '1' : '0';
        const result = await this.run(command, { ...variables, CODEBUILD_BUILD_SUCCEEDING: succeeding });
        output += result.output;
        exitCode ||= result.exitCode;
        if (result.exitCode !== 0) break;
      }
    }
    return { exitCode, output };
  }

  stop(): void {
    this.server.close();
    rmSync(this.folder, { recursive: true });
  }

  private run(command: string, variables: Record<string, string>): Promise<{ exitCode: number; output: string }> {
    const url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
    const child = spawn('bash', ['-c', command], {
      cwd: this.source,
      env: {
        PATH: process.env.PATH,
        AWS_REGION: 'eu-west-1',
        AWS_ENDPOINT_URL_S3: url,
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials`,
        ARTIFACT_BUCKET: 'artifacts',
        ARTIFACT_DOMAIN: 'amazonaws.com',
        CODEBUILD_SRC_DIR: this.source,
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
      });
    }
    return new Promise((resolve) => child.on('close', (exitCode) => resolve({ exitCode: exitCode ?? 1, output })));
  }

  private async answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const key = request.url!;
    if (key === '/credentials') return void response.end(JSON.stringify(CREDENTIALS));
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    this.puts.push({ path: key, headers: request.headers });
    const failure = this.failures.shift();
    if (failure && this.failsAfterwards) this.objects.set(key, body);
    if (failure) return void response.writeHead(failure).end('<Error><Code>SlowDown</Code></Error>');
    const whole = request.headers['x-amz-content-sha256'] === createHash('sha256').update(body).digest('hex');
    if (request.method !== 'PUT' || !whole) return void response.writeHead(400).end('<Error><Code>BadDigest</Code></Error>');
    if (request.headers['if-none-match'] !== '*') return void response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>');
    if (this.objects.has(key)) return void response.writeHead(412).end('<Error><Code>PreconditionFailed</Code></Error>');
    this.objects.set(key, body);
    response.end();
  }
}
