import { Stack } from 'aws-cdk-lib';
import type * as rds from 'aws-cdk-lib/aws-rds';
import type { Construct } from 'constructs';
import type { BackupTarget } from './contract';

/** A database that is saved as a snapshot before a deployment changes it. */
export class DatabaseBackup {
  /** A snapshot of an instance of RDS. */
  static instance(database: rds.IDatabaseInstance): DatabaseBackup {
    return new DatabaseBackup({ kind: 'instance', identifier: database.instanceIdentifier });
  }

  /** A snapshot of an Aurora or Multi-AZ cluster. */
  static cluster(cluster: rds.IDatabaseCluster): DatabaseBackup {
    return new DatabaseBackup({ kind: 'cluster', identifier: cluster.clusterIdentifier });
  }

  /** @internal */
  private constructor(
    /** @internal */
    public readonly _target: BackupTarget,
  ) {}

  /**
   * ARNs of the database and of the snapshots of a fleet's deployments.
   *
   * @internal
   */
  public _resources(scope: Construct, fleetName: string): string[] {
    const { kind, identifier } = this._target;
    const [database, snapshot] = kind === 'instance' ? ['db', 'snapshot'] : ['cluster', 'cluster-snapshot'];
    const arn = (resource: string) => Stack.of(scope).formatArn({ service: 'rds', resource });
    return [arn(`${database}:${identifier}`), arn(`${snapshot}:${snapshotPrefix(fleetName)}*`)];
  }
}

function snapshotPrefix(fleetName: string): string {
  return `asg-canary-${fleetName}-`;
}
