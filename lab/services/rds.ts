import * as sdk from '@aws-sdk/client-rds';
import { arn, type LabContext } from '../kernel/context';
import type { ResourceProvider } from '../kernel/resources';
import { AwsError, type Operation, type Service } from '../kernel/service';

/** Seconds that a snapshot takes: lowest and highest, for a database of some gigabytes. */
const SECONDS = [60, 300] as const;

type Kind = 'instance' | 'cluster';
interface Snapshot {
  readonly kind: Kind;
  readonly name: string;
  readonly database: string;
  status: 'creating' | 'available' | 'failed';
}

const RESOURCES = { instance: ['db', 'snapshot'], cluster: ['cluster', 'cluster-snapshot'] } as const;

/** RDS, as far as snapshots go. Databases are not looked at: any name has one. */
export class RdsService implements Service {
  readonly signingName = 'rds';
  readonly sdk = sdk as unknown as Record<string, unknown>;
  readonly client = 'RDSClient';
  /** In the order in which they were asked for. */
  readonly snapshots: Snapshot[] = [];
  /** Makes snapshots fail: a fault to rehearse. */
  fails = false;
  readonly operations: Readonly<Record<string, Operation>> = {
    CreateDBSnapshot: {
      authorize: ({ DBInstanceIdentifier, DBSnapshotIdentifier }: sdk.CreateDBSnapshotMessage) =>
        this.access('rds:CreateDBSnapshot', 'instance', DBSnapshotIdentifier, DBInstanceIdentifier),
      handle: ({ DBInstanceIdentifier, DBSnapshotIdentifier }: sdk.CreateDBSnapshotMessage) =>
        this.create('instance', DBSnapshotIdentifier!, DBInstanceIdentifier!),
    },
    CreateDBClusterSnapshot: {
      authorize: ({ DBClusterIdentifier, DBClusterSnapshotIdentifier }: sdk.CreateDBClusterSnapshotMessage) =>
        this.access('rds:CreateDBClusterSnapshot', 'cluster', DBClusterSnapshotIdentifier, DBClusterIdentifier),
      handle: ({ DBClusterIdentifier, DBClusterSnapshotIdentifier }: sdk.CreateDBClusterSnapshotMessage) =>
        this.create('cluster', DBClusterSnapshotIdentifier!, DBClusterIdentifier!),
    },
    DescribeDBSnapshots: {
      authorize: ({ DBSnapshotIdentifier }: sdk.DescribeDBSnapshotsMessage) =>
        this.access('rds:DescribeDBSnapshots', 'instance', DBSnapshotIdentifier, this.databaseOf(DBSnapshotIdentifier)),
      handle: ({ DBSnapshotIdentifier }: sdk.DescribeDBSnapshotsMessage) => {
        const { name, database, status } = this.find('instance', DBSnapshotIdentifier!);
        return { DBSnapshots: [{ DBSnapshotIdentifier: name, DBInstanceIdentifier: database, Status: status }] };
      },
    },
    DescribeDBClusterSnapshots: {
      authorize: ({ DBClusterSnapshotIdentifier }: sdk.DescribeDBClusterSnapshotsMessage) =>
        this.access('rds:DescribeDBClusterSnapshots', 'cluster', DBClusterSnapshotIdentifier, this.databaseOf(DBClusterSnapshotIdentifier)),
      handle: ({ DBClusterSnapshotIdentifier }: sdk.DescribeDBClusterSnapshotsMessage) => {
        const { name, database, status } = this.find('cluster', DBClusterSnapshotIdentifier!);
        return { DBClusterSnapshots: [{ DBClusterSnapshotIdentifier: name, DBClusterIdentifier: database, Status: status }] };
      },
    },
  };

  constructor(private readonly context: LabContext) {}

  /** Databases are not made: stacks of the lab name one that is there. */
  providers(): ResourceProvider[] {
    return [];
  }

  /** What a call needs: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html */
  private access(action: string, kind: Kind, snapshot = '*', database?: string) {
    const [databaseResource, snapshotResource] = RESOURCES[kind];
    const resource = (name: string) => ({ action, resource: arn(this.context, 'rds', name) });
    return [resource(`${snapshotResource}:${snapshot}`), ...(database === undefined ? [] : [resource(`${databaseResource}:${database}`)])];
  }

  /** The service's page names both resources for a look at a snapshot, so the lab asks for both. */
  private databaseOf(snapshot: string | undefined): string | undefined {
    return this.snapshots.find(({ name }) => name === snapshot)?.database;
  }

  private create(kind: Kind, name: string, database: string) {
    if (this.snapshots.some((one) => one.kind === kind && one.name === name)) {
      throw new AwsError(kind === 'instance' ? 'DBSnapshotAlreadyExists' : 'DBClusterSnapshotAlreadyExistsFault', `${name} exists already`);
    }
    const snapshot: Snapshot = { kind, name, database, status: 'creating' };
    this.snapshots.push(snapshot);
    const { clock, random } = this.context;
    clock.after(random.between(...SECONDS) * 1000, `snapshot ${name}`, async () => {
      snapshot.status = this.fails ? 'failed' : 'available';
    });
    return kind === 'instance'
      ? { DBSnapshot: { DBSnapshotIdentifier: name, Status: snapshot.status } }
      : { DBClusterSnapshot: { DBClusterSnapshotIdentifier: name, Status: snapshot.status } };
  }

  private find(kind: Kind, name: string): Snapshot {
    const found = this.snapshots.find((one) => one.kind === kind && one.name === name);
    if (found === undefined)
      throw new AwsError(kind === 'instance' ? 'DBSnapshotNotFound' : 'DBClusterSnapshotNotFoundFault', `there is no ${name}`);
    return found;
  }
}
