import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { userInfo } from 'node:os';
import path from 'node:path';
import type { Command, Processes } from './processes';

const READY_MS = 10_000;

/** A way into a machine over ssh. */
export interface Door {
  readonly address: string;
  readonly port: number;
}

/** The files that a client needs. */
export interface Client {
  readonly key: string;
  readonly knownHosts: string;
}

/** Programs of ssh in a folder of their own: keys, configuration, log. One key opens every door. */
export class Sshds {
  readonly client: Client;
  private readonly log: string;

  constructor(
    private readonly processes: Processes,
    private readonly folder: string,
  ) {
    this.client = { key: path.join(folder, 'key'), knownHosts: path.join(folder, 'known_hosts') };
    this.log = path.join(folder, 'sshd.log');
  }

  /** Starts an sshd on an address, whose sessions have these variables. */
  async open(address: string, variables: Readonly<Record<string, string>>): Promise<Door> {
    const { key, knownHosts } = this.client;
    if (!existsSync(key)) await this.makeKey(key);
    const door = { address, port: await freePort(address) };
    const hostKey = path.join(this.folder, `hostkey-${address}`);
    await this.makeKey(hostKey);
    appendFileSync(knownHosts, `[${address}]:${door.port} ${readFileSync(`${hostKey}.pub`, 'utf8')}`);
    const config = path.join(this.folder, `sshd-${address}`);
    writeFileSync(config, configuration(door, hostKey, `${key}.pub`, variables));
    this.processes.start(this.command('/usr/sbin/sshd', '-D', '-e', '-f', config));
    await this.answers(door);
    return door;
  }

  private makeKey(file: string): Promise<void> {
    return this.processes.run(this.command('ssh-keygen', '-q', '-t', 'ecdsa', '-m', 'PEM', '-N', '', '-f', file));
  }

  private command(program: string, ...args: readonly string[]): Command {
    return { program, arguments: args, folder: this.folder, environment: { PATH: process.env.PATH! }, log: this.log };
  }

  private async answers({ address, port }: Door): Promise<void> {
    const began = performance.now();
    while (!(await accepts(address, port))) {
      if (performance.now() - began > READY_MS)
        throw new Error(`sshd does not answer on ${address}:${port}:\n${readFileSync(this.log, 'utf8')}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/** Without PAM and DNS, which would only cost Capistrano time. */
function configuration(
  { address, port }: Door,
  hostKey: string,
  authorizedKeys: string,
  variables: Readonly<Record<string, string>>,
): string {
  const settings = Object.entries(variables).map(([name, value]) => ` "${name}=${value}"`);
  return `ListenAddress ${address}:${port}
HostKey ${hostKey}
AuthorizedKeysFile ${authorizedKeys}
AllowUsers ${userInfo().username}
PermitRootLogin prohibit-password
PasswordAuthentication no
KbdInteractiveAuthentication no
StrictModes no
UsePAM no
UseDNS no
PidFile none
SetEnv${settings.join('')}
`;
}

function accepts(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, address, () => resolve(true));
    socket.once('connect', () => socket.destroy());
    socket.once('error', () => resolve(false));
  });
}

async function freePort(address: string): Promise<number> {
  const server = createServer().listen(0, address);
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
