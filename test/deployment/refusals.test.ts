import { Duration } from 'aws-cdk-lib';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CanaryDeployment, CanaryFleet } from '../../lib';
import { DeploymentStack } from './deployment-stack';

const minutes = Duration.minutes;

test.each([
  [{ steps: [{ weight: 0, watch: minutes(5) }] }, `'steps[0].weight' must be a whole number from 1 to 99, got 0`],
  [{ steps: [{ weight: 101, watch: minutes(5) }] }, `'steps[0].weight' must be a whole number from 1 to 99, got 101`],
  [{ steps: [{ weight: 2.5, watch: minutes(5) }] }, `'steps[0].weight' must be a whole number from 1 to 99, got 2.5`],
  [
    {
      steps: [
        { weight: 25, watch: minutes(5) },
        { weight: 25, watch: minutes(5) },
      ],
    },
    `'steps[1].weight' must be above that of the step before, 25, got 25`,
  ],
  [{ steps: [] }, `'steps' must have 1 to 20 steps, got 0`],
  [{ steps: [{ weight: 10, watch: Duration.seconds(30) }] }, `'steps[0].watch' must be from 1 minute to 1 day, got 30 seconds`],
  [{ steps: [{ weight: 10, watch: Duration.seconds(90) }] }, `'steps[0].watch' must be whole minutes, got 1 minute 30 seconds`],
  [{ steps: [{ weight: 90, watch: minutes(5) }] }, 'beside 3 stable instances it needs 27 canaries'],
  [{ steps: [{ weight: 10, watch: Duration.hours(13) }] }, 'must be at most 1440 minutes, got 1575'],
  [
    {
      steps: [
        { weight: 5, watch: minutes(2) },
        { weight: 10, watch: minutes(30) },
      ],
    },
    `'steps[0].watch' must be longer than the 'warmUp' of the analysis, 2 minutes, got 2 minutes`,
  ],
  [{ bakeTime: Duration.seconds(90) }, `'bakeTime' must be whole minutes, got 1 minute 30 seconds`],
  [{ minCanary: 0 }, `'minCanary' must be a whole number from 1 to 2000, got 0`],
  [{ wavePercent: 101 }, `'wavePercent' must be a whole number from 1 to 100, got 101`],
  [{ wavePercent: 1, bakeTime: Duration.hours(20) }, 'an execution may have 25000 events, but this plan may need'],
  [{ buildTimeout: Duration.seconds(10) }, `'buildTimeout' must be from 1 minute to 1 day 12 hours, got 10 seconds`],
])('a deployment with %j is refused', (props, message) => {
  expect(() => new DeploymentStack(props)).toThrow(message);
});

test('a build that publishes to another bucket is refused', () => {
  const stack = new DeploymentStack();
  const fleet = new CanaryFleet(stack, 'Other', {
    vpc: stack.node.findChild('Vpc') as never,
    artifactBucket: new s3.Bucket(stack, 'Elsewhere'),
    fleetName: 'other',
  });
  expect(() => new CanaryDeployment(stack, 'OtherDeployment', { fleet, releaseBuild: stack.build })).toThrow(
    `'releaseBuild' must publish to the artifact bucket of 'fleet', Shop/Elsewhere, got Shop/Build/Artifacts`,
  );
});
