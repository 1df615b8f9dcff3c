import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DeploymentError } from '../core/errors';
import { config } from './config';
import { cloudWatch } from './metrics';

/** DescribeAlarms takes and gives so many. */
const MOST_ALARMS = 100;

/** Names of critical alarms. */
export interface CriticalAlarms {
  readonly active: readonly string[];
  /** Those that CloudWatch does not know: nobody would notice if what they watch broke. */
  readonly missing: readonly string[];
}

/** Looks at the critical alarms. */
export async function criticalAlarms(): Promise<CriticalAlarms> {
  if (config.alarmNames.length === 0) return { active: [], missing: [] };
  const { MetricAlarms = [], CompositeAlarms = [] } = await cloudWatch.send(
    new DescribeAlarmsCommand({
      AlarmNames: [...config.alarmNames],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm'],
      MaxRecords: MOST_ALARMS,
    }),
  );
  const states = new Map([...MetricAlarms, ...CompositeAlarms].map((alarm) => [alarm.AlarmName, alarm.StateValue]));
  return {
    active: config.alarmNames.filter((name) => states.get(name) === 'ALARM'),
    missing: config.alarmNames.filter((name) => !states.has(name)),
  };
}

/**
 * Throws where a critical alarm is active: the event that tells of it may have been lost.
 *
 * @throws DeploymentError `Aborted`
 */
export async function checkAlarms(): Promise<void> {
  const { active } = await criticalAlarms();
  if (active.length > 0) throw new DeploymentError('Aborted', `critical alarms are active: ${active.join(', ')}`);
}
