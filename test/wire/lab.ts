import { VirtualClock } from '../../lab/clock/virtual-clock';
import { IamService } from '../../lab/iam';
import type { AccessKey } from '../../lab/kernel/access-key';
import type { LabContext } from '../../lab/kernel/context';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { ResourceProvider } from '../../lab/kernel/resources';
import type { Operation, Service } from '../../lab/kernel/service';
import { S3Service } from '../../lab/services/s3';
import { serveWire, Wire, type WireAddress } from '../../lab/wire';

export const REGION = 'eu-west-1';
export const START = Date.UTC(2026, 2, 4, 5, 6, 7);

/** An account whose only services are S3 and what a test adds, served over HTTP. */
export class TinyLab {
  readonly context: LabContext = {
    clock: new VirtualClock(new Date(START)),
    random: new Random(7),
    region: REGION,
    account: '123456789012',
    speed: 'simulated',
    events: new EventBus(),
  };
  readonly iam = new IamService(this.context);
  readonly s3 = new S3Service(this.context, { iam: this.iam });
  readonly defects: unknown[] = [];
  wire!: Wire;
  address!: WireAddress;
  /** Moves the wall clock that the wire sees. */
  wallOffset = 0;

  async start(services: readonly Service[] = []): Promise<this> {
    this.wire = new Wire(this.context, {
      services: [this.s3, ...services],
      iam: this.iam,
      onDefect: (error) => this.defects.push(error),
      wallClock: () => Date.now() + this.wallOffset,
    });
    this.address = await serveWire(this.wire);
    return this;
  }

  stop(): Promise<void> {
    return this.address.close();
  }

  /** Creates a resource as CloudFormation would. */
  async create(type: string, logicalId: string, properties: Record<string, unknown>, providers: readonly ResourceProvider[] = []) {
    const all = [...this.iam.providers(), ...this.s3.providers(), ...providers];
    return all.find((provider) => provider.type === type)!.create({ logicalId, type, properties });
  }

  /** A role with these statements; gives its ARN. */
  async role(logicalId: string, statements: readonly object[], service = 'lambda.amazonaws.com'): Promise<string> {
    const trust = { Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' };
    const { attributes } = await this.create('AWS::IAM::Role', logicalId, {
      AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: trust },
      Policies: [{ PolicyName: 'Main', PolicyDocument: { Version: '2012-10-17', Statement: statements } }],
    });
    return attributes!.Arn;
  }

  /** Configuration of an SDK client that calls with this key. */
  client(key: AccessKey, endpoint = this.address.url) {
    return { region: REGION, endpoint, maxAttempts: 1, credentials: { ...key, expiration: undefined } };
  }
}

/** A service out of an SDK package with handlers; every call asks for `test:Call`. */
export function service(
  sdk: object,
  client: string,
  signingName: string,
  handlers: Record<string, (input: never) => unknown>,
  authorize: Operation['authorize'] = () => [{ action: 'test:Call', resource: '*' }],
): Service {
  const operations = Object.entries(handlers).map(([name, handle]) => [name, { authorize, handle: handle as Operation['handle'] }]);
  return { signingName, client, sdk: sdk as Record<string, unknown>, operations: Object.fromEntries(operations) };
}
