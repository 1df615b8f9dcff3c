import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WireRequest, WireResponse } from './message';

/** Anything that answers requests: the wire of one lab, or a server of several. */
export interface WireHandler {
  handle(request: WireRequest): Promise<WireResponse>;
}

export interface WireAddress {
  /** e.g. `http://127.0.0.1:34567`, for `AWS_ENDPOINT_URL`. */
  readonly url: string;
  readonly port: number;
  /** Ends open connections and stops listening. */
  close(): Promise<void>;
}

/** Above what clients keep idle connections for: a server that closes first resets a request that is under way. */
const KEEP_ALIVE_MS = 120_000;
const LOOPBACK = '127.0.0.1';

/** Serves a wire over HTTP on 127.0.0.1. Port 0, the default, takes a free one. */
export async function serveWire(handler: WireHandler, port = 0): Promise<WireAddress> {
  const server = createServer((incoming, outgoing) => {
    respond(handler, incoming, outgoing).catch((error) => outgoing.destroy(error));
  });
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, LOOPBACK, resolve);
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    url: `http://${LOOPBACK}:${bound}`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function respond(handler: WireHandler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const method = incoming.method ?? 'GET';
  const headers = incoming.headers as Record<string, string>;
  const response = await handler.handle({ method, path: incoming.url ?? '/', headers, body: Buffer.concat(chunks) });
  const length = { 'content-length': String(response.body.length) };
  outgoing.writeHead(response.status, response.status === 304 ? response.headers : { ...length, ...response.headers });
  outgoing.end(method === 'HEAD' ? undefined : response.body);
}
