import {
  type ClientRequest,
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Route } from '../../services/elb/routing';
import { InFlight } from './in-flight';
import { TargetAgent } from './target-agent';

/** A request that went to a target, once it is over. */
export interface FinishedRequest {
  readonly targetGroupArn: string;
  readonly instanceId: string;
  /** The target's own status; undefined where it gave none, and the client got 502, 504 or nothing. */
  readonly status: number | undefined;
  /** Real time from sending the request to the target's first byte, or to the failure. */
  readonly seconds: number;
  /** No connection to the target came about, as TargetConnectionErrorCount counts it. */
  readonly connectionError: boolean;
}

export interface ProxyOptions {
  /** Chooses the target, or the answer, of one request. Header names are in lower case. */
  readonly route: (request: { path: string; headers: Record<string, string> }) => Route;
  /** Address of an instance; undefined where it is gone. */
  readonly addressOf: (instanceId: string) => string | undefined;
  readonly onFinished?: (request: FinishedRequest) => void;
  /** @default 127.0.0.1 */
  readonly address?: string;
  /** @default - a free one */
  readonly port?: number;
  /**
   * Longest silence of a target, in real seconds, before the client gets 504.
   *
   * @default 60, as a load balancer
   */
  readonly idleTimeoutSeconds?: number;
}

type Forward = Extract<Route, { kind: 'forward' }>;

/** Headers that concern one connection only (RFC 9110, 7.6.1). */
const HOP_BY_HOP = ['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'];

/** The data plane of a load balancer over HTTP/1.1. It never sends a request twice. */
export class LoadBalancerProxy {
  private readonly server: Server;
  private readonly agent = new TargetAgent();
  private readonly flights = new InFlight();
  private readonly idleMs: number;

  constructor(private readonly options: ProxyOptions) {
    this.idleMs = (options.idleTimeoutSeconds ?? 60) * 1000;
    this.server = createServer({ keepAliveTimeout: this.idleMs, requestTimeout: 0 }, (incoming, outgoing) =>
      this.handle(incoming, outgoing),
    );
  }

  /** @returns the URL that clients use */
  async start(): Promise<string> {
    const { address = '127.0.0.1', port = 0 } = this.options;
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, address, 1024, resolve);
    });
    return `http://${address}:${(this.server.address() as AddressInfo).port}`;
  }

  /** Closes all connections; a request that is under way is cut off. */
  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    this.agent.destroy();
  }

  /** Requests that an instance has not answered to the end. */
  inFlight(instanceId: string): number {
    return this.flights.count(instanceId);
  }

  /** Resolves when an instance has no request under way: take it out of the routes first. */
  drained(instanceId: string): Promise<void> {
    return this.flights.none(instanceId);
  }

  private handle(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const route = this.options.route({ path: incoming.url ?? '/', headers: plain(incoming.headers) });
    if (route.kind === 'forward') {
      this.forward(route, incoming, outgoing);
      return;
    }
    incoming.resume();
    outgoing.writeHead(route.status, { 'content-type': route.contentType }).end(route.body);
  }

  private forward(route: Forward, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { instanceId, targetGroupArn, port } = route;
    const exchange = new Exchange(({ status, seconds, connectionError }) => {
      this.flights.end(instanceId);
      this.options.onFinished?.({ targetGroupArn, instanceId, status, seconds, connectionError });
    });
    this.flights.begin(instanceId);
    const host = this.options.addressOf(instanceId);
    if (host === undefined) {
      incoming.resume();
      fail(outgoing, 502);
      exchange.finish();
      return;
    }
    const target = request({ host, port, agent: this.agent, method: incoming.method, path: incoming.url, headers: forwarded(incoming) });
    exchange.watch(target);
    target.setTimeout(this.idleMs, () => target.destroy(new IdleTimeout()));
    target.on('response', (answer) => {
      this.agent.note(answer);
      exchange.answered(answer.statusCode);
      outgoing.writeHead(answer.statusCode ?? 502, { ...endToEnd(answer.headers), ...cookies(answer, route) });
      answer.pipe(outgoing);
      answer.once('end', () => exchange.finish());
      answer.once('error', () => {
        outgoing.destroy();
        exchange.finish();
      });
    });
    target.once('error', (error) => {
      fail(outgoing, error instanceof IdleTimeout ? 504 : 502);
      exchange.finish();
    });
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) target.destroy();
    });
    incoming.pipe(target);
  }
}

class IdleTimeout extends Error {}

/** One request to a target, from its start to its end, which is told once. */
class Exchange {
  private readonly startedAt = performance.now();
  private seconds: number | undefined;
  private status: number | undefined;
  private connected = false;
  private finished = false;

  constructor(private readonly onFinished: (result: Pick<FinishedRequest, 'status' | 'seconds' | 'connectionError'>) => void) {}

  watch(target: ClientRequest): void {
    target.once('socket', (socket) => {
      if (!socket.connecting) this.connected = true;
      else socket.once('connect', () => (this.connected = true));
    });
  }

  answered(status: number | undefined): void {
    this.status = status;
    this.seconds = (performance.now() - this.startedAt) / 1000;
  }

  finish(): void {
    if (this.finished) return;
    this.finished = true;
    const seconds = this.seconds ?? (performance.now() - this.startedAt) / 1000;
    this.onFinished({ status: this.status, seconds, connectionError: !this.connected });
  }
}

function fail(outgoing: ServerResponse, status: 502 | 504): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  const reason = status === 502 ? '502 Bad Gateway' : '504 Gateway Time-out';
  outgoing.writeHead(status, { 'content-type': 'text/html' }).end(`<html><head><title>${reason}</title></head></html>`);
}

function plain(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}

/** What the target gets: the client's headers, its address, and the framing of its body. */
function forwarded(incoming: IncomingMessage): IncomingHttpHeaders {
  const { headers, socket } = incoming;
  const before = headers['x-forwarded-for'];
  const client = socket.remoteAddress ?? '';
  return {
    ...endToEnd(headers),
    ...(headers['transfer-encoding'] === undefined ? {} : { 'transfer-encoding': 'chunked' }),
    'x-forwarded-for': before === undefined ? client : `${before}, ${client}`,
    'x-forwarded-proto': 'http',
    'x-forwarded-port': String(socket.localPort),
  };
}

function cookies(answer: IncomingMessage, { setCookie = [] }: Forward): IncomingHttpHeaders {
  return setCookie.length === 0 ? {} : { 'set-cookie': [...(answer.headers['set-cookie'] ?? []), ...setCookie] };
}
