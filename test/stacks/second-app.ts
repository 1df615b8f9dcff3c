import { App, Duration, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as sns from 'aws-cdk-lib/aws-sns';
import { Analysis, CanaryDeployment, CanaryFleet, CustomMetric, OnInconclusive, Recipe, ReleaseBuild, Source } from '../../lib';

/** A stack with other ids, weights and sizes than the reference application's: what the lab may not depend on. */
const stack = new Stack(new App(), 'Store', { env: { region: 'eu-west-1' } });
const vpc = new ec2.Vpc(stack, 'Network', { maxAzs: 2, natGateways: 0, restrictDefaultSecurityGroup: false });
const topic = new sns.Topic(stack, 'News', { enforceSSL: true });
const alarm = new cloudwatch.Alarm(stack, 'CheckoutBroken', {
  metric: new cloudwatch.Metric({ namespace: 'Store', metricName: 'FailedCheckouts' }),
  threshold: 5,
  evaluationPeriods: 1,
});
const releases = new ReleaseBuild(stack, 'Releases', {
  source: Source.gitHub({ owner: 'example', repository: 'store' }),
  recipe: Recipe.generic({ buildCommands: ['test -f index.js'] }),
});
const fleet = new CanaryFleet(stack, 'Shop', {
  vpc,
  vpcSubnets: { subnetType: ec2.SubnetType.PUBLIC },
  artifactBucket: releases.artifactBucket,
  fleetName: 'store',
  minCapacity: 2,
  maxCapacity: 4,
  maxCanary: 4,
  port: 8081,
  stickiness: Duration.hours(1),
});
const shop = (metricName: string) => {
  const of = (Group: string) => new cloudwatch.Metric({ namespace: 'Store', metricName, dimensionsMap: { Group } });
  return { stable: of('stable'), canary: of('canary') };
};
new CanaryDeployment(stack, 'Rollout', {
  fleet,
  releaseBuild: releases,
  minCanary: 2,
  steps: [
    { weight: 5, watch: Duration.minutes(5) },
    { weight: 25, watch: Duration.minutes(5) },
    { weight: 50, watch: Duration.minutes(5) },
  ],
  bakeTime: Duration.minutes(0),
  criticalAlarms: [alarm],
  topic,
  analysis: Analysis.sequential({
    metrics: [
      CustomMetric.mustNotFall('orders', { label: 'orders of checkouts', good: shop('Orders'), total: shop('Checkouts'), critical: false }),
      CustomMetric.badOfTotal('emptySearches', { bad: shop('EmptySearches'), total: shop('Searches'), dryRun: true }),
    ],
    onInconclusive: OnInconclusive.EXTEND,
  }),
});
