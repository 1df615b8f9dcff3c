import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { BUCKET, LocalAws, REGION } from './aws';
import type { Run } from './figures';
import { type Host, switchedAt } from './hosts';
import type { Processes } from './processes';
import type { Archive } from './source';

const PROGRAM = path.resolve(__dirname, '../../host/asg-canary-host');
const APP_DIR = '/srv/app';

/** A deployment with its two parts. */
export interface OurRun extends Run {
  readonly stageSeconds: number;
  readonly activateSeconds: number;
}

interface Release {
  readonly id: string;
  readonly sha256: string;
}

/** The host program as it is shipped, run on all hosts at once as Run Command does. */
export class Ours {
  static async start(processes: Processes, hosts: readonly Host[]): Promise<Ours> {
    const aws = await LocalAws.start(hosts, currentOf);
    for (const host of hosts) configure(host, aws.of(host).health);
    return new Ours(processes, aws);
  }

  private epoch = 0;
  private committed: Release | undefined;

  private constructor(
    private readonly processes: Processes,
    private readonly aws: LocalAws,
  ) {}

  /** Stages on all hosts; when the last has ended, activates on all of them. Uploading is the build's and not timed. */
  async deploy(hosts: readonly Host[], { commit, body }: Archive): Promise<OurRun> {
    const release = { id: `v${++this.epoch}`, sha256: createHash('sha256').update(body).digest('hex') };
    const manifest = { id: release.id, sha256: release.sha256, size: body.length, ref: 'main', commit };
    this.aws.put(`releases/${release.id}/release.tar.gz`, body);
    this.aws.put(`releases/${release.id}/manifest`, lines('asg-canary-manifest 1', manifest));
    const began = performance.now();
    await Promise.all(hosts.map((host) => this.command('stage', host, release)));
    const staged = performance.now();
    this.point('promoting', release);
    await Promise.all(hosts.map((host) => this.command('activate', host, release)));
    const ended = performance.now();
    this.committed = release;
    return {
      seconds: (ended - began) / 1000,
      stageSeconds: (staged - began) / 1000,
      activateSeconds: (ended - staged) / 1000,
      switched: hosts.map((host) => switchedAt(currentOf(host))),
    };
  }

  stop(): Promise<void> {
    return this.aws.stop();
  }

  private point(phase: string, candidate: Release): void {
    const { committed } = this;
    const releases = {
      committed: committed?.id ?? '',
      committed_sha256: committed?.sha256 ?? '',
      candidate: candidate.id,
      candidate_sha256: candidate.sha256,
    };
    this.aws.put('fleets/shop/stable', lines('asg-canary-pointer 1', { epoch: this.epoch, phase, ...releases }));
  }

  private command(name: 'stage' | 'activate', host: Host, { id, sha256 }: Release): Promise<void> {
    return this.run(host, [name, '--release', id, '--sha256', sha256, '--epoch', String(this.epoch)]);
  }

  private run(host: Host, args: readonly string[]): Promise<void> {
    const environment = {
      PATH: process.env.PATH!,
      ASG_CANARY_ROOT: host.root,
      AWS_ENDPOINT_URL: this.aws.url,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: this.aws.of(host).metadata,
    };
    return this.processes.run({ program: PROGRAM, arguments: args, folder: host.root, environment, log: path.join(host.root, 'host.log') });
  }
}

/** The link that the host program changes. */
export function currentOf(host: Host): string {
  return path.join(host.root, APP_DIR, 'current');
}

function configure(host: Host, probeUrl: string): void {
  const settings = {
    FLEET: 'shop',
    GROUP: 'stable',
    GROUP_NAME: 'shop-stable',
    LAUNCH_HOOK: 'shop-launch',
    REGION,
    BUCKET,
    APP_DIR,
    PROBE_URL: probeUrl,
    PLACEHOLDER_BUCKET: BUCKET,
    PLACEHOLDER_KEY: 'placeholder.tar.gz',
    PLACEHOLDER_SHA256: '0'.repeat(64),
    KEEP_RELEASES: '5',
  };
  mkdirSync(path.join(host.root, 'etc/asg-canary'), { recursive: true });
  writeFileSync(path.join(host.root, 'etc/asg-canary/host.conf'), lines(undefined, settings));
}

function lines(title: string | undefined, fields: Readonly<Record<string, string | number>>): string {
  const first = title === undefined ? [] : [title];
  return [...first, ...Object.entries(fields).map(([key, value]) => `${key}=${value}`), ''].join('\n');
}
