import { App, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { HttpCodeTarget } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as rds from 'aws-cdk-lib/aws-rds';
import { Analysis, CanaryDeployment, CanaryFleet, DatabaseBackup, Recipe, ReleaseBuild, Source } from '../../lib';

/** A stack whose releases bring steps along: the database is looked at, saved and changed, and caches are flushed. */
const stack = new Stack(new App(), 'Market', { env: { region: 'eu-west-1' } });
const vpc = new ec2.Vpc(stack, 'Network', { maxAzs: 2, natGateways: 1, restrictDefaultSecurityGroup: false });
const recipe = new Recipe({
  steps: {
    checkDatabase: 'php bin/check',
    listChanges: 'php bin/changes',
    migrate: 'php bin/migrate',
    afterPromotion: 'php bin/flush',
    afterRollback: 'php bin/flush',
  },
});
const build = new ReleaseBuild(stack, 'Build', { source: Source.gitHub({ owner: 'example', repository: 'market' }), recipe });
const fleet = new CanaryFleet(stack, 'Fleet', {
  vpc,
  artifactBucket: build.artifactBucket,
  recipe,
  fleetName: 'market',
  minCapacity: 3,
  maxCapacity: 6,
});
const failing = fleet.loadBalancer.metrics
  .httpCodeTarget(HttpCodeTarget.TARGET_5XX_COUNT, { period: Duration.minutes(1), statistic: 'Sum' })
  .createAlarm(stack, 'Failing', { threshold: 50, evaluationPeriods: 1, treatMissingData: cloudwatch.TreatMissingData.NOT_BREACHING });
new CanaryDeployment(stack, 'Deployment', {
  fleet,
  criticalAlarms: [failing],
  databaseBackup: DatabaseBackup.instance(
    rds.DatabaseInstance.fromDatabaseInstanceAttributes(stack, 'Database', {
      instanceIdentifier: 'market',
      instanceEndpointAddress: 'market.example.com',
      port: 3306,
      securityGroups: [],
    }),
  ),
  releaseBuild: build,
  steps: [{ weight: 25, watch: Duration.minutes(10) }],
  bakeTime: Duration.minutes(5),
  analysis: Analysis.sequential(),
});
