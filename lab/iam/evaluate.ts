import type { AccessRequest, Principal } from '../kernel/service';
import type { ConditionContext } from './conditions';
import type { NamedPattern, Statement } from './policy';

/** A statement that applies to a request, and the patterns of it that did. For NotAction and NotResource the pattern is undefined. */
export interface Match {
  readonly statement: Statement;
  readonly action: string | undefined;
  readonly resource: string | undefined;
}

export interface Verdict {
  readonly allowed: boolean;
  /** The statement that decided; undefined where none applies, and for the operator's own rights. */
  readonly match?: Match;
  /** Whether the deciding statement is the resource's; undefined without one. */
  readonly by?: 'identity' | 'resource';
}

/** The policies that bear on a request. */
export interface Policies {
  readonly identity: readonly Statement[];
  readonly resource: readonly Statement[];
  readonly account: string;
  /** Leaves an action out of a statement of the identity's. */
  readonly isRemoved?: (statement: Statement, action: string) => boolean;
}

/**
 * Decides as IAM does inside of one account: an explicit Deny wins; then an Allow, of the caller's policies or of the resource's.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(caller: Principal, request: AccessRequest, context: ConditionContext, policies: Policies): Verdict {
  const identity = policies.identity.flatMap((statement) => matchOf(statement, request, context, policies.isRemoved) ?? []);
  const resource = policies.resource.flatMap((statement) => {
    const reach = statement.principal!(caller, policies.account);
    if (reach === 'none' || (reach === 'account' && statement.effect === 'Allow')) return [];
    return matchOf(statement, request, context) ?? [];
  });
  for (const effect of ['Deny', 'Allow'] as const) {
    for (const [by, matches] of [
      ['identity', identity],
      ['resource', resource],
    ] as const) {
      const match = matches.find(({ statement }) => statement.effect === effect);
      if (match !== undefined) return { allowed: effect === 'Allow', match, by };
    }
  }
  return { allowed: caller.kind === 'operator' };
}

function matchOf(
  statement: Statement,
  request: AccessRequest,
  context: ConditionContext,
  isRemoved?: Policies['isRemoved'],
): Match | undefined {
  const action = statement.actions.find(({ text, matches }) => matches(request.action) && !isRemoved?.(statement, text));
  if ((action === undefined) !== statement.otherActions) return undefined;
  const resource = statement.resources.find(({ matches }) => matches(request.resource));
  if ((resource === undefined) !== statement.otherResources) return undefined;
  return statement.condition(context) ? { statement, action: textOf(action), resource: textOf(resource) } : undefined;
}

function textOf(pattern: NamedPattern | undefined): string | undefined {
  return pattern?.text;
}
