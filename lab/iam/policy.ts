import { type Condition, loadConditions, texts } from './conditions';
import { arnPattern, type Matcher, wildcard } from './pattern';
import { loadPrincipal, type PrincipalMatcher } from './principals';

/** A pattern of the Action or Resource element, with its text. */
export interface NamedPattern {
  readonly text: string;
  readonly matches: Matcher;
}

/** A statement that is ready to be evaluated. */
export interface Statement {
  readonly policy: string;
  /** Position in its policy, from 0. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: readonly NamedPattern[];
  /** True for NotAction: it means every action but these. */
  readonly otherActions: boolean;
  readonly resources: readonly NamedPattern[];
  /** True for NotResource. */
  readonly otherResources: boolean;
  readonly principal: PrincipalMatcher | undefined;
  readonly condition: Condition;
  /** Operators and keys of the condition, e.g. `StringEquals aws:SourceAccount`. */
  readonly conditions: readonly string[];
}

/** What a policy is attached to, which decides on the elements it may have. */
export type PolicyKind = 'identity' | 'resource' | 'trust';

const ELEMENTS = ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition', 'Principal'];
const TRUST_ELEMENTS = ELEMENTS.filter((element) => !element.endsWith('Resource'));
const VERSION = '2012-10-17';

/**
 * Reads a policy document.
 *
 * @param name how decisions call the policy
 * @param place where it stands in the template, for errors
 * @throws Error that names the place, for an element, operator, key or variable that the lab does not know
 */
export function loadPolicy(document: unknown, { name, place, kind }: { name: string; place: string; kind: PolicyKind }): Statement[] {
  const { Version: version, Statement: statements, ...rest } = asObject(document, place);
  if (version !== VERSION) throw new Error(`${place}: 'Version' must be ${VERSION}, got ${JSON.stringify(version)}`);
  refuseUnknown(Object.keys(rest), ['Id'], place);
  return [statements]
    .flat()
    .map((statement, index) => loadStatement(statement, { name, index, kind, place: `${place}, statement ${index}` }));
}

function loadStatement(
  source: unknown,
  { name, index, kind, place }: { name: string; index: number; kind: PolicyKind; place: string },
): Statement {
  const statement = asObject(source, place);
  refuseUnknown(Object.keys(statement), kind === 'trust' ? TRUST_ELEMENTS : ELEMENTS, place);
  const { Effect: effect, Sid: sid } = statement;
  const condition = (statement.Condition ?? {}) as Parameters<typeof loadConditions>[0];
  if (effect !== 'Allow' && effect !== 'Deny') throw new Error(`${place}: 'Effect' must be Allow or Deny, got ${JSON.stringify(effect)}`);
  if ((statement.Principal === undefined) === (kind !== 'identity')) {
    throw new Error(`${place}: 'Principal' ${kind === 'identity' ? 'has no place in a policy of a role' : 'is required'}`);
  }
  return {
    policy: name,
    index,
    sid: sid as string | undefined,
    effect,
    actions: patterns(oneOf(statement, 'Action', 'NotAction', place), place, loadAction),
    otherActions: statement.NotAction !== undefined,
    resources: kind === 'trust' ? [] : patterns(oneOf(statement, 'Resource', 'NotResource', place), place, arnPattern),
    otherResources: statement.NotResource !== undefined,
    principal: statement.Principal === undefined ? undefined : loadPrincipal(statement.Principal, place),
    condition: loadConditions(condition, place),
    conditions: Object.entries(condition).flatMap(([operator, keys]) => Object.keys(keys).map((key) => `${operator} ${key}`)),
  };
}

function loadAction(text: string, place: string): Matcher {
  if (text !== '*' && !/^[a-z0-9-]+:[A-Za-z*?]+$/i.test(text))
    throw new Error(`${place}: 'Action' must be like service:Operation, got '${text}'`);
  return wildcard(text, { ignoreCase: true });
}

function oneOf(statement: Record<string, unknown>, one: string, other: string, place: string): unknown {
  if ((statement[one] === undefined) === (statement[other] === undefined))
    throw new Error(`${place}: exactly one of ${one} and ${other} is required`);
  return statement[one] ?? statement[other];
}

function patterns(values: unknown, place: string, load: (text: string, place: string) => Matcher): NamedPattern[] {
  return texts(values, place).map((text) => ({ text, matches: load(text, place) }));
}

function asObject(value: unknown, place: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Error(`${place}: must be an object, got ${JSON.stringify(value)}`);
  return value as Record<string, unknown>;
}

function refuseUnknown(found: readonly string[], known: readonly string[], place: string): void {
  const unknown = found.filter((element) => !known.includes(element));
  if (unknown.length > 0) throw new Error(`${place}: the lab does not know the element ${unknown.join(', ')}`);
}
