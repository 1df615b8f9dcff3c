import type { CompositeAlarm, MetricAlarm, StateValue } from '@aws-sdk/client-cloudwatch';
import { arn, type LabContext } from '../../kernel/context';
import { type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import { AwsError } from '../../kernel/service';

const KNOWN = [
  'AlarmName',
  'AlarmDescription',
  'ActionsEnabled',
  'AlarmActions',
  'OKActions',
  'InsufficientDataActions',
  'ComparisonOperator',
  'DatapointsToAlarm',
  'Dimensions',
  'EvaluationPeriods',
  'EvaluateLowSampleCountPercentile',
  'ExtendedStatistic',
  'MetricName',
  'Metrics',
  'Namespace',
  'Period',
  'Statistic',
  'Threshold',
  'TreatMissingData',
  'Unit',
  'Tags',
];

/** Carries out what an alarm's action names, e.g. publishes to a topic. */
export type AlarmAction = (actionArn: string, alarm: MetricAlarm | CompositeAlarm) => void;

/**
 * Metric and composite alarms. The lab stores them and does not evaluate their metrics: a scenario sets their state.
 * An alarm begins as INSUFFICIENT_DATA, as at AWS.
 */
export class Alarms {
  private readonly alarms = new Map<string, MetricAlarm>();
  private readonly composite = new Map<string, CompositeAlarm>();

  constructor(
    private readonly context: LabContext,
    private readonly act: AlarmAction | undefined,
  ) {}

  list(): MetricAlarm[] {
    return [...this.alarms.values()].sort((a, b) => ((a.AlarmName as string) < (b.AlarmName as string) ? -1 : 1));
  }

  arnOf(name: string): string {
    return arn(this.context, 'cloudwatch', `alarm:${name}`);
  }

  listComposite(): CompositeAlarm[] {
    return [...this.composite.values()];
  }

  /**
   * Puts an alarm into a state: emits `CloudWatch Alarm State Change` and carries out the alarm's actions, unless it was in that state.
   *
   * @throws AwsError ResourceNotFound
   */
  set(name: string, state: StateValue, reason: string): void {
    const alarm = this.alarms.get(name) ?? this.composite.get(name);
    if (alarm === undefined) throw new AwsError('ResourceNotFound', `There is no alarm named ${name}`);
    const before = alarm.StateValue;
    const stateOf = (value: StateValue | undefined, why: string | undefined, at: Date | undefined) => ({
      value,
      reason: why,
      timestamp: at?.toISOString(),
    });
    const previousState = stateOf(before, alarm.StateReason, alarm.StateUpdatedTimestamp);
    const now = new Date(this.context.clock.now());
    Object.assign(alarm, { StateValue: state, StateReason: reason, StateUpdatedTimestamp: now });
    if (before === state) return;
    this.context.events.emit({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: [alarm.AlarmArn as string],
      detail: {
        alarmName: name,
        state: stateOf(state, reason, now),
        previousState,
        configuration: { description: alarm.AlarmDescription },
      },
    });
    this.carryOut(alarm);
  }

  provider(): ResourceProvider {
    const put = (resource: ResolvedResource, name: string) => {
      refuseUnknownProperties(resource, KNOWN);
      const { AlarmName, Tags, ...properties } = resource.properties;
      const now = new Date(this.context.clock.now());
      const alarm: MetricAlarm = {
        StateValue: 'INSUFFICIENT_DATA',
        StateReason: 'Unchecked: Initial alarm creation',
        StateUpdatedTimestamp: now,
        ...this.alarms.get(name),
        ...properties,
        ActionsEnabled: String(properties.ActionsEnabled ?? true) === 'true',
        AlarmName: name,
        AlarmArn: this.arnOf(name),
        AlarmConfigurationUpdatedTimestamp: now,
      };
      if (this.actionsOf(alarm).length > 0 && this.act === undefined) {
        throw new Error(`${resource.logicalId}: this lab was built without alarm actions, got ${this.actionsOf(alarm).join(', ')}`);
      }
      this.alarms.set(name, alarm);
      return { ref: name, attributes: { Arn: this.arnOf(name) } };
    };
    return {
      type: 'AWS::CloudWatch::Alarm',
      create: (resource) => put(resource, resource.properties.AlarmName ?? `${resource.logicalId}-${this.context.random.hex(12)}`),
      update: put,
      delete: (name) => void this.alarms.delete(name),
    };
  }

  /** Composite alarms without actions; their rule is not evaluated either. */
  compositeProvider(): ResourceProvider {
    const put = (resource: ResolvedResource, name: string) => {
      refuseUnknownProperties(resource, ['AlarmName', 'AlarmRule', 'AlarmDescription']);
      const { AlarmRule, AlarmDescription } = resource.properties;
      const alarm = { AlarmName: name, AlarmArn: this.arnOf(name), AlarmRule, AlarmDescription };
      this.composite.set(name, { StateValue: 'INSUFFICIENT_DATA', ...this.composite.get(name), ...alarm });
      return { ref: name, attributes: { Arn: this.arnOf(name) } };
    };
    return {
      type: 'AWS::CloudWatch::CompositeAlarm',
      create: (resource) => put(resource, resource.properties.AlarmName ?? `${resource.logicalId}-${this.context.random.hex(12)}`),
      update: put,
      delete: (name) => void this.composite.delete(name),
    };
  }

  private actionsOf(alarm: MetricAlarm | CompositeAlarm): string[] {
    return [...(alarm.AlarmActions ?? []), ...(alarm.OKActions ?? []), ...(alarm.InsufficientDataActions ?? [])];
  }

  private carryOut(alarm: MetricAlarm | CompositeAlarm): void {
    if (alarm.ActionsEnabled !== true) return;
    const byState = { ALARM: alarm.AlarmActions, OK: alarm.OKActions, INSUFFICIENT_DATA: alarm.InsufficientDataActions };
    for (const action of byState[alarm.StateValue as StateValue] ?? []) this.act?.(action, alarm);
  }
}
