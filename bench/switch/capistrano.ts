import { mkdirSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { Run } from './figures';
import { type Host, switchedAt } from './hosts';
import type { Processes } from './processes';
import { type Client, type Door, Sshds } from './sshd';

const DEPLOY_TO = 'srv/capistrano';
const CAPFILE = `require 'capistrano/setup'
require 'capistrano/deploy'
require 'capistrano/scm/git'
install_plugin Capistrano::SCM::Git
`;

/** Where hosts fetch from: a git server over ssh, as usual, or a folder on their own disk. */
export type Repository = 'ssh' | 'disk';

/**
 * Capistrano with its default flow. Hosts have a git mirror and fetch into it; the git server has an address of its own.
 * All hosts share one disk, so `~` tells them apart: it is the host's root.
 */
export class Capistrano {
  static async start(processes: Processes, hosts: readonly Host[], repository: string, folder: string): Promise<Capistrano> {
    const sshds = new Sshds(processes, folder);
    const { key, knownHosts } = sshds.client;
    const gitServer = await sshds.open(gitAddress(hosts), { HOME: folder });
    const gitSsh = `ssh -F none -i ${key} -o UserKnownHostsFile=${knownHosts} -o BatchMode=yes`;
    const doors: Door[] = [];
    for (const { address, root } of hosts) doors.push(await sshds.open(address, { HOME: root, GIT_SSH_COMMAND: gitSsh }));
    mkdirSync(path.join(folder, 'config/deploy'), { recursive: true });
    writeFileSync(path.join(folder, 'Capfile'), CAPFILE);
    writeFileSync(path.join(folder, 'config/deploy.rb'), settings(folder, sshds.client));
    const urls = { disk: repository, ssh: `ssh://${userInfo().username}@${gitServer.address}:${gitServer.port}${repository}` };
    return new Capistrano(processes, doors, urls, folder);
  }

  private constructor(
    private readonly processes: Processes,
    private readonly doors: readonly Door[],
    private readonly urls: Readonly<Record<Repository, string>>,
    private readonly folder: string,
  ) {}

  /** Deploys what is on the branch to the first hosts. */
  async deploy(hosts: readonly Host[], repository: Repository): Promise<Run> {
    const servers = this.doors.slice(0, hosts.length).map(serverLine);
    writeFileSync(path.join(this.folder, 'config/deploy/bench.rb'), `set :repo_url, '${this.urls[repository]}'\n${servers.join('')}`);
    const began = performance.now();
    await this.processes.run({
      program: 'cap',
      arguments: ['bench', 'deploy'],
      folder: this.folder,
      environment: { PATH: process.env.PATH!, HOME: this.folder, LANG: 'C.UTF-8' },
      log: path.join(this.folder, 'output.log'),
    });
    return { seconds: (performance.now() - began) / 1000, switched: hosts.map((host) => switchedAt(this.currentOf(host))) };
  }

  currentOf(host: Host): string {
    return path.join(host.root, DEPLOY_TO, 'current');
  }
}

function settings(folder: string, { key, knownHosts }: Client): string {
  return `set :application, 'bench'
set :branch, 'main'
set :deploy_to, '~/${DEPLOY_TO}'
set :keep_releases, 1000
set :tmp_dir, '${folder}'
set :ssh_options, { keys: ['${key}'], keys_only: true, auth_methods: ['publickey'], config: false, user_known_hosts_file: ['${knownHosts}'] }
`;
}

/** Beside the hosts: 127.x.1.1. */
function gitAddress([{ address }]: readonly Host[]): string {
  return `${address.split('.').slice(0, 2).join('.')}.1.1`;
}

function serverLine({ address, port }: Door): string {
  return `server '${address}', user: '${userInfo().username}', port: ${port}, roles: %w[app web]\n`;
}
