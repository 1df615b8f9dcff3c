import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** A server as a child of the test, with a folder of its own that is gone when it has been stopped. */
export class ServerProcess {
  /** Where the server keeps its files, its socket and its log. */
  readonly folder: string;
  private child?: ChildProcess;

  constructor(private readonly name: string) {
    this.folder = mkdtempSync(path.join(tmpdir(), `asg-canary-${name}-`));
    // PHP-FPM's user is to reach the sockets.
    chmodSync(this.folder, 0o755);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Starts the program and returns when it answers. */
  async start(program: string, args: readonly string[], answers: () => Promise<boolean>): Promise<void> {
    const log = openSync(this.file('log'), 'a');
    this.child = spawn(program, args, { stdio: ['ignore', log, log], cwd: this.folder });
    closeSync(log);
    let failure: Error | undefined;
    this.child.on('error', (error) => {
      failure = error;
    });
    for (const begun = Date.now(); !(await answers()); ) {
      if (failure) throw failure;
      if (this.child.exitCode !== null) throw new Error(`${this.name} ended with ${this.child.exitCode}:\n${this.log()}`);
      if (Date.now() - begun > 30_000) throw new Error(`it took more than 30 s until ${this.name} answered:\n${this.log()}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  log(): string {
    return readFileSync(this.file('log'), 'utf8');
  }

  file(name: string): string {
    return path.join(this.folder, name);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const child = this.child;
    if (child?.pid && child.exitCode === null && child.signalCode === null) {
      child.kill(signal);
      await once(child, 'close');
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A port of a loopback address that nothing listens at. */
export async function freePort(address: string): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
