import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type SignedRequest, signatureFault } from './signature';

/** What the next answers to S3 requests for a key should be instead of the object. */
export type Fault = { readonly status: number; readonly code: string } | 'truncate' | 'hang up' | 'stall';

/** As much of S3, instance metadata, Auto Scaling and an application as a host program meets, on one loopback port. Signatures are verified. */
export class TinyAws {
  readonly region = 'eu-west-1';
  readonly credentials = {
    accessKeyId: 'ASIATINYAWS',
    secretAccessKey: 'secret/of+tiny',
    sessionToken: 'session/token+of=',
    /** What instance metadata says of them; requests are not refused for it. */
    expiration: inHours(6),
  };
  /** By `bucket/key`. */
  readonly objects = new Map<string, Uint8Array>();
  /** Taken one by one, by `bucket/key`. */
  readonly faults = new Map<string, Fault[]>();
  /** Answers to CompleteLifecycleAction that come before the good one. */
  readonly completionFaults: { readonly status: number; readonly code: string; readonly message: string }[] = [];
  readonly completions: { readonly instance: string; readonly group: string; readonly hook: string; readonly result: string }[] = [];
  /** `METHOD path` of every request but those of the probe. */
  readonly requests: string[] = [];
  /** What was wrong with signatures: must stay empty. */
  readonly signatureFaults: string[] = [];
  /** HTTP status of the application's health page. */
  health: () => number = () => 200;
  /** The same for hosts that probe a path of their own below `/health`. */
  readonly healthOf = new Map<string, () => number>();
  metadataWorks = true;
  /** How long the tokens for instance metadata were asked to last. */
  readonly tokenSeconds: number[] = [];
  /** Lets answers go on that were stalled. */
  readonly goOn: (() => void)[] = [];
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => void this.serve(request, response));
  }

  static async start(): Promise<TinyAws> {
    const aws = new TinyAws();
    await new Promise<void>((resolve) => aws.server.listen(0, '127.0.0.1', resolve));
    return aws;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forgets objects, faults and what was seen. */
  reset(): void {
    this.objects.clear();
    this.faults.clear();
    this.completionFaults.length = 0;
    this.completions.length = 0;
    this.requests.length = 0;
    this.signatureFaults.length = 0;
    this.tokenSeconds.length = 0;
    this.health = () => 200;
    this.metadataWorks = true;
  }

  put(path: string, body: string | Uint8Array): void {
    this.objects.set(path, Buffer.from(body as Uint8Array));
  }

  /** The credentials as instance metadata gives them. */
  served(): Record<string, string> {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = this.credentials;
    return {
      Code: 'Success',
      Type: 'AWS-HMAC',
      AccessKeyId: accessKeyId,
      SecretAccessKey: secretAccessKey,
      Token: sessionToken,
      Expiration: expiration,
    };
  }

  private async serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of message) chunks.push(chunk);
    const request = { method: message.method!, path: message.url!, headers: message.headers, body: Buffer.concat(chunks) };
    if (request.path.startsWith('/health')) return void response.writeHead((this.healthOf.get(request.path) ?? this.health)()).end();
    this.requests.push(`${request.method} ${request.path}`);
    if (request.path.startsWith('/latest/')) this.metadata(request, response);
    else if (request.method === 'POST') this.autoScaling(request, response);
    else this.s3(request, response);
  }

  private metadata(request: SignedRequest, response: ServerResponse): void {
    if (!this.metadataWorks) return void response.writeHead(500).end();
    const token = 'tiny+token==';
    if (request.path === '/latest/api/token') {
      const seconds = Number(request.headers['x-aws-ec2-metadata-token-ttl-seconds']);
      this.tokenSeconds.push(seconds);
      const asked = request.method === 'PUT' && seconds > 0;
      return void response.writeHead(asked ? 200 : 400).end(asked ? token : '');
    }
    if (request.headers['x-aws-ec2-metadata-token'] !== token) return void response.writeHead(401).end();
    const tree: Record<string, string> = {
      '/latest/meta-data/instance-id': 'i-0123456789abcdef0',
      '/latest/meta-data/local-ipv4': '127.0.0.1',
      '/latest/meta-data/iam/security-credentials/': 'host-role',
      '/latest/meta-data/iam/security-credentials/host-role': JSON.stringify(this.served(), undefined, 2),
    };
    response.writeHead(tree[request.path] === undefined ? 404 : 200).end(tree[request.path]);
  }

  private autoScaling(request: SignedRequest, response: ServerResponse): void {
    if (this.refused(request, 'autoscaling', response)) return;
    const fault = this.completionFaults.shift();
    if (fault !== undefined) return void error(response, fault.status, fault.code, fault.message);
    const form = new URLSearchParams(Buffer.from(request.body).toString());
    if (form.get('Action') !== 'CompleteLifecycleAction' || form.get('Version') !== '2011-01-01')
      return void error(response, 400, 'InvalidAction');
    this.completions.push({
      instance: form.get('InstanceId')!,
      group: form.get('AutoScalingGroupName')!,
      hook: form.get('LifecycleHookName')!,
      result: form.get('LifecycleActionResult')!,
    });
    response.writeHead(200, { 'content-type': 'text/xml' }).end('<CompleteLifecycleActionResponse/>');
  }

  private s3(request: SignedRequest, response: ServerResponse): void {
    if (this.refused(request, 's3', response)) return;
    const path = request.path.slice(1);
    const body = this.objects.get(path);
    const fault = this.faults.get(path)?.shift();
    if (fault === 'stall') return void this.goOn.push(() => response.end(body));
    if (fault === 'hang up') return void response.destroy();
    if (fault !== undefined && fault !== 'truncate') return void error(response, fault.status, fault.code);
    if (body === undefined) return void error(response, 404, 'NoSuchKey');
    response.writeHead(200, { 'content-length': body.length });
    if (fault === 'truncate') response.write(body.subarray(0, body.length >> 1), () => response.destroy());
    else response.end(body);
  }

  private refused(request: SignedRequest, service: string, response: ServerResponse): boolean {
    const fault = signatureFault(request, service, this.region, this.credentials);
    if (fault === undefined) return false;
    this.signatureFaults.push(`${request.method} ${request.path}: ${fault}`);
    error(response, 403, 'SignatureDoesNotMatch');
    return true;
  }
}

/** A moment as instance metadata writes it. */
export function inHours(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z');
}

function error(response: ServerResponse, status: number, code: string, message = code): void {
  response.writeHead(status, { 'content-type': 'application/xml' });
  response.end(`<?xml version="1.0"?><ErrorResponse><Error><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`);
}
