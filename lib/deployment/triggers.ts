import { Duration } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as events from 'aws-cdk-lib/aws-events';
import * as targets from 'aws-cdk-lib/aws-events-targets';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';

/** What starts functions beside the state machine. */
export interface TriggersProps {
  readonly fleetName: string;
  readonly stateMachineArn: string;
  readonly startRecovery: lambda.IFunction;
  readonly takeCanaryOut: lambda.IFunction;
  readonly criticalAlarms: readonly cloudwatch.IAlarm[];
}

/** How often somebody looks for a lock whose holder does not run any more: events of Step Functions come at best effort. */
const SWEEP = Duration.minutes(5);

/** Events that start a recovery, and alarms that take the canary out of traffic. */
export class Triggers extends Construct {
  constructor(scope: Construct, id: string, props: TriggersProps) {
    super(scope, id);
    const startRecovery = new targets.LambdaFunction(props.startRecovery);
    new events.Rule(this, 'ExecutionEnded', {
      description: `A deployment of the fleet ${props.fleetName} ended without success: it may have left something behind`,
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { status: ['FAILED', 'ABORTED', 'TIMED_OUT'], stateMachineArn: [props.stateMachineArn] },
      },
      targets: [startRecovery],
    });
    new events.Rule(this, 'Sweep', {
      description: `Looks whether a deployment of the fleet ${props.fleetName} died unnoticed`,
      schedule: events.Schedule.rate(SWEEP),
      targets: [startRecovery],
    });
    if (props.criticalAlarms.length === 0) return;
    const alarmName = events.EventField.fromPath('$.detail.alarmName');
    new events.Rule(this, 'CriticalAlarm', {
      description: `A critical alarm takes the canary of the fleet ${props.fleetName} out of traffic`,
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        resources: props.criticalAlarms.map((alarm) => alarm.alarmArn),
        detail: { state: { value: ['ALARM'] } },
      },
      targets: [
        new targets.LambdaFunction(props.takeCanaryOut, {
          event: events.RuleTargetInput.fromObject({
            reason: `the critical alarm ${alarmName} is active`,
            alarmAt: events.EventField.time,
          }),
        }),
      ],
    });
  }
}
