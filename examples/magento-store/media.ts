import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { RemovalPolicy } from 'aws-cdk-lib';
import * as efs from 'aws-cdk-lib/aws-efs';
import { Construct } from 'constructs';
import type { CanaryFleet } from '../../lib';
import { DATA, type Network } from './network';

/** User and group `apache` of Amazon Linux, by which PHP and nginx run. */
const APACHE = '48';

/** The folder pub/media, one for all instances of both groups. */
export class Media extends Construct {
  /** Mounts the folder while an instance boots, before the first release links it. */
  readonly setupCommands: string[];
  private readonly fileSystem: efs.FileSystem;

  constructor(scope: Construct, id: string, { vpc, instances }: Network) {
    super(scope, id);
    this.fileSystem = new efs.FileSystem(this, 'FileSystem', {
      vpc,
      vpcSubnets: DATA,
      encrypted: true,
      allowAnonymousAccess: false,
      enableAutomaticBackups: true,
      throughputMode: efs.ThroughputMode.ELASTIC,
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.fileSystem.connections.allowDefaultPortFrom(instances, 'instances of the store');
    const accessPoint = this.fileSystem.addAccessPoint('Media', {
      path: '/media',
      createAcl: { ownerUid: APACHE, ownerGid: APACHE, permissions: '0755' },
      // Whoever writes, the files are PHP's.
      posixUser: { uid: APACHE, gid: APACHE },
    });
    this.setupCommands = [
      readFileSync(path.join(__dirname, 'mount.sh'), 'utf8'),
      `mount_shared pub/media ${this.fileSystem.fileSystemId} ${accessPoint.accessPointId}`,
    ];
  }

  /** Lets instances of both groups mount the folder. None boots before it can. */
  grantMount({ stable, canary }: CanaryFleet): void {
    for (const { role, autoScalingGroup } of [stable, canary]) {
      this.fileSystem.grantReadWrite(role).applyBefore(autoScalingGroup);
      autoScalingGroup.node.addDependency(this);
    }
  }
}
