import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import type { BackupTarget } from '../../lib/deployment/contract';
import { CLIENT_OPTIONS } from './client-options';

const client = new RDSClient(CLIENT_OPTIONS);

/** Begins a snapshot; one of that name that is there already is taken for it. */
export async function beginSnapshot({ kind, identifier }: BackupTarget, name: string): Promise<void> {
  try {
    if (kind === 'instance') {
      await client.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: identifier, DBSnapshotIdentifier: name }));
    } else {
      await client.send(new CreateDBClusterSnapshotCommand({ DBClusterIdentifier: identifier, DBClusterSnapshotIdentifier: name }));
    }
  } catch (error) {
    if (!/^DB(Cluster)?SnapshotAlreadyExists/.test((error as Error).name)) throw error;
  }
}

/** Status of a snapshot: `creating`, `available`, `failed` or another. */
export async function statusOfSnapshot({ kind }: BackupTarget, name: string): Promise<string> {
  if (kind === 'instance') {
    const { DBSnapshots } = await client.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: name }));
    return DBSnapshots?.[0]?.Status ?? 'unknown';
  }
  const { DBClusterSnapshots } = await client.send(new DescribeDBClusterSnapshotsCommand({ DBClusterSnapshotIdentifier: name }));
  return DBClusterSnapshots?.[0]?.Status ?? 'unknown';
}
