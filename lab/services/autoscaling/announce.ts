import type { LabContext } from '../../kernel/context';
import type { CapacityDependencies } from './capacity';

/** Publishes a message to a topic. */
export type Publish = (topicArn: string, subject: string, message: string) => void;

/** Names of https://docs.aws.amazon.com/autoscaling/ec2/userguide/ec2-auto-scaling-event-reference.html and of notification types. */
const NAMES = {
  launching: { detailType: 'EC2 Instance-launch Lifecycle Action', notification: undefined },
  launched: { detailType: 'EC2 Instance Launch Successful', notification: 'autoscaling:EC2_INSTANCE_LAUNCH' },
  launchFailed: { detailType: 'EC2 Instance Launch Unsuccessful', notification: 'autoscaling:EC2_INSTANCE_LAUNCH_ERROR' },
  terminated: { detailType: 'EC2 Instance Terminate Successful', notification: 'autoscaling:EC2_INSTANCE_TERMINATE' },
} as const;

/** Tells EventBridge, and the topics of the group that asked for it, what happened to an instance. */
export function announcer(context: LabContext, publish: Publish | undefined): CapacityDependencies['announce'] {
  return (group, event, instance, reason) => {
    const { detailType, notification } = NAMES[event];
    const action =
      instance.wait === undefined
        ? { Cause: reason }
        : {
            LifecycleActionToken: instance.wait.token,
            LifecycleHookName: instance.wait.hook.name,
            LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING',
          };
    const detail = { AutoScalingGroupName: group.name, EC2InstanceId: instance.instanceId, ...action };
    context.events.emit({ source: 'aws.autoscaling', 'detail-type': detailType, resources: [group.arn], detail });
    for (const { TopicARN, NotificationTypes } of group.settings.notifications) {
      if (notification === undefined || !NotificationTypes.includes(notification)) continue;
      const subject = `Auto Scaling: ${event === 'terminated' ? 'termination' : 'launch'} for group "${group.name}"`;
      publish?.(TopicARN, subject, JSON.stringify({ Event: notification, ...detail }));
    }
  };
}
