import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { CanaryDeployment, type CanaryDeploymentProps, CanaryFleet, type CanaryFleetProps, Recipe, ReleaseBuild, Source } from '../../lib';
import { temporaryApp } from '../temporary-app';

// CloudFormation's validator takes seconds for each template; one step of the checks runs it over the whole application.
process.env.CDK_VALIDATION = 'false';

/** A stack with everything that a deployment needs. */
export class DeploymentStack extends Stack {
  readonly build: ReleaseBuild;
  readonly fleet: CanaryFleet;
  readonly deployment: CanaryDeployment;

  constructor(props: Partial<CanaryDeploymentProps> & { withBuild?: boolean } = {}, fleet: Partial<CanaryFleetProps> = {}) {
    super(temporaryApp(), 'Shop', { env: { region: 'eu-west-1' } });
    const { withBuild = true, ...deployment } = props;
    this.build = new ReleaseBuild(this, 'Build', {
      source: Source.gitHub({ owner: 'example', repository: 'shop' }),
      recipe: Recipe.generic(),
    });
    this.fleet = new CanaryFleet(this, 'Fleet', {
      vpc: new ec2.Vpc(this, 'Vpc', { maxAzs: 2, natGateways: 1 }),
      artifactBucket: this.build.artifactBucket,
      fleetName: 'shop',
      minCapacity: 3,
      ...fleet,
    });
    this.deployment = new CanaryDeployment(this, 'Deployment', {
      fleet: this.fleet,
      ...(withBuild && { releaseBuild: this.build }),
      ...deployment,
    });
  }

  template(): Template {
    return Template.fromStack(this);
  }
}
