import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Construct } from 'constructs';
import { DATA, type Network } from './network';

/** MariaDB in two zones, which can be put back to any second of the last two weeks. */
export class Database extends Construct {
  readonly instance: rds.DatabaseInstance;
  /** Both groups use one database: what a release does to it does not show in a comparison of the groups. */
  readonly busy: cloudwatch.Alarm;

  constructor(scope: Construct, id: string, { vpc, instances }: Network) {
    super(scope, id);
    const engine = rds.DatabaseInstanceEngine.mariaDb({ version: rds.MariaDbEngineVersion.VER_11_4_10 });
    this.instance = new rds.DatabaseInstance(this, 'Instance', {
      engine,
      vpc,
      vpcSubnets: DATA,
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.M7G, ec2.InstanceSize.LARGE),
      multiAz: true,
      // The template names the version: upgrade it here, when nothing else is deployed.
      autoMinorVersionUpgrade: false,
      allocatedStorage: 100,
      maxAllocatedStorage: 500,
      storageType: rds.StorageType.GP3,
      storageEncrypted: true,
      databaseName: 'magento',
      // The password goes into env.php between quotes.
      credentials: rds.Credentials.fromGeneratedSecret('magento', { excludeCharacters: ` "#$%&'()*+,/:;<=>?@[\\]^\`{|}~` }),
      parameterGroup: new rds.ParameterGroup(this, 'Parameters', {
        engine,
        description: 'MariaDB for Magento',
        parameters: {
          // Without it setup:db:status asks for an upgrade for ever: https://github.com/magento/magento2/issues/19597
          explicit_defaults_for_timestamp: '1',
          // Magento makes triggers for its indexers, which the binary log of the backups otherwise forbids (error 1419).
          log_bin_trust_function_creators: '1',
        },
      }),
      backupRetention: Duration.days(14),
      copyTagsToSnapshot: true,
      cloudwatchLogsExports: ['error'],
      deletionProtection: true,
      removalPolicy: RemovalPolicy.SNAPSHOT,
    });
    this.instance.connections.allowDefaultPortFrom(instances, 'instances of the store');

    this.busy = this.instance.metricCPUUtilization({ period: Duration.minutes(1), statistic: 'Average' }).createAlarm(this, 'Busy', {
      alarmDescription: 'The database of the store has hardly any processor time left',
      threshold: 95,
      evaluationPeriods: 3,
      comparisonOperator: cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
    });
  }
}
