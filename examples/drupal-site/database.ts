import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';

/** What is only for the instances of the site. */
export interface PrivateProps {
  readonly vpc: ec2.IVpc;
  /** Security group of the instances. */
  readonly instances: ec2.ISecurityGroup;
}

/** MariaDB in two zones, which can be put back to any second of the last two weeks. */
export class Database extends Construct {
  readonly instance: rds.DatabaseInstance;

  constructor(scope: Construct, id: string, { vpc, instances }: PrivateProps) {
    super(scope, id);
    this.instance = new rds.DatabaseInstance(this, 'Instance', {
      engine: rds.DatabaseInstanceEngine.mariaDb({ version: rds.MariaDbEngineVersion.VER_11_4_10 }),
      vpc,
      vpcSubnets: { subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM),
      multiAz: true,
      // The template names the version: upgrade it here, when nothing else is deployed.
      autoMinorVersionUpgrade: false,
      allocatedStorage: 20,
      maxAllocatedStorage: 100,
      storageType: rds.StorageType.GP3,
      storageEncrypted: true,
      databaseName: 'drupal',
      // The password goes into settings.php between quotes.
      credentials: rds.Credentials.fromGeneratedSecret('drupal', { excludeCharacters: ` "#$%&'()*+,/:;<=>?@[\\]^\`{|}~` }),
      backupRetention: Duration.days(14),
      copyTagsToSnapshot: true,
      cloudwatchLogsExports: ['error'],
      deletionProtection: true,
      removalPolicy: RemovalPolicy.SNAPSHOT,
    });
    this.instance.connections.allowDefaultPortFrom(instances, 'instances of the site');
  }
}
