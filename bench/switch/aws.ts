import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { ScaledClock } from '../../lab/clock/scaled-clock';
import { IamService } from '../../lab/iam';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import { S3Service } from '../../lab/services/s3';
import { serveWire, Wire, type WireAddress } from '../../lab/wire';
import { MetadataServer } from '../../lab/world/live/metadata-server';
import type { Host } from './hosts';

export const REGION = 'eu-west-1';
export const BUCKET = 'artifacts';

/** Where a host finds what an instance has around it. */
export interface Surroundings {
  readonly metadata: string;
  readonly health: string;
}

/** The lab's S3 with signatures and permissions, instance metadata of each host, and an application that answers from `current`. */
export class LocalAws {
  static async start(hosts: readonly Host[], currentOf: (host: Host) => string): Promise<LocalAws> {
    const clock = new ScaledClock(new Date(), 1, (error) => console.error(error));
    const context = {
      clock,
      random: new Random(1),
      region: REGION,
      account: '123456789012',
      speed: 'live' as const,
      events: new EventBus(),
    };
    const iam = new IamService(context);
    const s3 = new S3Service(context, { iam });
    s3.createBucket(BUCKET);
    const aws = new LocalAws(s3, await serveWire(new Wire(context, { services: [s3], iam })));
    const roleArn = await role(iam);
    for (const [index, host] of hosts.entries()) {
      const instanceId = `i-${String(index + 1).padStart(17, '0')}`;
      const place = { group: 'shop-stable', userData: '', roleArn, imageId: 'ami-1', availabilityZone: `${REGION}a` };
      const metadata = new MetadataServer({ instanceId, address: host.address, ...place }, REGION, clock, iam);
      aws.metadata.push(metadata);
      aws.surroundings.set(host, { metadata: await metadata.start(), health: await aws.serveHealth(host, currentOf(host)) });
    }
    return aws;
  }

  private readonly surroundings = new Map<Host, Surroundings>();
  private readonly metadata: MetadataServer[] = [];
  private readonly health: Server[] = [];

  private constructor(
    private readonly s3: S3Service,
    private readonly wire: WireAddress,
  ) {}

  get url(): string {
    return this.wire.url;
  }

  of(host: Host): Surroundings {
    return this.surroundings.get(host)!;
  }

  put(key: string, body: string | Uint8Array): void {
    this.s3.putObject(BUCKET, key, Buffer.from(body as Uint8Array));
  }

  async stop(): Promise<void> {
    await Promise.all([this.wire.close(), ...this.metadata.map((server) => server.stop())]);
    for (const server of this.health) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  }

  private async serveHealth(host: Host, current: string): Promise<string> {
    const server = createServer((_request, response) => {
      readFile(path.join(current, 'health')).then(
        (page) => response.end(page),
        () => response.writeHead(503).end(),
      );
    });
    this.health.push(server);
    await new Promise<void>((resolve) => server.listen(0, host.address, resolve));
    return `http://${host.address}:${(server.address() as AddressInfo).port}/health`;
  }
}

async function role(iam: IamService): Promise<string> {
  const Version = '2012-10-17';
  const trust = { Version, Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' } };
  const read = { Effect: 'Allow', Action: ['s3:GetObject', 's3:ListBucket'], Resource: '*' };
  const [roles] = iam.providers();
  const { attributes } = await roles.create({
    logicalId: 'Role',
    type: roles.type,
    properties: {
      AssumeRolePolicyDocument: trust,
      Policies: [{ PolicyName: 'Read', PolicyDocument: { Version, Statement: [read] } }],
    },
  });
  return String(attributes!.Arn);
}
