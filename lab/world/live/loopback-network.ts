import { createServer, type Server } from 'node:net';

/** Second parts of the addresses that labs may take: 127.100.0.0/16 to 127.250.0.0/16. */
const FIRST = 100;
const LAST = 250;
/** What marks a network as taken: a socket on its last address, which no instance gets. */
const MARK_HOST = '255.255';
const MARK_PORT = 20127;

/**
 * The loopback addresses of one lab's instances, which listen on the same ports as those of every other lab on the machine.
 * A network is held by a socket, so that it is free again however the process ends.
 */
export class LoopbackNetwork {
  private constructor(
    /** First two parts of its addresses, e.g. `127.100`. */
    readonly prefix: string,
    private readonly mark: Server,
  ) {}

  /**
   * Takes a network that no other lab on this machine has.
   *
   * @throws Error when all are taken
   */
  static async claim(): Promise<LoopbackNetwork> {
    for (let second = FIRST; second <= LAST; second++) {
      const prefix = `127.${second}`;
      const mark = await listen(`${prefix}.${MARK_HOST}`);
      if (mark !== undefined) return new LoopbackNetwork(prefix, mark);
    }
    throw new Error(`all networks from 127.${FIRST} to 127.${LAST} are taken by other labs on this machine`);
  }

  release(): Promise<void> {
    return new Promise((resolve) => this.mark.close(() => resolve()));
  }
}

/** A server that listens on the address; undefined where another one does. */
function listen(host: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => (error.code === 'EADDRINUSE' ? resolve(undefined) : reject(error)));
    server.listen({ host, port: MARK_PORT, exclusive: true }, () => resolve(server));
  });
}
