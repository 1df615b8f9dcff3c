import * as sdk from '@aws-sdk/client-eventbridge';
import type { Timer } from '../../clock/clock';
import { arn, type LabContext } from '../../kernel/context';
import type { LabEvent } from '../../kernel/event-bus';
import type { ResourceProvider } from '../../kernel/resources';
import { AwsError, type Operation, type Principal, type Service } from '../../kernel/service';
import { draw } from '../../states/durations';
import type { Json } from '../../states/json';
import { loadRule, type Rule, type Target } from './rule';

/** What EventsService needs of others: the targets of rules, and their roles. */
export interface EventsDeps {
  /** Throws an AwsError where the role does not trust the service. */
  readonly iam: { assume(roleArn: string, service: string): Principal };
  /** Throws an AwsError where the function's resource policy does not permit the service for this rule. */
  readonly lambda: { invokeAsync(functionArn: string, payload: unknown, caller: Principal, sourceArn: string): void };
  /** Throws an AwsError where the role may not start the state machine. */
  readonly stepFunctions: { startExecutionAs(role: Principal, stateMachineArn: string, input: unknown, name: string): unknown };
  /** Throws an AwsError where the topic's policy does not permit the service for this rule. */
  readonly sns: { publishAs(caller: Principal, topicArn: string, message: string, sourceArn: string): void | Promise<void> };
}

/** An attempt to hand an event to a target. */
export interface Delivery {
  readonly rule: string;
  readonly target: string;
  readonly event: LabEvent;
  /** Lab time, in milliseconds. */
  readonly at: number;
  /** `lost`: dropped by a test. `failed`: refused by the target; EventBridge tells nobody either. */
  readonly outcome: 'delivered' | 'lost' | 'failed';
  readonly error?: string;
}

/** An event as EventBridge passes it on. */
interface Envelope extends LabEvent {
  readonly version: string;
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly time: string;
}

const EVENTS: Principal = { kind: 'service', arn: 'events.amazonaws.com' };

/**
 * Amazon EventBridge: rules of the default bus, with patterns or rates, that call functions, state machines and topics.
 * Delivery is best effort, as AWS says of status changes: `lose` drops events.
 */
export class EventsService implements Service {
  readonly signingName = 'events';
  readonly sdk = sdk as unknown as Record<string, unknown>;
  readonly client = 'EventBridgeClient';
  readonly operations: Readonly<Record<string, Operation>>;
  /** What was delivered, lost or refused, in order. */
  readonly deliveries: Delivery[] = [];
  private readonly rules = new Map<string, Rule>();
  private readonly schedules = new Map<string, Timer>();
  private isLost: (event: LabEvent, rule: string) => boolean = () => false;

  constructor(
    private readonly context: LabContext,
    private readonly deps: EventsDeps,
  ) {
    context.events.subscribe((event) => this.receive(event));
    const ofRule = (action: string) => (input: { Name?: string }) => [
      { action: `events:${action}`, resource: arn(context, 'events', `rule/${input.Name}`) },
    ];
    this.operations = {
      DescribeRule: { authorize: ofRule('DescribeRule'), handle: ({ Name }) => this.describe(Name) },
      EnableRule: { authorize: ofRule('EnableRule'), handle: ({ Name }) => this.setEnabled(Name, true) },
      DisableRule: { authorize: ofRule('DisableRule'), handle: ({ Name }) => this.setEnabled(Name, false) },
    };
  }

  /** Drops the deliveries that this says true for, until it is called again. */
  lose(isLost: (event: LabEvent, rule: string) => boolean): void {
    this.isLost = isLost;
  }

  providers(): ResourceProvider[] {
    return [
      {
        type: 'AWS::Events::Rule',
        create: (resource) =>
          this.put(
            loadRule(
              this.context,
              resource,
              resource.properties.Name ?? `${resource.logicalId.slice(0, 51)}-${this.context.random.hex(12)}`,
            ),
          ),
        update: (resource, name) => this.put(loadRule(this.context, resource, name)),
        delete: (name) => {
          this.rules.delete(name);
          this.unschedule(name);
        },
      },
    ];
  }

  private put(rule: Rule) {
    this.rules.set(rule.name, rule);
    this.unschedule(rule.name);
    if (rule.everyMs !== undefined) this.schedule(rule, rule.everyMs);
    return { ref: rule.name, attributes: { Arn: rule.arn } };
  }

  /** A rate counts from the rule's creation. */
  private schedule(rule: Rule, everyMs: number): void {
    const timer = this.context.clock.after(everyMs, `schedule ${rule.name}`, () => {
      this.schedule(rule, everyMs);
      const event: LabEvent = { source: 'aws.events', 'detail-type': 'Scheduled Event', resources: [rule.arn], detail: {} };
      if (rule.enabled) this.send(rule, this.envelope(event));
    });
    this.schedules.set(rule.name, timer);
  }

  private unschedule(name: string): void {
    this.schedules.get(name)?.cancel();
    this.schedules.delete(name);
  }

  private receive(event: LabEvent): void {
    const envelope = this.envelope(event);
    for (const rule of this.rules.values()) {
      if (rule.enabled && rule.matches?.(envelope as unknown as Json)) this.send(rule, envelope);
    }
  }

  private envelope(event: LabEvent): Envelope {
    const { clock, random, account, region } = this.context;
    return { version: '0', id: random.uuid(), ...event, account, region, time: new Date(Math.floor(clock.now())).toISOString() };
  }

  private send(rule: Rule, event: Envelope): void {
    const { clock, random } = this.context;
    for (const target of rule.targets) {
      const note = (outcome: Delivery['outcome'], error?: string) =>
        void this.deliveries.push({
          rule: rule.name,
          target: target.arn,
          event,
          at: clock.now(),
          outcome,
          ...(error !== undefined && { error }),
        });
      if (this.isLost(event, rule.name)) note('lost');
      else clock.after(draw('eventDelivery', random), `event to ${target.arn}`, () => this.deliver(rule, target, event, note));
    }
  }

  private async deliver(
    rule: Rule,
    target: Target,
    event: Envelope,
    note: (outcome: Delivery['outcome'], error?: string) => void,
  ): Promise<void> {
    try {
      await this.call(rule, target, target.input(event as unknown as Json), event.id);
      note('delivered');
    } catch (error) {
      // A template that gives no JSON, and a target that refuses, end here as on AWS: the event is gone.
      if (!(error instanceof AwsError || error instanceof SyntaxError)) throw error;
      note('failed', error instanceof AwsError ? `${error.code}: ${error.message}` : error.message);
    }
  }

  private async call(rule: Rule, target: Target, input: Json, eventId: string): Promise<void> {
    const { iam, lambda, stepFunctions, sns } = this.deps;
    if (target.kind === 'lambda') lambda.invokeAsync(target.arn, input, EVENTS, rule.arn);
    else if (target.kind === 'sns')
      await sns.publishAs(EVENTS, target.arn, typeof input === 'string' ? input : JSON.stringify(input), rule.arn);
    else {
      const role = iam.assume(target.roleArn as string, EVENTS.arn);
      stepFunctions.startExecutionAs(role, target.arn, input, `${eventId}_${this.context.random.uuid()}`);
    }
  }

  private get(name: string): Rule {
    const rule = this.rules.get(name);
    if (!rule) throw new AwsError('ResourceNotFoundException', `Rule ${name} does not exist on EventBus default.`);
    return rule;
  }

  private setEnabled(name: string, enabled: boolean): void {
    this.get(name).enabled = enabled;
  }

  private describe(name: string) {
    const rule = this.get(name);
    return { Name: rule.name, Arn: rule.arn, State: rule.enabled ? ('ENABLED' as const) : ('DISABLED' as const) };
  }
}
