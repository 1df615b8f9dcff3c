import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { freePort, ServerProcess } from './server-process';

/** A web server that Varnish asks. */
export interface Backend {
  readonly address: string;
  readonly port: number;
}

/** Varnish on a loopback address in front of one web server. It lets go of pages by PURGE and BAN from loopback, as `store.vcl` says. */
export class Varnish {
  static async start(backend: Backend, address = '127.50.0.1'): Promise<Varnish> {
    const server = new Varnish(address, await freePort(address));
    try {
      const vcl = server.process.file('store.vcl');
      writeFileSync(vcl, vclFor(backend));
      // Without a jail it needs no user of its own.
      const own = ['-F', '-j', 'none', '-n', server.process.file('run'), '-s', 'malloc,32m'];
      const args = [...own, '-a', `${address}:${server.port}`, '-f', vcl];
      await server.process.start('varnishd', args, () => server.answers());
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  private readonly process = new ServerProcess('varnish');

  private constructor(
    readonly address: string,
    readonly port: number,
  ) {}

  get pid(): number | undefined {
    return this.process.pid;
  }

  get url(): string {
    return `http://${this.address}:${this.port}`;
  }

  stop(): Promise<void> {
    return this.process.stop();
  }

  private answers(): Promise<boolean> {
    return fetch(`${this.url}/varnish_ping`).then(
      ({ status }) => status === 200,
      () => false,
    );
  }
}

/** The configuration of Varnish in front of a web server. */
export function vclFor({ address, port }: Backend): string {
  return readFileSync(path.join(__dirname, 'store.vcl'), 'utf8').replace('BACKEND_ADDRESS', address).replace('BACKEND_PORT', String(port));
}
