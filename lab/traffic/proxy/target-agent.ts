import { Agent, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** How long an idle connection to a target is kept, in real milliseconds. */
const KEEP_MS = 1000;
/** How much earlier than the target it is given up. */
const MARGIN_MS = 1000;

/**
 * Connections to targets. An idle one is given up a second before the target says that it would close it, and is not kept at all
 * where the target keeps it shorter than that; so a request never meets a connection that the target is just closing.
 * A load balancer asks the same of its targets: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html#connection-idle-timeout
 */
export class TargetAgent extends Agent {
  private readonly keepMs = new WeakMap<Duplex, number>();

  constructor() {
    super({ keepAlive: true, scheduling: 'lifo', maxFreeSockets: 64 });
  }

  /** Notes how long the target keeps this answer's connection, from its `Keep-Alive: timeout=N`. */
  note(response: IncomingMessage): void {
    const seconds = /(?:^|[\s,])timeout=(\d+)/.exec(String(response.headers['keep-alive'] ?? ''))?.[1];
    this.keepMs.set(response.socket, seconds === undefined ? KEEP_MS : Math.min(KEEP_MS, Number(seconds) * 1000 - MARGIN_MS));
  }

  override keepSocketAlive(socket: Duplex): boolean {
    const keepMs = this.keepMs.get(socket) ?? 0;
    if (keepMs <= 0) return false;
    super.keepSocketAlive(socket);
    (socket as Socket).setTimeout(keepMs);
    return true;
  }
}
