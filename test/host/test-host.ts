import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { archiveOf } from './archive';
import { sha256 } from './signature';
import type { TinyAws } from './tiny-aws';

export const PROGRAM = path.resolve(__dirname, '../../host/asg-canary-host');
export const STEP_RUNNER = path.resolve(__dirname, '../../host/asg-canary-step');

/** How the program ended. */
export interface Result {
  /** Undefined where a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A release as the build would upload it. */
export interface BuiltRelease {
  readonly id: string;
  readonly archive: Uint8Array;
  readonly sha256: string;
}

export function build(id: string, files: Readonly<Record<string, string>> = { 'index.html': id }): BuiltRelease {
  return built(id, archiveOf(files));
}

export function built(id: string, archive: Uint8Array): BuiltRelease {
  return { id, archive, sha256: sha256(archive) };
}

export function manifest(release: BuiltRelease): string {
  return `asg-canary-manifest 1\nid=${release.id}\nsha256=${release.sha256}\nsize=${release.archive.length}\nref=main\ncommit=\n`;
}

export function upload(aws: TinyAws, ...releases: readonly BuiltRelease[]): void {
  for (const release of releases) {
    aws.put(`artifacts/releases/${release.id}/release.tar.gz`, release.archive);
    aws.put(`artifacts/releases/${release.id}/manifest`, manifest(release));
  }
}

type Named = { readonly id: string; readonly sha256: string };

export function pointer(epoch: number, phase: string, committed?: Named, candidate?: Named): string {
  return [
    'asg-canary-pointer 1',
    `epoch=${epoch}`,
    `phase=${phase}`,
    `committed=${committed?.id ?? ''}`,
    `committed_sha256=${committed?.sha256 ?? ''}`,
    `candidate=${candidate?.id ?? ''}`,
    `candidate_sha256=${candidate?.sha256 ?? ''}`,
    '',
  ].join('\n');
}

/** The page that a host shows before there is a release. */
export const PLACEHOLDER = build('placeholder', { 'index.html': 'no release yet' });

/** A host in a folder of its own: what `ASG_CANARY_ROOT` points to. */
export class TestHost {
  readonly root = mkdtempSync(path.join(tmpdir(), 'asg-canary-host-'));
  readonly app = path.join(this.root, 'srv/app');
  readonly config: Record<string, string>;

  constructor(
    private readonly aws: TinyAws,
    config: Readonly<Record<string, string>> = {},
  ) {
    this.config = {
      FLEET: 'shop',
      GROUP: 'stable',
      GROUP_NAME: 'shop-stable',
      LAUNCH_HOOK: 'shop-launch',
      REGION: aws.region,
      BUCKET: 'artifacts',
      APP_DIR: '/srv/app',
      PROBE_URL: `${aws.url}/health`,
      PLACEHOLDER_BUCKET: 'assets',
      PLACEHOLDER_KEY: 'placeholder.tar.gz',
      PLACEHOLDER_SHA256: PLACEHOLDER.sha256,
      KEEP_RELEASES: '5',
      PROBE_ATTEMPTS: '1',
      ...config,
    };
    this.writeConfig();
  }

  /** Another host in the same state, whose application answers what the file `health.txt` of its active release says. */
  copy(): TestHost {
    const copy = new TestHost(this.aws, this.config);
    cpSync(this.root, copy.root, { recursive: true, verbatimSymlinks: true });
    const page = `/health/${path.basename(copy.root)}`;
    copy.config.PROBE_URL = this.aws.url + page;
    copy.writeConfig();
    this.aws.healthOf.set(page, () => Number(copy.file('current/health.txt')));
    return copy;
  }

  writeConfig(text = this.configText()): void {
    mkdirSync(path.join(this.root, 'etc/asg-canary'), { recursive: true });
    writeFileSync(path.join(this.root, 'etc/asg-canary/host.conf'), text);
  }

  /** Puts a program on the host. */
  install(file: string, text: string): void {
    mkdirSync(path.join(this.root, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(this.root, file), text, { mode: 0o755 });
  }

  configText(): string {
    return Object.entries(this.config)
      .map(([key, value]) => `${key}=${value}\n`)
      .join('');
  }

  environment(): Record<string, string> {
    return {
      PATH: process.env.PATH!,
      ASG_CANARY_ROOT: this.root,
      AWS_ENDPOINT_URL: this.aws.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: this.aws.url,
    };
  }

  run(args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Result> {
    return execute(PROGRAM, args, { ...this.environment(), ...environment });
  }

  /** Runs the program within a bash command line in which `"$@"` stands for it. */
  runIn(commandLine: string, args: readonly string[]): Promise<Result> {
    return execute('bash', ['-c', commandLine, 'bash', PROGRAM, ...args], this.environment());
  }

  stage(release: Named, epoch: number): Promise<Result> {
    return this.run(['stage', '--release', release.id, '--sha256', release.sha256, '--epoch', String(epoch)]);
  }

  activate(release: Named, epoch: number): Promise<Result> {
    return this.run(['activate', '--release', release.id, '--sha256', release.sha256, '--epoch', String(epoch)]);
  }

  revert(release: Named, epoch: number): Promise<Result> {
    return this.run(['revert', '--release', release.id, '--epoch', String(epoch)]);
  }

  /** Runs a step of a release. */
  step(name: string, release: Named, epoch: number, environment: Readonly<Record<string, string>> = {}): Promise<Result> {
    const args = [name, '--release', release.id, '--sha256', release.sha256, '--epoch', String(epoch)];
    return execute(STEP_RUNNER, args, { ...this.environment(), ...environment });
  }

  async status(): Promise<{ release: string; previous: string; epoch: number; staged: string[]; bad: string[]; host: string }> {
    const { stdout } = await this.run(['status']);
    return JSON.parse(stdout);
  }

  /** The release that `current` points to. */
  current(): string | undefined {
    const link = path.join(this.app, 'current');
    return existsSync(link) ? readlinkSync(link).replace('releases/', '') : undefined;
  }

  file(name: string): string {
    return readFileSync(path.join(this.app, name), 'utf8');
  }

  /** Names in a folder of the application's, sorted. */
  list(folder: string): string[] {
    return readdirSync(path.join(this.app, folder)).sort();
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** Runs a program to its end. */
export function execute(file: string, args: readonly string[], environment: Readonly<Record<string, string>>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ exitCode: code ?? undefined, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
  });
}

/** The message of a failure: the last line of its stderr. */
export function message(result: Result): string {
  return result.stderr
    .trimEnd()
    .split('\n')
    .at(-1)!
    .replace(/^asg-canary-(host|step): /, '');
}
