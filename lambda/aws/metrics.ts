import { CloudWatchClient, DescribeAlarmsCommand, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { GroupConfig } from '../../lib/deployment/contract';
import { DeploymentError } from '../core/errors';
import type { Minute } from '../core/judge/evidence';
import { CLIENT_OPTIONS } from './client-options';
import { config } from './config';

const client = new CloudWatchClient(CLIENT_OPTIONS);
const MINUTE = 60_000;
/** DescribeAlarms takes and gives so many. */
const MOST_ALARMS = 100;

type Field = Exclude<keyof Minute, 'at'>;
const METRICS: Readonly<Record<Field, string>> = {
  requests: 'RequestCount',
  targetErrors: 'HTTPCode_Target_5XX_Count',
  connectionErrors: 'TargetConnectionErrorCount',
  latency: 'TargetResponseTime',
};

/** Milliseconds since 1970, both on a whole minute; `end` is not included. */
export interface MetricWindow {
  readonly start: number;
  readonly end: number;
}

/**
 * The minutes of these groups, with one call of GetMetricData (more only where CloudWatch pages).
 *
 * @throws DeploymentError `MetricsUnavailable`
 */
export async function readMinutes<K extends string>(
  groups: Readonly<Record<K, GroupConfig>>,
  window: MetricWindow,
): Promise<Record<K, Minute[]>> {
  const names = Object.keys(groups) as K[];
  const minutes = Object.fromEntries(names.map((name) => [name, emptyMinutes(window)])) as Record<K, Minute[]>;
  if (window.end <= window.start) return minutes;
  const queries = names.flatMap((name) => (Object.keys(METRICS) as Field[]).map((field) => query(name, field, groups[name])));
  let nextToken: string | undefined;
  do {
    const answer = await client.send(
      new GetMetricDataCommand({
        MetricDataQueries: queries,
        StartTime: new Date(window.start),
        EndTime: new Date(window.end),
        ScanBy: 'TimestampAscending',
        NextToken: nextToken,
      }),
    );
    for (const result of answer.MetricDataResults ?? []) {
      if (result.StatusCode === 'InternalError') throw new DeploymentError('MetricsUnavailable', `CloudWatch could not read ${result.Id}`);
      const [name, field] = result.Id!.split('_') as [K, Field];
      result.Timestamps?.forEach((timestamp, index) => {
        const at = (timestamp.getTime() - window.start) / MINUTE;
        if (minutes[name][at]) minutes[name][at] = { ...minutes[name][at], [field]: result.Values?.[index] };
      });
    }
    nextToken = answer.NextToken;
  } while (nextToken);
  return minutes;
}

function emptyMinutes({ start, end }: MetricWindow): Minute[] {
  return Array.from({ length: Math.max(0, (end - start) / MINUTE) }, (_, index) => ({ at: start + index * MINUTE }));
}

function query(name: string, field: Field, group: GroupConfig): MetricDataQuery {
  return {
    Id: `${name}_${field}`,
    MetricStat: {
      Metric: {
        Namespace: 'AWS/ApplicationELB',
        MetricName: METRICS[field],
        Dimensions: [
          { Name: 'LoadBalancer', Value: config.loadBalancerDimension },
          { Name: 'TargetGroup', Value: group.targetGroupDimension },
        ],
      },
      Period: 60,
      Stat: field === 'latency' ? (config.analysis.latency?.statistic ?? 'p95') : 'Sum',
    },
  };
}

/** Names of critical alarms. */
export interface CriticalAlarms {
  readonly active: readonly string[];
  /** Those that CloudWatch does not know: nobody would notice if what they watch broke. */
  readonly missing: readonly string[];
}

/** Looks at the critical alarms. */
export async function criticalAlarms(): Promise<CriticalAlarms> {
  if (config.alarmNames.length === 0) return { active: [], missing: [] };
  const { MetricAlarms = [], CompositeAlarms = [] } = await client.send(
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
