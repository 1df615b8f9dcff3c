import { randomUUID } from 'node:crypto';
import { appendFileSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../clock/clock';
import type { InstanceSpec, ScriptResult } from '../../kernel/world';
import type { CredentialSource } from './credentials';
import { removeFolder } from './folder';
import { ManagerServer } from './manager-server';
import { marked } from './marked-processes';
import { MetadataServer } from './metadata-server';
import { ProcessGroup, send } from './process-group';
import { ServiceManager } from './service-manager';
import { writeShims } from './shims';

/** Where an instance's programs are looked for, after its shims; Node's own folder first, since `dnf install nodejs` installs nothing. */
const SYSTEM_PATH = [path.dirname(process.execPath), '/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
/** Characters of each output stream that Run Command keeps. */
export const OUTPUT_LIMIT = 24_000;
/** Newest characters of the console log that are kept, as GetConsoleOutput does. */
const CONSOLE_LIMIT = 65_536;
/** Real time between SIGTERM and SIGKILL when the machine is ended. */
const SHUTDOWN_MS = 2_000;

/** What an instance needs from the lab around it. */
export interface Surroundings {
  readonly clock: Clock;
  readonly region: string;
  readonly credentials: CredentialSource;
  /** URL of the lab's wire server. */
  readonly endpoint: () => string;
}

/** One machine: a folder that stands for its root, processes, a metadata service and a service manager. */
export class LiveInstance {
  private environment: Readonly<Record<string, string>> = {};
  private readonly running = new Set<ProcessGroup>();
  private readonly metadata: MetadataServer;
  private manager: ServiceManager | undefined;
  private readonly managerServer: ManagerServer;
  private up = false;
  private down = false;

  constructor(
    readonly spec: InstanceSpec,
    readonly root: string,
    private readonly surroundings: Surroundings,
  ) {
    mkdirSync(path.join(root, 'var', 'log'), { recursive: true });
    mkdirSync(path.join(root, 'etc', 'systemd', 'system'), { recursive: true });
    mkdirSync(path.join(root, 'root'), { recursive: true });
    mkdirSync(path.join(root, 'tmp'), { recursive: true });
    this.metadata = new MetadataServer(spec, surroundings.region, surroundings.clock, surroundings.credentials);
    this.managerServer = new ManagerServer(
      async (words) => this.manager?.systemctl(words) ?? { exitCode: 1, output: 'the machine is going down' },
    );
  }

  /** Whether the machine is up: its servers answer, and commands can run. */
  get isUp(): boolean {
    return this.up;
  }

  /** Brings the machine up and runs its user data to the end. */
  async boot(): Promise<void> {
    const metadataUrl = await this.metadata.start();
    const shims = writeShims(this.root, await this.managerServer.start(this.spec.address));
    if (this.down) return this.closeServers();
    // The machine's own settings of PHP, on top of those of the machine under the lab.
    const settings = { PHP_INI_SCAN_DIR: `:${path.join(this.root, 'etc', 'php.d')}` };
    this.environment = {
      ...settings,
      PATH: [shims, ...SYSTEM_PATH].join(':'),
      HOME: path.join(this.root, 'root'),
      TMPDIR: path.join(this.root, 'tmp'),
      LANG: 'C.UTF-8',
      ASG_CANARY_ROOT: this.root,
      AWS_EC2_METADATA_SERVICE_ENDPOINT: metadataUrl,
      AWS_ENDPOINT_URL: this.surroundings.endpoint(),
    };
    this.manager = new ServiceManager({
      clock: this.surroundings.clock,
      directory: this.root,
      logDirectory: path.join(this.root, 'var', 'log'),
      environment: { ...settings, PATH: this.environment.PATH, LANG: this.environment.LANG },
    });
    this.up = true;
    const script = path.join(this.root, 'var', 'lib', 'cloud', 'user-data');
    if (!this.spec.userData.startsWith('#!')) {
      this.log(`user data must start with '#!', got '${this.spec.userData.slice(0, 20)}': not run`);
      return;
    }
    this.writeProgram(script, this.spec.userData);
    const group = this.start(script, {}, this.consoleFile, this.consoleFile);
    const { exitCode, signal, error } = await group.ended;
    this.running.delete(group);
    if (exitCode !== 0 && this.up) this.log(`user data failed: ${error?.message ?? signal ?? `exit code ${exitCode}`}`);
  }

  /** Runs a script as the SSM agent does: a file of its own, under bash unless it begins with `#!`. */
  async run(script: string, environment: Readonly<Record<string, string>>, timeoutSeconds: number): Promise<ScriptResult> {
    if (!this.up) throw new Error(`instance ${this.spec.instanceId} is not up`);
    const folder = path.join(this.root, 'var', 'lib', 'amazon', 'ssm', randomUUID());
    const [file, stdout, stderr] = ['_script.sh', 'stdout', 'stderr'].map((name) => path.join(folder, name));
    this.writeProgram(file, script);
    const group = this.start(file, environment, stdout, stderr);
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      group.signal('SIGKILL');
    }, timeoutSeconds * 1000);
    const { exitCode, error } = await group.ended;
    clearTimeout(limit);
    this.running.delete(group);
    return {
      exitCode: timedOut ? undefined : (exitCode ?? 1),
      stdout: beginning(stdout),
      stderr: error?.message ?? beginning(stderr),
    };
  }

  /** Newest part of what user data wrote. */
  console(): string {
    return read(this.consoleFile).slice(-CONSOLE_LIMIT);
  }

  /** Where a symbolic link of the instance points; `link` is absolute on the instance. */
  link(link: string): string | undefined {
    try {
      return readlinkSync(path.join(this.root, link));
    } catch {
      return undefined;
    }
  }

  /** Ends every process of the machine; its folder stays. */
  async shutDown(): Promise<void> {
    this.up = false;
    this.down = true;
    await Promise.all([this.manager?.stopAll(SHUTDOWN_MS), ...[...this.running].map((group) => group.end(SHUTDOWN_MS))]);
    for (const pid of marked(`ASG_CANARY_ROOT=${this.root}`)) send(pid, 'SIGKILL');
    await this.closeServers();
  }

  /** Removes the machine's folder. */
  async remove(): Promise<void> {
    await removeFolder(this.root);
  }

  private async closeServers(): Promise<void> {
    await Promise.all([this.metadata.stop(), this.managerServer.stop()]);
  }

  private get consoleFile(): string {
    return path.join(this.root, 'var', 'log', 'cloud-init-output.log');
  }

  private start(program: string, environment: Readonly<Record<string, string>>, stdout: string, stderr: string): ProcessGroup {
    const group = new ProcessGroup({
      command: 'bash',
      arguments: ['-c', '"$0"', program],
      directory: this.root,
      environment: { ...this.environment, ...environment },
      stdout,
      stderr,
    });
    this.running.add(group);
    return group;
  }

  private writeProgram(file: string, text: string): void {
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o700 });
  }

  private log(line: string): void {
    appendFileSync(this.consoleFile, `${line}\n`);
  }
}

function beginning(file: string): string {
  return read(file).slice(0, OUTPUT_LIMIT);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
