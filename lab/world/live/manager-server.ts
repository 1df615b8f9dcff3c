import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { CommandReply } from './service-manager';

/** Lets the `systemctl` of an instance reach its service manager, which lives in the lab's process. */
export class ManagerServer {
  private readonly server: Server;
  private readonly path = `/${randomBytes(16).toString('hex')}`;

  constructor(private readonly systemctl: (words: readonly string[]) => Promise<CommandReply>) {
    this.server = createServer((request, response) => void this.answer(request, response));
  }

  /** @returns the URL that takes a command's words, one a line */
  async start(address: string): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, address, resolve);
    });
    return `http://${address}:${(this.server.address() as AddressInfo).port}${this.path}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url !== this.path || request.method !== 'POST') {
      response.writeHead(404).end();
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    const { exitCode, output } = await this.systemctl(body.split('\n').filter((word) => word !== ''));
    response.end(`${exitCode}\n${output}`);
  }
}
