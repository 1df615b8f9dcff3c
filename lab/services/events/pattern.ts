import { isObject, type Json } from '../../states/json';

/** Whether an event matches a rule's pattern. */
export type Matches = (event: Json) => boolean;

type Leaf = (value: Json | undefined) => boolean;

/**
 * Compiles an event pattern: exact values, `prefix`, `anything-but` and `exists`, in nested objects.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
 * @throws Error for any other matcher, naming the field
 */
export function compilePattern(pattern: unknown, where = 'EventPattern'): Matches {
  if (!isObject(pattern) || Object.keys(pattern).length === 0)
    throw new Error(`'${where}' must be an object that is not empty, got ${JSON.stringify(pattern)}`);
  const fields = Object.entries(pattern).map(([name, value]): [string, Matches | Leaf] => {
    const path = `${where}.${name}`;
    if (name.startsWith('$')) throw new Error(`the lab does not know the matcher '${path}'`);
    return [name, Array.isArray(value) ? compileValues(value, path) : compilePattern(value, path)];
  });
  return (event) =>
    fields.every(([name, matches]) => matches((isObject(event) && Object.hasOwn(event, name) ? event[name] : undefined) as Json));
}

function compileValues(values: readonly Json[], where: string): Leaf {
  if (values.length === 0) throw new Error(`'${where}' must list at least one value`);
  const matchers = values.map((value) => compileMatcher(value, where));
  return (value) => matchers.some((matches) => matches(value));
}

function compileMatcher(matcher: Json, where: string): Leaf {
  if (Array.isArray(matcher)) throw new Error(`'${where}' must list values and matchers, got ${JSON.stringify(matcher)}`);
  if (!isObject(matcher)) return any((value) => value === matcher);
  const [[kind, operand], ...more] = Object.entries(matcher);
  if (more.length > 0) throw new Error(`a matcher of '${where}' must have one field, got ${JSON.stringify(matcher)}`);
  if (kind === 'exists' && typeof operand === 'boolean') return (value) => (value !== undefined) === operand;
  if (kind === 'prefix' && typeof operand === 'string') return any((value) => startsWith(value, operand));
  if (kind === 'anything-but') return anythingBut(operand, where);
  throw new Error(`the lab does not know the matcher ${JSON.stringify(matcher)} of '${where}'`);
}

/** A field that is missing matches nothing but `exists`. */
function anythingBut(operand: Json, where: string): Leaf {
  if (isObject(operand)) {
    const { prefix } = operand;
    if (Object.keys(operand).length === 1 && typeof prefix === 'string') return any((value) => !startsWith(value, prefix));
    throw new Error(`the lab does not know the matcher ${JSON.stringify({ 'anything-but': operand })} of '${where}'`);
  }
  const excluded = Array.isArray(operand) ? operand : [operand];
  return any((value) => !excluded.includes(value));
}

/** A list in the event matches where one of its values does. */
function any(matches: (value: Json) => boolean): Leaf {
  return (value) => value !== undefined && (Array.isArray(value) ? value.some(matches) : matches(value));
}

function startsWith(value: Json, prefix: string): boolean {
  return typeof value === 'string' && value.startsWith(prefix);
}
