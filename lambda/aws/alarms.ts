import { DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import { checkNoneActive, type LookBack } from '../core/alarms';
import { config } from './config';
import { cloudWatch } from './metrics';

/** DescribeAlarms takes and gives so many. */
const MOST_ALARMS = 100;

/** What CloudWatch says of the critical alarms. */
export interface CriticalAlarms {
  /** Names of those in ALARM. */
  readonly active: readonly string[];
  /** Those that CloudWatch does not know: nobody would notice if what they watch broke. */
  readonly missing: readonly string[];
  readonly lookBacks: readonly LookBack[];
}

/** Looks at the critical alarms. */
export async function criticalAlarms(): Promise<CriticalAlarms> {
  if (config.alarmNames.length === 0) return { active: [], missing: [], lookBacks: [] };
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
    lookBacks: [...MetricAlarms.map(lookBackOf), ...CompositeAlarms.map(() => ({}))],
  };
}

/** An alarm on an expression has the periods of its metrics. */
function lookBackOf({ Period, Metrics = [], EvaluationPeriods }: MetricAlarm): LookBack {
  const periods = [Period, ...Metrics.map((metric) => metric.MetricStat?.Period ?? metric.Period)].filter((period) => period !== undefined);
  return { ...(periods.length > 0 && { periodSeconds: Math.max(...periods) }), evaluationPeriods: EvaluationPeriods };
}

/**
 * Throws where a critical alarm is active: the event that tells of it may have been lost.
 *
 * @throws DeploymentError `Aborted`
 */
export async function checkAlarms(): Promise<void> {
  checkNoneActive((await criticalAlarms()).active);
}
