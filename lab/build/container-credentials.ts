import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RotatingCredentials } from '../world/live/credentials';

/** Serves a build the credentials of its role under a path that only it is told, as CodeBuild's containers get them. */
export class ContainerCredentials {
  private readonly path = `/v2/credentials/${randomUUID()}`;
  private readonly server: Server;

  constructor(roleArn: string, credentials: RotatingCredentials) {
    this.server = createServer((request, response) => {
      if (request.method !== 'GET' || request.url !== this.path) {
        response.writeHead(404).end();
        return;
      }
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ RoleArn: roleArn, ...credentials.current() }));
    });
  }

  /** @returns what goes into AWS_CONTAINER_CREDENTIALS_FULL_URI */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, '127.0.0.1', resolve);
    });
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${this.path}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }
}
