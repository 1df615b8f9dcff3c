import { DeploymentError } from './errors';
import type { Lock } from './lock';
import { minutesBetween } from './time';

/** How far an alarm looks back. One that does not say, as a composite one, is taken to look back for the longest time. */
export interface LookBack {
  readonly periodSeconds?: number;
  readonly evaluationPeriods?: number;
}

/** Nobody is waited for longer: an alarm that looks back further counts after this time too. */
const LONGEST_MINUTES = 60;
/** The period in which the page went down, and two that CloudWatch looks back further where data is missing. */
const PERIODS_BESIDE = 3;
/** How late the load balancer's metrics come. */
const LATE_MINUTES = 2;

/**
 * For how many minutes after the maintenance page is down at least one of these alarms may still see it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function minutesOfPage(alarms: readonly LookBack[]): number {
  return Math.max(0, ...alarms.map(minutesOf));
}

function minutesOf({ periodSeconds, evaluationPeriods }: LookBack): number {
  if (periodSeconds === undefined || evaluationPeriods === undefined) return LONGEST_MINUTES;
  return Math.min(LONGEST_MINUTES, ((evaluationPeriods + PERIODS_BESIDE) * periodSeconds) / 60 + LATE_MINUTES);
}

/** Whether an active alarm ends the deployment: not while it may be the maintenance page of this deployment that it sees. */
export function alarmsCount(
  { maintenanceSince, alarmsCountFrom }: Pick<Lock, 'maintenanceSince' | 'alarmsCountFrom'>,
  at: string,
): boolean {
  if (maintenanceSince !== undefined) return false;
  return alarmsCountFrom === undefined || minutesBetween(alarmsCountFrom, at) >= 0;
}

/**
 * Throws where a critical alarm is active.
 *
 * @throws DeploymentError `Aborted`
 */
export function checkNoneActive(active: readonly string[]): void {
  if (active.length > 0) throw new DeploymentError('Aborted', `critical alarms are active: ${active.join(', ')}`);
}
