import type {
  CompositeAlarm,
  DescribeAlarmsInput,
  GetMetricDataInput,
  MetricAlarm,
  PutMetricDataInput,
  SetAlarmStateInput,
  StateValue,
} from '@aws-sdk/client-cloudwatch';
import * as sdk from '@aws-sdk/client-cloudwatch';
import { arn, type LabContext } from '../../kernel/context';
import { type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import { AwsError, type Operation, type Service } from '../../kernel/service';
import { type AlarmAction, Alarms } from './alarms';
import { getMetricData } from './get-metric-data';
import { MetricStore, type Sample } from './metric-store';
import {
  recordTargetRequest,
  recordTargetRequests,
  type TargetDimensions,
  type TargetRequest,
  type TargetRequests,
} from './target-metrics';

export type { AlarmAction } from './alarms';
export type { Sample } from './metric-store';
export type { TargetDimensions, TargetRequest, TargetRequests } from './target-metrics';

/** Collaborators of `CloudWatchService`. */
export interface CloudWatchDependencies {
  /**
   * Carries out alarm actions.
   *
   * @default - alarms with actions are refused at creation
   */
  readonly alarmAction?: AlarmAction;
}

/**
 * CloudWatch: metrics by the minute that show late, alarms that a scenario sets, dashboards that nobody looks at.
 * Percentiles are off by at most 0.5 % of their value.
 */
export class CloudWatchService implements Service {
  readonly signingName = 'monitoring';
  readonly sdk: Record<string, unknown> = sdk;
  readonly client = 'CloudWatchClient';
  private readonly store: MetricStore;
  private readonly alarms: Alarms;

  constructor(
    private readonly context: LabContext,
    dependencies: CloudWatchDependencies = {},
  ) {
    this.store = new MetricStore(context);
    this.alarms = new Alarms(context, dependencies.alarmAction);
  }

  /** Adds a sample to its minute. */
  record(sample: Sample): void {
    this.store.record(sample);
  }

  /** Adds a request to the load balancer's metrics of its target group. */
  recordTargetRequest(dimensions: TargetDimensions, request: TargetRequest): void {
    recordTargetRequest(this.store, dimensions, request);
  }

  /** Adds many requests of the same moment. */
  recordTargetRequests(dimensions: TargetDimensions, requests: TargetRequests): void {
    recordTargetRequests(this.store, dimensions, requests);
  }

  /** Puts an alarm into a state, and tells EventBridge if that is a change. */
  setAlarmState(name: string, state: StateValue, reason: string): void {
    this.alarms.set(name, state, reason);
  }

  readonly operations: Readonly<Record<string, Operation>> = {
    PutMetricData: {
      authorize: (input: PutMetricDataInput) => [
        { action: 'cloudwatch:PutMetricData', resource: '*', context: { 'cloudwatch:namespace': input.Namespace as string } },
      ],
      handle: (input: PutMetricDataInput) => this.putMetricData(input),
    },
    GetMetricData: {
      authorize: () => [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
      handle: (input: GetMetricDataInput) => getMetricData(this.store, input, this.context.clock.now()),
    },
    DescribeAlarms: {
      // Composite alarms need the permission for `*`. AWS leaves them out without it, the lab denies the call.
      authorize: ({ AlarmNames = ['*'], AlarmTypes = [] }: DescribeAlarmsInput) =>
        AlarmTypes.includes('CompositeAlarm')
          ? [{ action: 'cloudwatch:DescribeAlarms', resource: '*' }]
          : AlarmNames.map((name) => ({ action: 'cloudwatch:DescribeAlarms', resource: this.alarms.arnOf(name) })),
      handle: (input: DescribeAlarmsInput) => this.describeAlarms(input),
    },
    SetAlarmState: {
      authorize: (input: SetAlarmStateInput) => [
        { action: 'cloudwatch:SetAlarmState', resource: this.alarms.arnOf(input.AlarmName as string) },
      ],
      handle: (input: SetAlarmStateInput) => {
        this.alarms.set(input.AlarmName as string, input.StateValue as StateValue, input.StateReason as string);
        return {};
      },
    },
  };

  providers(): ResourceProvider[] {
    const dashboard = {
      type: 'AWS::CloudWatch::Dashboard',
      create: (resource: Parameters<ResourceProvider['create']>[0]) => {
        refuseUnknownProperties(resource, ['DashboardName', 'DashboardBody']);
        return { ref: resource.properties.DashboardName ?? `${resource.logicalId}-${this.context.random.hex(12)}` };
      },
      update: (_resource: unknown, name: string) => ({
        ref: name,
        attributes: { Arn: arn(this.context, 'cloudwatch', `dashboard/${name}`) },
      }),
      delete: () => undefined,
    };
    return [this.alarms.provider(), this.alarms.compositeProvider(), dashboard];
  }

  private putMetricData({ Namespace, MetricData = [], ...rest }: PutMetricDataInput) {
    if (Object.keys(rest).length > 0)
      throw new AwsError('ValidationError', `the lab does not know ${Object.keys(rest).join(', ')} of PutMetricData`);
    if (MetricData.length > 1000)
      throw new AwsError('ValidationError', `MetricData must hold at most 1000 metrics, got ${MetricData.length}`);
    for (const { MetricName, Dimensions = [], Timestamp, Value, Values, Counts, StatisticValues } of MetricData) {
      const dimensions = Object.fromEntries(Dimensions.map(({ Name, Value: value }) => [Name, value]));
      const values = Values ?? (Value === undefined ? [] : [Value]);
      if (StatisticValues !== undefined || values.length === 0 || values.length > 150) {
        throw new AwsError('InvalidParameterValue', `the lab knows metrics with Value or 1 to 150 Values, got ${MetricName}`);
      }
      const at = Timestamp?.getTime() ?? this.context.clock.now();
      values.forEach((value, index) => {
        this.record({ namespace: Namespace as string, metric: MetricName as string, dimensions, at, value, count: Counts?.[index] });
      });
    }
    return {};
  }

  private describeAlarms(input: DescribeAlarmsInput) {
    const { AlarmNames, AlarmNamePrefix, StateValue: state, AlarmTypes = ['MetricAlarm'], MaxRecords = 50, NextToken, ...rest } = input;
    if (Object.keys(rest).length > 0)
      throw new AwsError('ValidationError', `the lab does not know ${Object.keys(rest).join(', ')} of DescribeAlarms`);
    if (MaxRecords < 1 || MaxRecords > 100) throw new AwsError('ValidationError', `MaxRecords must be from 1 to 100, got ${MaxRecords}`);
    if ((AlarmNames?.length ?? 0) > 100)
      throw new AwsError('ValidationError', `AlarmNames must hold at most 100 names, got ${AlarmNames?.length}`);
    const chosen = ({ AlarmName = '', StateValue: found }: MetricAlarm | CompositeAlarm) =>
      (AlarmNames?.includes(AlarmName) ?? true) && AlarmName.startsWith(AlarmNamePrefix ?? '') && (state === undefined || found === state);
    const found = this.alarms.list().filter((alarm) => AlarmTypes.includes('MetricAlarm') && chosen(alarm));
    const composite = this.alarms.listComposite().filter((alarm) => AlarmTypes.includes('CompositeAlarm') && chosen(alarm));
    const start = NextToken === undefined ? 0 : Number(NextToken);
    if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidNextToken', 'The next token is not valid.');
    const end = start + (AlarmNames === undefined ? MaxRecords : 100);
    return {
      MetricAlarms: found.slice(start, end),
      CompositeAlarms: start === 0 ? composite : [],
      NextToken: end < found.length ? String(end) : undefined,
    };
  }
}
