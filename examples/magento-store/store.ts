import { CfnOutput, Duration, SecretValue, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as codebuild from 'aws-cdk-lib/aws-codebuild';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Analysis, CanaryDeployment, CanaryFleet, DatabaseBackup, Recipe, ReleaseBuild } from '../../lib';
import { failingRequests } from './alarms';
import { Caches } from './caches';
import { Database } from './database';
import { Media } from './media';
import { Network } from './network';
import { Orders } from './orders';
import { Search } from './search';
import type { Settings } from './settings';

/** A Magento store whose releases go out by canary, with everything that it uses. */
export class StoreStack extends Stack {
  readonly network = new Network(this, 'Network');
  readonly database = new Database(this, 'Database', this.network);
  readonly caches = new Caches(this, 'Caches', this.network);
  readonly media = new Media(this, 'Media', this.network);
  readonly search: Search;
  readonly configuration = this.secretToFill(
    'Environment',
    'app/etc/env.php of the store',
    `<?php throw new Error('env.php is to be filled');`,
  );
  readonly composerAuth = this.secretToFill('ComposerAuth', 'auth.json of Composer', '{}');
  readonly build: ReleaseBuild;
  readonly fleet: CanaryFleet;
  readonly deployment: CanaryDeployment;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, { env: { region: settings.region }, description: 'A Magento store with canary deployments' });
    const { fleetName } = settings;
    const { vpc, loadBalancer, instances } = this.network;
    this.search = new Search(this, 'Search', this.network, fleetName);
    const orders = new Orders(fleetName);
    const recipe = storeRecipe(this, settings, orders);

    this.build = new ReleaseBuild(this, 'Build', { source: settings.source, recipe, computeType: codebuild.ComputeType.LARGE });
    this.fleet = new CanaryFleet(this, 'Fleet', {
      fleetName,
      vpc,
      loadBalancer,
      certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', settings.certificateArn),
      securityGroup: instances,
      artifactBucket: this.build.artifactBucket,
      recipe,
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.C7G, ec2.InstanceSize.LARGE),
      minCapacity: settings.instances,
      maxCapacity: settings.maxInstances,
      setupCommands: this.media.setupCommands,
      bootFiles: [orders.bootFile],
    });
    this.fleet.stable.autoScalingGroup.scaleOnCpuUtilization('Load', { targetUtilizationPercent: 50 });
    this.media.grantMount(this.fleet);
    orders.grantTell(this.fleet);

    this.deployment = new CanaryDeployment(this, 'Deployment', {
      fleet: this.fleet,
      releaseBuild: this.build,
      steps: [
        { weight: 10, watch: Duration.minutes(20) },
        { weight: 25, watch: Duration.minutes(20) },
      ],
      databaseBackup: DatabaseBackup.instance(this.database.instance),
      analysis: Analysis.sequential({ errorRate: { ceiling: 0.02 }, metrics: [orders.metric] }),
      criticalAlarms: [failingRequests(this, loadBalancer), this.database.busy],
    });
    this.tell('Url', `https://${settings.hostname}`, 'Let this domain lead to the load balancer');
    this.tell('LoadBalancer', loadBalancer.loadBalancerDnsName, 'Address of the load balancer');
    this.tell('DatabaseHost', this.database.instance.dbInstanceEndpointAddress);
    this.tell('CacheHost', this.caches.cache.attrPrimaryEndPointAddress);
    this.tell('SessionsHost', this.caches.sessions.attrPrimaryEndPointAddress);
    this.tell('SearchHost', this.search.domain.domainEndpoint);
    this.tell('DatabaseSecret', this.database.instance.secret!.secretArn, 'User and password of the database');
    this.tell('CacheSecret', this.caches.token.secretArn, 'Password of caches and sessions');
    this.tell('SearchSecret', this.search.user.secretArn, 'User and password of the search');
    this.tell('EnvironmentSecret', this.configuration.secretArn, 'Put env.php here');
    this.tell('ComposerAuthSecret', this.composerAuth.secretArn, 'Put auth.json of Composer here');
    this.tell(
      'PreviewHeader',
      `${this.fleet.previewHeaderName}: ${this.fleet.previewHeaderValue}`,
      'Leads to the canary before any customer',
    );
  }

  /** CloudFormation makes it once and leaves alone what a person puts into it. */
  private secretToFill(id: string, description: string, text: string): secretsmanager.Secret {
    return new secretsmanager.Secret(this, id, { description, secretStringValue: SecretValue.unsafePlainText(text) });
  }

  private tell(id: string, value: string, description?: string): void {
    new CfnOutput(this, id, { value, description });
  }
}

/** Magento's recipe, and the count of orders beside its cron. */
function storeRecipe({ configuration, composerAuth }: StoreStack, { locales, hostname }: Settings, orders: Orders): Recipe {
  const magento = Recipe.magento2({ configuration, composerAuth, locales, workers: 12, baseUrl: `https://${hostname}` });
  return new Recipe({ ...magento, host: { ...magento.host, cronJobs: [...(magento.host.cronJobs ?? []), orders.cronJob] } });
}
