import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import { Construct } from 'constructs';
import type { CanaryFleet } from '../../lib';
import type { PrivateProps } from './database';

/** User and group `apache` of Amazon Linux, by which PHP and nginx run. */
const APACHE = '48';

/** The folders of a release that all instances of both groups share. */
const FOLDERS = { Public: 'web/sites/default/files', Private: 'private' };

/** Public and private files of the site. */
export class Files extends Construct {
  /** Mounts the folders while an instance boots, before the first release links them. */
  readonly setupCommands: string[];
  private readonly fileSystem: efs.FileSystem;

  constructor(scope: Construct, id: string, { vpc, instances }: PrivateProps) {
    super(scope, id);
    this.fileSystem = new efs.FileSystem(this, 'FileSystem', {
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      encrypted: true,
      allowAnonymousAccess: false,
      enableAutomaticBackups: true,
      throughputMode: efs.ThroughputMode.ELASTIC,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.fileSystem.connections.allowDefaultPortFrom(instances, 'instances of the site');
    this.setupCommands = [
      readFileSync(path.join(__dirname, 'mount.sh'), 'utf8'),
      ...Object.entries(FOLDERS).map(
        ([name, folder]) => `mount_shared ${folder} ${this.fileSystem.fileSystemId} ${this.accessPoint(name).accessPointId}`,
      ),
    ];
  }

  /** Lets instances of both groups mount the folders. None boots before it can. */
  grantMount({ stable, canary }: CanaryFleet): void {
    for (const { role, autoScalingGroup } of [stable, canary]) {
      this.fileSystem.grantReadWrite(role).applyBefore(autoScalingGroup);
      autoScalingGroup.node.addDependency(this);
    }
  }

  private accessPoint(name: string): efs.AccessPoint {
    return this.fileSystem.addAccessPoint(name, {
      path: `/${name.toLowerCase()}`,
      createAcl: { ownerUid: APACHE, ownerGid: APACHE, permissions: '0755' },
      // Whoever writes, the files are PHP's.
      posixUser: { uid: APACHE, gid: APACHE },
    });
  }
}
