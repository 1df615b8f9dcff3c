import type { ResolvedResource } from '../../kernel/resources';
import { AwsError } from '../../kernel/service';
import { flag, wholeNumber } from './whole-number';

/** The same shape comes from templates, with text for numbers, and from calls. */
type Json = ResolvedResource['properties'];

/** A target group in a forward action. */
export interface WeightedGroup {
  readonly arn: string;
  readonly weight: number;
}

/** Sends requests to one of up to five target groups. */
export interface ForwardAction {
  readonly type: 'forward';
  readonly groups: readonly WeightedGroup[];
  /** How long a client keeps to its group, in seconds; undefined where groups are not sticky. */
  readonly stickySeconds: number | undefined;
}

/** Answers requests itself. */
export interface FixedAction {
  readonly type: 'fixed-response';
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export type RuleAction = ForwardAction | FixedAction;

/**
 * Reads the list of actions of a rule, whole as ModifyRule replaces it. The lab knows one action a rule: forward or fixed-response.
 * Limits: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ForwardActionConfig.html
 *
 * @throws AwsError as the API does
 */
export function readActions(actions: unknown): RuleAction {
  if (!Array.isArray(actions) || actions.length !== 1) {
    throw new AwsError('InvalidLoadBalancerActionException', `the lab knows rules with exactly one action, got ${JSON.stringify(actions)}`);
  }
  const action = actions[0];
  if (action.Type === 'forward') return readForward(action);
  if (action.Type === 'fixed-response') return readFixed(action.FixedResponseConfig ?? {});
  throw new AwsError('InvalidLoadBalancerActionException', `the lab knows the action types forward and fixed-response, got ${action.Type}`);
}

function readForward(action: Json): ForwardAction {
  const listed = action.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn, Weight: 1 }];
  if (listed.length < 1 || listed.length > 5) {
    throw new AwsError('InvalidLoadBalancerActionException', `a forward action must name 1 to 5 target groups, got ${listed.length}`);
  }
  const groups = listed.map((group: Json) => ({
    arn: String(group.TargetGroupArn),
    weight: checked(() => wholeNumber('Weight', group.Weight ?? 1, 0, 999)),
  }));
  if (new Set(groups.map((group: WeightedGroup) => group.arn)).size !== groups.length) {
    throw new AwsError('InvalidLoadBalancerActionException', 'a target group may appear once in a forward action');
  }
  return { type: 'forward', groups, stickySeconds: readStickiness(action.ForwardConfig?.TargetGroupStickinessConfig) };
}

function readStickiness(config: Json | undefined): number | undefined {
  if (config === undefined || !checked(() => flag('Enabled', config.Enabled ?? false))) return undefined;
  return checked(() => wholeNumber('DurationSeconds', config.DurationSeconds, 1, 604_800));
}

function readFixed(config: Json): FixedAction {
  return {
    type: 'fixed-response',
    status: checked(() => wholeNumber('StatusCode', config.StatusCode, 200, 599)),
    contentType: config.ContentType ?? 'text/plain',
    body: config.MessageBody ?? '',
  };
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new AwsError('ValidationError', (error as Error).message);
  }
}

/** The action as DescribeRules lists it. */
export function describeAction(action: RuleAction) {
  if (action.type === 'fixed-response') {
    const { status, contentType, body } = action;
    return {
      Type: action.type,
      Order: 1,
      FixedResponseConfig: { StatusCode: String(status), ContentType: contentType, MessageBody: body },
    };
  }
  return {
    Type: action.type,
    Order: 1,
    ...(action.groups.length === 1 ? { TargetGroupArn: action.groups[0].arn } : {}),
    ForwardConfig: {
      TargetGroups: action.groups.map((group) => ({ TargetGroupArn: group.arn, Weight: group.weight })),
      TargetGroupStickinessConfig: {
        Enabled: action.stickySeconds !== undefined,
        ...(action.stickySeconds === undefined ? {} : { DurationSeconds: action.stickySeconds }),
      },
    },
  };
}
