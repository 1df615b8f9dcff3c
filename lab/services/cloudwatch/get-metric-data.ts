import type { GetMetricDataInput, GetMetricDataOutput, MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../../kernel/service';
import type { Distribution } from './distribution';
import type { MetricStore } from './metric-store';
import { MINUTE } from './series';

/** Limits of https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_GetMetricData.html */
const MAX_QUERIES = 500;
const MAX_DATAPOINTS = 100_800;

/** One query, checked. */
interface Query {
  readonly id: string;
  readonly label: string;
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly periodMs: number;
  readonly statistic: (seen: Distribution) => number | undefined;
}

/** One datapoint of one query, before paging. */
interface Point {
  readonly query: number;
  readonly at: number;
  readonly value: number;
}

/**
 * GetMetricData: metrics by period, the newest first unless asked otherwise. A period without samples has no datapoint.
 * Periods are counted from StartTime, rounded down to the minute. Expressions are refused, and so are statistics other than Sum, Average, Minimum,
 * Maximum, SampleCount, percentiles and counts between values, TC(low:high).
 */
export function getMetricData(store: MetricStore, input: GetMetricDataInput, now: number): GetMetricDataOutput {
  const queries = readQueries(input.MetricDataQueries ?? []);
  const from = timeOf('StartTime', input.StartTime);
  const to = timeOf('EndTime', input.EndTime);
  if (from >= to) throw new AwsError('ValidationError', 'The parameter StartTime must be less than the parameter EndTime.');
  const size = input.MaxDatapoints ?? MAX_DATAPOINTS;
  if (!(size >= 1 && size <= MAX_DATAPOINTS))
    throw new AwsError('ValidationError', `MaxDatapoints must be from 1 to ${MAX_DATAPOINTS}, got ${size}`);
  const points = queries.flatMap((query, index) => read(store, query, index, from, to, now, input.ScanBy === 'TimestampAscending'));
  const start = input.NextToken === undefined ? 0 : Number(input.NextToken);
  if (!Number.isInteger(start) || start < 0 || start > points.length)
    throw new AwsError('InvalidNextToken', 'The next token is not valid.');
  const end = start + size;
  return {
    MetricDataResults: results(queries, points.slice(start, end), points.slice(end)),
    NextToken: end < points.length ? String(end) : undefined,
    Messages: [],
  };
}

function results(queries: readonly Query[], page: readonly Point[], rest: readonly Point[]): MetricDataResult[] {
  const unfinished = new Set(rest.map((point) => point.query));
  return queries.map((query, index) => {
    const own = page.filter((point) => point.query === index);
    return {
      Id: query.id,
      Label: query.label,
      Timestamps: own.map((point) => new Date(point.at)),
      Values: own.map((point) => point.value),
      StatusCode: unfinished.has(index) ? 'PartialData' : 'Complete',
    };
  });
}

function read(store: MetricStore, query: Query, index: number, from: number, to: number, now: number, ascending: boolean): Point[] {
  const series = store.find(query.namespace, query.metric, query.dimensions);
  const points: Point[] = [];
  if (series === undefined) return points;
  for (let at = Math.floor(from / MINUTE) * MINUTE; at < to; at += query.periodMs) {
    const seen = series.read(at, Math.min(at + query.periodMs, to), now);
    const value = seen && query.statistic(seen);
    if (value !== undefined) points.push({ query: index, at, value });
  }
  return ascending ? points : points.reverse();
}

function readQueries(queries: readonly MetricDataQuery[]): Query[] {
  if (queries.length < 1 || queries.length > MAX_QUERIES) {
    throw new AwsError(
      'ValidationError',
      `The collection MetricDataQueries must have a size from 1 to ${MAX_QUERIES}, got ${queries.length}`,
    );
  }
  const read = queries.map(readQuery);
  if (new Set(read.map((query) => query.id)).size !== read.length)
    throw new AwsError('ValidationError', 'The ids of MetricDataQueries must be unique');
  return read;
}

function readQuery({ Id, Expression, MetricStat, Label, ReturnData }: MetricDataQuery): Query {
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(Id ?? ''))
    throw new AwsError('ValidationError', `The value '${Id}' for 'Id' must match ^[a-z][a-zA-Z0-9_]*$`);
  if (Expression !== undefined || MetricStat === undefined || ReturnData === false) {
    throw new AwsError(
      'ValidationError',
      `the lab knows queries with MetricStat that return data, got ${Id} with ${Expression ?? 'no MetricStat'}`,
    );
  }
  const { Metric, Period, Stat, Unit } = MetricStat;
  if (Period === undefined || Period < 60 || Period % 60 !== 0) {
    throw new AwsError('ValidationError', `'Period' of ${Id} must be a multiple of 60 seconds, got ${Period}`);
  }
  if (Unit !== undefined) throw new AwsError('ValidationError', `the lab does not know 'Unit' in queries, got ${Unit}`);
  return {
    id: Id as string,
    label: Label ?? (Metric?.MetricName as string),
    namespace: Metric?.Namespace as string,
    metric: Metric?.MetricName as string,
    dimensions: Object.fromEntries((Metric?.Dimensions ?? []).map(({ Name, Value }) => [Name, Value])),
    periodMs: Period * 1000,
    statistic: statistic(Stat as string),
  };
}

/** Reads a statistic as queries and alarms name it, e.g. `Sum` or `p95`. */
function statistic(name: string): (seen: Distribution) => number | undefined {
  const percent = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/.exec(name)?.[1];
  if (percent !== undefined) return (seen) => seen.percentile(Number(percent));
  const range = /^TC\((\d*\.?\d*):(\d*\.?\d*)\)$/.exec(name);
  if (range !== null && (range[1] !== '' || range[2] !== '')) {
    const [low, high] = [range[1] === '' ? Number.NEGATIVE_INFINITY : Number(range[1]), range[2] === '' ? Infinity : Number(range[2])];
    return (seen) => seen.countWithin(low, high);
  }
  switch (name) {
    case 'Sum':
      return (seen) => seen.sum;
    case 'Average':
      return (seen) => seen.sum / seen.count;
    case 'Minimum':
      return (seen) => seen.minimum;
    case 'Maximum':
      return (seen) => seen.maximum;
    case 'SampleCount':
      return (seen) => seen.count;
    default:
      throw new AwsError(
        'ValidationError',
        `the lab knows the statistics Sum, Average, Minimum, Maximum, SampleCount, pNN and TC(low:high), got '${name}'`,
      );
  }
}

function timeOf(name: string, value: Date | undefined): number {
  if (value === undefined || Number.isNaN(value.getTime())) throw new AwsError('ValidationError', `The parameter ${name} is required.`);
  return value.getTime();
}
