import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Clock } from '../../clock/clock';
import type { InstanceSpec } from '../../kernel/world';
import { type CredentialSource, RotatingCredentials } from './credentials';

const TOKEN_PATH = '/latest/api/token';
const META_DATA = '/latest/meta-data/';
/** Longest life of a token, in seconds. */
const MAX_TTL = 21_600;

/**
 * The instance metadata service of one instance, version 2 only: a session token by PUT, and 401 without one.
 *
 * @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
export class MetadataServer {
  private readonly server: Server;
  /** Token to the real time of its end, in milliseconds. */
  private readonly tokens = new Map<string, number>();
  private readonly credentials: RotatingCredentials;
  private readonly values: Readonly<Record<string, string>>;

  constructor(
    private readonly spec: InstanceSpec,
    region: string,
    clock: Clock,
    source: CredentialSource,
  ) {
    this.credentials = new RotatingCredentials(spec.roleArn, clock, source);
    this.values = {
      'ami-id': spec.imageId,
      'instance-id': spec.instanceId,
      'local-ipv4': spec.address,
      'placement/availability-zone': spec.availabilityZone,
      'placement/region': region,
    };
    this.server = createServer((request, response) => this.answer(request, response));
  }

  /** Listens on the instance's own address. @returns the endpoint's URL */
  async start(): Promise<string> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(0, this.spec.address, resolve);
    });
    return `http://${this.spec.address}:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private answer(request: IncomingMessage, response: ServerResponse): void {
    const { status, body, ttl } = this.reply(request);
    response.writeHead(status, {
      'content-type': 'text/plain',
      ...(ttl === undefined ? {} : { 'x-aws-ec2-metadata-token-ttl-seconds': String(ttl) }),
    });
    response.end(body);
  }

  private reply({ method, url, headers }: IncomingMessage): { status: number; body: string; ttl?: number } {
    if (headers['x-forwarded-for'] !== undefined) return { status: 403, body: 'Forbidden' };
    if (url === TOKEN_PATH)
      return method === 'PUT'
        ? this.issueToken(headers['x-aws-ec2-metadata-token-ttl-seconds'])
        : { status: 405, body: 'Method Not Allowed' };
    if (method !== 'GET') return { status: 405, body: 'Method Not Allowed' };
    const ends = this.tokens.get(String(headers['x-aws-ec2-metadata-token'] ?? ''));
    if (ends === undefined || ends < Date.now()) return { status: 401, body: 'Unauthorized' };
    const body = url?.startsWith(META_DATA) ? this.value(url.slice(META_DATA.length)) : undefined;
    return body === undefined ? { status: 404, body: 'Not Found' } : { status: 200, body };
  }

  private issueToken(header: string | string[] | undefined): { status: number; body: string; ttl?: number } {
    const ttl = Number(header);
    if (!Number.isInteger(ttl) || ttl < 1 || ttl > MAX_TTL) return { status: 400, body: 'Bad Request' };
    const token = randomBytes(40).toString('base64url');
    this.tokens.set(token, Date.now() + ttl * 1000);
    return { status: 200, body: token, ttl };
  }

  private value(path: string): string | undefined {
    const role = this.spec.roleArn.split('/').at(-1);
    if (path === 'iam/security-credentials' || path === 'iam/security-credentials/') return role;
    if (path === `iam/security-credentials/${role}`)
      return JSON.stringify({ Code: 'Success', Type: 'AWS-HMAC', ...this.credentials.current() }, null, 2);
    return this.values[path];
  }
}
