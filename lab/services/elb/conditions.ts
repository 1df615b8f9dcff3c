import { AwsError } from '../../kernel/service';

/** A request as far as rules look at it; header names in lower case. */
export interface RoutedRequest {
  /** With the query, if any. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A condition of a rule: true where any of the patterns matches. */
export interface Condition {
  readonly field: 'path-pattern' | 'host-header' | 'http-header';
  /** Of `http-header`, in lower case. */
  readonly header: string | undefined;
  readonly values: readonly string[];
}

const CONFIGS = { 'path-pattern': 'PathPatternConfig', 'host-header': 'HostHeaderConfig', 'http-header': 'HttpHeaderConfig' } as const;

/**
 * Reads the conditions of a rule; all must hold for the rule to apply.
 * `*` stands for any characters, `?` for one: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
 *
 * @throws AwsError for the kinds of condition that the lab does not know
 */
export function readConditions(conditions: unknown): Condition[] {
  if (!Array.isArray(conditions) || conditions.length === 0) {
    throw new AwsError('ValidationError', `a rule must have at least one condition, got ${JSON.stringify(conditions)}`);
  }
  return conditions.map((condition) => {
    const field = condition.Field as Condition['field'];
    const key = CONFIGS[field];
    if (key === undefined) {
      throw new AwsError('ValidationError', `the lab knows the conditions ${Object.keys(CONFIGS).join(', ')}, got ${condition.Field}`);
    }
    const config = condition[key] ?? { Values: condition.Values };
    const header = field === 'http-header' ? config.HttpHeaderName?.toLowerCase() : undefined;
    if (!Array.isArray(config.Values) || config.Values.length === 0 || (field === 'http-header' && !header)) {
      throw new AwsError('ValidationError', `a condition ${field} must have values, got ${JSON.stringify(condition)}`);
    }
    return { field, header, values: config.Values };
  });
}

/** True if the rule's conditions all hold for the request. Paths match with regard to case, hosts and headers without. */
export function matches(conditions: readonly Condition[], request: RoutedRequest): boolean {
  return conditions.every((condition) => {
    const value = subject(condition, request);
    const flags = condition.field === 'path-pattern' ? '' : 'i';
    return value !== undefined && condition.values.some((pattern) => wildcard(pattern, flags).test(value));
  });
}

function subject(condition: Condition, request: RoutedRequest): string | undefined {
  if (condition.field === 'path-pattern') return request.path.split('?', 1)[0];
  if (condition.field === 'host-header') return request.headers.host?.replace(/:\d+$/, '');
  return request.headers[condition.header as string];
}

const compiled = new Map<string, RegExp>();

function wildcard(pattern: string, flags: string): RegExp {
  const key = `${flags} ${pattern}`;
  let expression = compiled.get(key);
  if (expression === undefined) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, `s${flags}`);
    compiled.set(key, expression);
  }
  return expression;
}

/** The condition as DescribeRules lists it. */
export function describeCondition({ field, header, values }: Condition) {
  const config = header === undefined ? { Values: [...values] } : { HttpHeaderName: header, Values: [...values] };
  return { Field: field, [CONFIGS[field]]: config };
}
