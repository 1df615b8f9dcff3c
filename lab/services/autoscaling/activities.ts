import type { Activity as ApiActivity } from '@aws-sdk/client-auto-scaling';
import type { LabContext } from '../../kernel/context';
import type { Group } from './model';

/** A scaling activity, as DescribeScalingActivities lists it. */
export type Activity = ApiActivity;

/** Writes a new activity, `InProgress`. */
export function beginActivity(context: LabContext, group: Group, description: string, cause: string): Activity {
  const now = new Date(context.clock.now());
  const activity: Activity = {
    ActivityId: context.random.uuid(),
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    Description: description,
    Cause: `At ${secondsOf(now)} ${cause}`,
    StartTime: now,
    StatusCode: 'InProgress',
    Progress: 0,
    Details: '{}',
  };
  group.activities.unshift(activity);
  return activity;
}

/** Ends an activity. A reason is given where it did not succeed. */
export function endActivity(context: LabContext, activity: Activity, status: 'Successful' | 'Cancelled' | 'Failed', reason?: string): void {
  Object.assign(activity, { StatusCode: status, Progress: 100, EndTime: new Date(context.clock.now()) });
  if (reason !== undefined) activity.StatusMessage = reason;
}

function secondsOf(moment: Date): string {
  return moment.toISOString().replace(/\.\d+/, '');
}
