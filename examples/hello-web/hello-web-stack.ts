import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import type { Construct } from 'constructs';
import { Analysis, CanaryDeployment, CanaryFleet, Recipe, ReleaseBuild, Source } from '../../lib';
import type { Settings } from './settings';

/** The reference application: a small web application whose releases go out by canary. */
export class HelloWebStack extends Stack {
  public readonly vpc: ec2.Vpc;
  public readonly build: ReleaseBuild;
  public readonly fleet: CanaryFleet;
  public readonly deployment: CanaryDeployment;

  constructor(scope: Construct, id: string, settings: Settings) {
    super(scope, id, { env: { region: settings.region }, description: 'Reference application of cdk-asg-canary' });
    this.vpc = new ec2.Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      restrictDefaultSecurityGroup: false,
      gatewayEndpoints: { S3: { service: ec2.GatewayVpcEndpointAwsService.S3 } },
    });
    this.build = new ReleaseBuild(this, 'Build', { source: source(settings), recipe: Recipe.generic() });
    this.fleet = new CanaryFleet(this, 'Fleet', {
      vpc: this.vpc,
      artifactBucket: this.build.artifactBucket,
      fleetName: settings.fleetName,
      minCapacity: settings.instances,
      maxCapacity: settings.maxInstances,
      port: settings.port,
      bootFiles: [{ source: path.join(__dirname, 'server.js'), destination: '/opt/hello-web/server.js' }],
      setupCommands: [readFileSync(path.join(__dirname, 'setup.sh'), 'utf8')],
    });
    this.deployment = new CanaryDeployment(this, 'Deployment', {
      fleet: this.fleet,
      releaseBuild: this.build,
      steps: settings.steps,
      bakeTime: settings.bakeTime,
      analysis: Analysis.sequential({
        errorRate: { ceiling: settings.errorRateCeiling },
        thresholds: { latency: { ceiling: settings.latencyCeiling }, minimumRequests: settings.minimumRequests },
        onUndetectable: settings.onUndetectable,
      }),
    });
    new CfnOutput(this, 'StateMachine', { value: this.deployment.stateMachine.stateMachineArn, description: 'What deploys releases' });
    new CfnOutput(this, 'Url', {
      value: `http://${this.fleet.loadBalancer.loadBalancerDnsName}`,
      description: 'Address of the application',
    });
    new CfnOutput(this, 'PreviewHeader', {
      value: `${this.fleet.previewHeaderName}: ${this.fleet.previewHeaderValue}`,
      description: 'Header that leads to the canary before any customer',
    });
  }
}

function source({ repository, connectionArn }: Settings): Source {
  const [owner, name, ...rest] = repository.split('/');
  if (!owner || !name || rest.length > 0) throw new Error(`context 'repository' must be like 'owner/name', got '${repository}'`);
  return connectionArn
    ? Source.codeConnection({ connectionArn, repositoryUrl: `https://github.com/${repository}` })
    : Source.gitHub({ owner, repository: name });
}
