import { CfnOutput, Duration, SecretValue, Stack } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { ListenerAction } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { Construct } from 'constructs';
import { Analysis, CanaryDeployment, CanaryFleet, DatabaseBackup, Recipe, ReleaseBuild } from '../../lib';
import { Database } from './database';
import { Files } from './files';
import type { Settings } from './settings';

/** A Drupal site whose releases go out by canary. */
export class SiteStack extends Stack {
  readonly vpc: ec2.Vpc;
  readonly database: Database;
  readonly configuration: secretsmanager.Secret;
  readonly build: ReleaseBuild;
  readonly fleet: CanaryFleet;
  readonly deployment: CanaryDeployment;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, { env: { region: settings.region }, description: 'A Drupal site with canary deployments' });
    const vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'Instances', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'Data', subnetType: ec2.SubnetType.PRIVATE_ISOLATED },
      ],
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    this.vpc = vpc;
    const instances = new ec2.SecurityGroup(this, 'Instances', { vpc, description: 'Instances of the site' });
    this.database = new Database(this, 'Database', { vpc, instances });
    const files = new Files(this, 'Files', { vpc, instances });
    this.configuration = new secretsmanager.Secret(this, 'Settings', {
      description: 'settings.php of the site',
      // CloudFormation makes it once and leaves alone what a person puts into it.
      secretStringValue: SecretValue.unsafePlainText(`<?php throw new Error('settings.php is to be filled');`),
    });
    const recipe = Recipe.drupal({ configuration: this.configuration, workers: 8, baseUrl: `https://${settings.hostname}` });

    this.build = new ReleaseBuild(this, 'Build', { source: settings.source, recipe });
    this.fleet = new CanaryFleet(this, 'Fleet', {
      fleetName: settings.fleetName,
      vpc,
      certificate: acm.Certificate.fromCertificateArn(this, 'Certificate', settings.certificateArn),
      securityGroup: instances,
      artifactBucket: this.build.artifactBucket,
      recipe,
      instanceType: ec2.InstanceType.of(ec2.InstanceClass.T4G, ec2.InstanceSize.MEDIUM),
      minCapacity: settings.instances,
      maxCapacity: settings.maxInstances,
      setupCommands: files.setupCommands,
    });
    files.grantMount(this.fleet);
    this.fleet.loadBalancer.addListener('Redirect', {
      port: 80,
      defaultAction: ListenerAction.redirect({ protocol: 'HTTPS', port: '443', permanent: true }),
    });

    this.deployment = new CanaryDeployment(this, 'Deployment', {
      fleet: this.fleet,
      releaseBuild: this.build,
      steps: [{ weight: 25, watch: Duration.minutes(45) }],
      databaseBackup: DatabaseBackup.instance(this.database.instance),
      analysis: Analysis.sequential({ errorRate: { ceiling: 0.02 } }),
    });
    this.tell('Url', `https://${settings.hostname}`, 'Let this domain lead to the load balancer');
    this.tell('LoadBalancer', this.fleet.loadBalancer.loadBalancerDnsName, 'Address of the load balancer');
    this.tell('DatabaseHost', this.database.instance.dbInstanceEndpointAddress);
    this.tell('DatabaseSecret', this.database.instance.secret!.secretArn, 'User and password of the database');
    this.tell('SettingsSecret', this.configuration.secretArn, 'Put settings.php here');
    this.tell(
      'PreviewHeader',
      `${this.fleet.previewHeaderName}: ${this.fleet.previewHeaderValue}`,
      'Leads to the canary before any customer',
    );
  }

  private tell(id: string, value: string, description?: string): void {
    new CfnOutput(this, id, { value, description });
  }
}
