import { isKnownConditionKey } from './condition-keys';
import { OPERATORS } from './operators';
import type { Matcher } from './pattern';

/** Condition keys of a request, in lower case. */
export type ConditionContext = Readonly<Record<string, string | readonly string[]>>;
export type Condition = (context: ConditionContext) => boolean;

const SHAPE = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/;

/**
 * Reads the condition element of a statement: all its operators and keys must hold.
 *
 * @throws Error that names the place, for an operator, a key or a policy variable that the lab does not know
 */
export function loadConditions(block: Readonly<Record<string, Readonly<Record<string, unknown>>>>, place: string): Condition {
  const conditions = Object.entries(block).flatMap(([name, keys]) =>
    Object.entries(keys).map(([key, values]) => loadCondition(name, key, texts(values, place), place)),
  );
  return (context) => conditions.every((holds) => holds(context));
}

function loadCondition(name: string, key: string, values: readonly string[], place: string): Condition {
  if (!isKnownConditionKey(key)) throw new Error(`${place}: no service of the lab supplies the condition key '${key}'`);
  const wanted = key.toLowerCase();
  if (name === 'Null') return (context) => values.some((value) => (value === 'true') === (context[wanted] === undefined));
  const [, set, base, ifExists] = SHAPE.exec(name) ?? [];
  const operator = OPERATORS[base];
  if (operator === undefined) throw new Error(`${place}: the lab does not know the condition operator '${name}'`);
  const tests = values.map(operator.test);
  const matches = (value: string) => tests.some((test) => test(value)) !== operator.negated;
  const whenAbsent = ifExists !== undefined || set === 'ForAllValues' || (operator.negated && set === undefined);
  return (context) => {
    const actual = context[wanted];
    return actual === undefined ? whenAbsent : quantified(set, [actual].flat() as string[], matches);
  };
}

/** Without a set operator, a key with several values is compared like one with `ForAnyValue`. */
function quantified(set: string | undefined, values: readonly string[], matches: Matcher): boolean {
  return set === 'ForAllValues' ? values.every(matches) : values.some(matches);
}

/** The values of a policy element, which may be one or a list, of strings, numbers or booleans. */
export function texts(values: unknown, place: string): string[] {
  return [values].flat().map((value) => {
    if (!['string', 'number', 'boolean'].includes(typeof value)) {
      throw new Error(`${place}: a value must be text, a number or a boolean, got ${JSON.stringify(value)}`);
    }
    const text = String(value);
    const variable = /\$\{[^}]*\}?/.exec(text);
    if (variable !== null) throw new Error(`${place}: the lab does not know the policy variable '${variable[0]}'`);
    return text;
  });
}
