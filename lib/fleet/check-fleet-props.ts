import { Duration, type Size, Token } from 'aws-cdk-lib';
import { checkDuration, checkPattern, checkWholeNumber } from '../checks';
import { checkPhpOptions } from '../release/php-options';
import type { CanaryFleetProps } from './canary-fleet-props';

const FILE_PATH = /^(\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/;

/** A deployment keeps lists of instances in the data of its execution, which holds 256 KiB at most. */
export const MOST_INSTANCES = 2_000;

/** Throws for the first property that cannot be right. */
export function checkFleetProps(props: CanaryFleetProps): void {
  if (props.fleetName !== undefined) {
    if (Token.isUnresolved(props.fleetName)) throw new Error(`'fleetName' must be known at synthesis, got a token`);
    checkPattern('fleetName', props.fleetName, /^[a-z][a-z0-9-]{0,23}$/);
  }
  checkCapacity(props);
  if (props.port !== undefined) checkWholeNumber('port', props.port, 1, 65_535);
  if (props.listenerPort !== undefined) checkWholeNumber('listenerPort', props.listenerPort, 1, 65_535);
  if (props.keepReleases !== undefined) checkWholeNumber('keepReleases', props.keepReleases, 2, 99);
  if (props.volumeSize !== undefined) checkVolume(props.volumeSize);
  if (props.healthCheckPath !== undefined) checkPattern('healthCheckPath', props.healthCheckPath, /^\/[A-Za-z0-9._/@%+=,-]*$/);
  if (props.applicationDirectory !== undefined) checkPattern('applicationDirectory', props.applicationDirectory, FILE_PATH);
  if (props.rootDeviceName !== undefined) checkPattern('rootDeviceName', props.rootDeviceName, /^\/dev\/[a-z0-9]+$/);
  if (props.previewHeaderName !== undefined) checkPattern('previewHeaderName', props.previewHeaderName, /^[A-Za-z0-9-]{1,40}$/);
  if (props.previewHeaderValue !== undefined) checkPattern('previewHeaderValue', props.previewHeaderValue, /^[A-Za-z0-9._-]{16,128}$/);
  for (const { destination } of props.bootFiles ?? []) checkPattern('bootFiles.destination', destination, FILE_PATH);
  if (props.php) checkPhpOptions(props.php);
  checkTimes(props);
}

function checkCapacity({ minCapacity = 2, maxCapacity = 2 * minCapacity, maxCanary }: CanaryFleetProps): void {
  checkWholeNumber('minCapacity', minCapacity, 1, MOST_INSTANCES);
  checkWholeNumber('maxCapacity', maxCapacity, minCapacity, MOST_INSTANCES);
  if (maxCanary !== undefined) checkWholeNumber('maxCanary', maxCanary, 1, MOST_INSTANCES);
}

function checkVolume(size: Size): void {
  if (size.isUnresolved()) return;
  checkWholeNumber('volumeSize', size.toGibibytes(), 8, 16_384);
}

/** Ranges of Elastic Load Balancing (stickiness, delay) and of Auto Scaling (grace period, lifecycle hook). */
function checkTimes(props: CanaryFleetProps): void {
  const { stickiness, deregistrationDelay, healthCheckGracePeriod, bootTimeout } = props;
  if (stickiness) checkDuration('stickiness', stickiness, Duration.seconds(1), Duration.days(7));
  if (deregistrationDelay) checkDuration('deregistrationDelay', deregistrationDelay, Duration.seconds(0), Duration.hours(1));
  if (healthCheckGracePeriod) checkDuration('healthCheckGracePeriod', healthCheckGracePeriod, Duration.seconds(0), Duration.hours(2));
  if (bootTimeout) checkDuration('bootTimeout', bootTimeout, Duration.seconds(30), Duration.hours(2));
}
