import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { freePort, ServerProcess } from './server-process';

const run = promisify(execFile);

/** Redis on a loopback address, in memory only. */
export class Redis {
  static async start(address = '127.50.0.1'): Promise<Redis> {
    const server = new Redis(address, await freePort(address));
    try {
      const persistence = ['--save', '', '--appendonly', 'no', '--dir', server.process.folder];
      const args = ['--bind', address, '--port', String(server.port), ...persistence];
      await server.process.start('redis-server', args, () => server.answers());
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private readonly process = new ServerProcess('redis');

  private constructor(
    readonly address: string,
    readonly port: number,
  ) {}

  get pid(): number | undefined {
    return this.process.pid;
  }

  /** Runs one command in one database of the server, such as `command(['keys', '*'], 1)`. */
  async command(words: readonly string[], database = 0): Promise<string> {
    const { stdout } = await run('redis-cli', ['-h', this.address, '-p', String(this.port), '-n', String(database), ...words]);
    return stdout.trimEnd();
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  private answers(): Promise<boolean> {
    return this.command(['ping']).then(
      (answer) => answer === 'PONG',
      () => false,
    );
  }
}
