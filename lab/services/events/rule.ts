import { arn, type LabContext } from '../../kernel/context';
import { type ResolvedResource, refuseUnknownProperties } from '../../kernel/resources';
import { compileInput, type TargetInput } from './input';
import { compilePattern, type Matches } from './pattern';

/** One target of a rule. */
export interface Target {
  readonly id: string;
  readonly arn: string;
  readonly kind: 'lambda' | 'stepFunctions' | 'sns';
  readonly roleArn: string | undefined;
  readonly input: TargetInput;
}

/** A rule of the default event bus. */
export interface Rule {
  readonly name: string;
  readonly arn: string;
  readonly matches: Matches | undefined;
  /** Of a schedule, in milliseconds. */
  readonly everyMs: number | undefined;
  readonly targets: readonly Target[];
  enabled: boolean;
}

const PROPERTIES = ['Description', 'EventBusName', 'EventPattern', 'Name', 'ScheduleExpression', 'State', 'Tags', 'Targets'];
const TARGET = ['Arn', 'Id', 'Input', 'InputPath', 'InputTransformer', 'RetryPolicy', 'RoleArn'];
const MINUTE = 60_000;
const UNITS: Readonly<Record<string, number>> = { minute: MINUTE, hour: 60 * MINUTE, day: 1440 * MINUTE };

/** Reads an AWS::Events::Rule. @throws Error for what the lab does not know */
export function loadRule(context: LabContext, resource: ResolvedResource, name: string): Rule {
  refuseUnknownProperties(resource, PROPERTIES);
  const { EventBusName, EventPattern, ScheduleExpression, State, Targets = [] } = resource.properties;
  if (EventBusName !== undefined && EventBusName !== 'default')
    throw new Error(`${resource.logicalId}: 'EventBusName' must be default in the lab, got ${EventBusName}`);
  if ((EventPattern === undefined) === (ScheduleExpression === undefined)) {
    throw new Error(`${resource.logicalId}: a rule must have an EventPattern or a ScheduleExpression, and not both`);
  }
  const identity = { name, arn: arn(context, 'events', `rule/${name}`) };
  return {
    ...identity,
    matches: EventPattern === undefined ? undefined : compilePattern(EventPattern),
    everyMs: ScheduleExpression === undefined ? undefined : parseRate(ScheduleExpression),
    targets: Targets.map((target: Record<string, unknown>) => loadTarget(resource.logicalId, target, identity)),
    enabled: State !== 'DISABLED',
  };
}

/** `rate(5 minutes)` in milliseconds. @throws Error for cron expressions, which the lab does not know */
export function parseRate(expression: string): number {
  const [, count, unit, plural] = /^rate\(([1-9]\d*) (minute|hour|day)(s?)\)$/.exec(expression) ?? [];
  if (count === undefined || (count === '1') !== (plural === '')) {
    throw new Error(`'ScheduleExpression' must be a rate like rate(5 minutes) in the lab, got ${expression}`);
  }
  return Number(count) * UNITS[unit];
}

function loadTarget(logicalId: string, target: Record<string, unknown>, rule: { name: string; arn: string }): Target {
  const unknown = Object.keys(target).find((name) => !TARGET.includes(name));
  if (unknown !== undefined) throw new Error(`${logicalId}: the lab does not know '${unknown}' of a target`);
  const targetArn = String(target.Arn);
  const kind = kindOf(targetArn);
  if (kind === undefined)
    throw new Error(`${logicalId}: a target must be a function, a state machine or a topic in the lab, got ${targetArn}`);
  if (kind === 'stepFunctions' && typeof target.RoleArn !== 'string')
    throw new Error(`${logicalId}: the target ${targetArn} must have a RoleArn`);
  return { id: String(target.Id), arn: targetArn, kind, roleArn: target.RoleArn as string | undefined, input: compileInput(target, rule) };
}

function kindOf(targetArn: string): Target['kind'] | undefined {
  if (/^arn:aws:lambda:[^:]+:\d+:function:/.test(targetArn)) return 'lambda';
  if (/^arn:aws:states:[^:]+:\d+:stateMachine:/.test(targetArn)) return 'stepFunctions';
  return /^arn:aws:sns:[^:]+:\d+:[^:]+$/.test(targetArn) ? 'sns' : undefined;
}
