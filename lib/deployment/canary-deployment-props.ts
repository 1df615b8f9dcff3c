import type { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type * as sns from 'aws-cdk-lib/aws-sns';
import type { Analysis } from '../analysis';
import type { ICanaryFleet } from '../fleet';
import type { IReleaseBuild } from '../release';
import type { DatabaseBackup } from './database-backup';

/** One step of a canary: this share of the traffic for so long. */
export interface CanaryStep {
  /** Percent of the traffic, a whole number from 1 to 99, higher than that of the step before. */
  readonly weight: number;

  /**
   * How long the canary is watched at this weight, in whole minutes. The step itself takes about three minutes longer,
   * until the metrics of the last minute are complete.
   */
  readonly watch: Duration;
}

/** Properties of a `CanaryDeployment`. */
export interface CanaryDeploymentProps {
  /** The fleet that releases go out to. */
  readonly fleet: ICanaryFleet;

  /**
   * What builds releases from git refs; into the artifact bucket of the fleet.
   *
   * @default - only releases that are in the bucket already can be deployed
   */
  readonly releaseBuild?: IReleaseBuild;

  /**
   * Shares of the traffic that the canary gets, one after the other.
   *
   * @default - 10 percent for 30 minutes
   */
  readonly steps?: CanaryStep[];

  /**
   * How long the stable group is watched after promotion, in whole minutes, before the release is committed.
   * `Duration.minutes(0)` commits at once.
   *
   * @default Duration.minutes(15)
   */
  readonly bakeTime?: Duration;

  /**
   * How the canary is judged.
   *
   * @default - `Analysis.sequential()`
   */
  readonly analysis?: Analysis;

  /**
   * Alarms that take the canary out of traffic at once and roll back; while one is active, no deployment starts. At most 10.
   * They do not count while they may see the maintenance page of the deployment.
   *
   * @default - none
   */
  readonly criticalAlarms?: cloudwatch.IAlarm[];

  /**
   * The database of which a snapshot is made before a release changes it. It takes minutes, during which nothing else happens.
   *
   * @default - the step `backup` of the release, where its recipe has one
   */
  readonly databaseBackup?: DatabaseBackup;

  /**
   * Topic that is told how each deployment ended. A topic encrypted by a key of your own must let the functions use the key.
   *
   * @default - a new one
   */
  readonly topic?: sns.ITopic;

  /**
   * Least number of canaries, however small the weight.
   *
   * @default 1
   */
  readonly minCanary?: number;

  /**
   * Percent of the stable instances that are switched at a time when a release is promoted; at most 50 instances.
   *
   * @default 33
   */
  readonly wavePercent?: number;

  /**
   * How long a deployment waits for its build.
   *
   * @default Duration.hours(1)
   */
  readonly buildTimeout?: Duration;

  /**
   * How long logs are kept.
   *
   * @default RetentionDays.SIX_MONTHS
   */
  readonly logRetention?: logs.RetentionDays;
}
