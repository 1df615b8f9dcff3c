import { CloudWatchClient, GetMetricDataCommand, type MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import { DeploymentError } from '../core/errors';
import type { Minute } from '../core/judge/evidence';
import type { Reading } from '../core/judge/readings';
import type { Window } from '../core/time';
import { CLIENT_OPTIONS } from './client-options';

/** What is asked of CloudWatch goes through this client. */
export const cloudWatch = new CloudWatchClient(CLIENT_OPTIONS);
const MINUTE = 60_000;

/**
 * The minutes of these groups, with one call of GetMetricData (more only where CloudWatch pages).
 *
 * @param readings what to read, at most 500 in all
 * @throws DeploymentError `MetricsUnavailable`
 */
export async function readMinutes<K extends string>(
  readings: Readonly<Record<K, readonly Reading[]>>,
  window: Window,
): Promise<Record<K, Minute[]>> {
  const groups = Object.keys(readings) as K[];
  const values = Object.fromEntries(groups.map((group) => [group, emptyMinutes(window)])) as Record<
    K,
    { at: number; values: Record<string, number> }[]
  >;
  if (window.minutes <= 0) return values;
  const asked = groups.flatMap((group) => readings[group].map((reading) => ({ group, reading })));
  let nextToken: string | undefined;
  do {
    const answer = await cloudWatch.send(
      new GetMetricDataCommand({
        MetricDataQueries: asked.map(({ reading }, index) => query(index, reading)),
        StartTime: new Date(window.start),
        EndTime: new Date(window.end),
        ScanBy: 'TimestampAscending',
        NextToken: nextToken,
      }),
    );
    for (const result of answer.MetricDataResults ?? []) {
      const { group, reading } = asked[Number(result.Id!.slice(1))];
      if (result.StatusCode === 'InternalError' || result.StatusCode === 'Forbidden') {
        throw new DeploymentError(
          'MetricsUnavailable',
          `CloudWatch could not read ${reading.source.metricName} of ${group}: ${result.StatusCode}`,
        );
      }
      result.Timestamps?.forEach((timestamp, index) => {
        const minute = values[group][(timestamp.getTime() - window.start) / MINUTE];
        const value = result.Values?.[index];
        if (minute !== undefined && value !== undefined) minute.values[reading.name] = value;
      });
    }
    nextToken = answer.NextToken;
  } while (nextToken);
  return values;
}

function emptyMinutes({ start, minutes }: Window) {
  return Array.from({ length: Math.max(0, minutes) }, (_, index) => ({ at: start + index * MINUTE, values: {} }));
}

function query(index: number, { source, statistic }: Reading): MetricDataQuery {
  const { namespace, metricName, dimensions } = source;
  return {
    Id: `m${index}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metricName,
        Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
      },
      Period: 60,
      Stat: statistic,
    },
  };
}
