import { DefinitionError, Failure } from './failure';
import { isObject, type Json, type JsonObject } from './json';
import { Path, type PathScope } from './path';
import { parseTimestamp } from './timestamp';

/** Whether a choice rule matches. */
export type Condition = (scope: PathScope) => boolean;

type Test = (value: Json, expected: Json) => boolean;

const COMPARE: Readonly<Record<string, (order: number) => boolean>> = {
  Equals: (order) => order === 0,
  LessThan: (order) => order < 0,
  GreaterThan: (order) => order > 0,
  LessThanEquals: (order) => order <= 0,
  GreaterThanEquals: (order) => order >= 0,
};

/** What two values of a type compare as: `undefined` for a value that is not of the type, which makes the rule not match. */
const TYPES: Readonly<Record<string, (value: Json) => string | number | undefined>> = {
  String: (value) => (typeof value === 'string' ? value : undefined),
  Numeric: (value) => (typeof value === 'number' ? value : undefined),
  Timestamp: (value) => (typeof value === 'string' ? parseTimestamp(value) : undefined),
};

const TYPE_TESTS: Readonly<Record<string, (value: Json) => boolean>> = {
  IsNull: (value) => value === null,
  IsNumeric: (value) => typeof value === 'number',
  IsString: (value) => typeof value === 'string',
  IsBoolean: (value) => typeof value === 'boolean',
  IsTimestamp: (value) => typeof value === 'string' && parseTimestamp(value) !== undefined,
};

const COMPARISONS: Readonly<Record<string, { readonly test: Test; readonly operand: (value: Json) => boolean }>> = comparisons();

/**
 * Compiles a choice rule without its `Next`.
 *
 * @see https://states-language.net/spec.html#choice-state
 */
export function compileCondition(rule: JsonObject): Condition {
  const operators = Object.keys(rule).filter((name) => name !== 'Variable' && name !== 'Comment');
  const [operator] = operators;
  if (operators.length !== 1)
    throw new DefinitionError(`a choice rule must have exactly one operator, got ${operators.join(', ') || 'none'}`);
  if (operator === 'And' || operator === 'Or' || operator === 'Not') return compileBoolean(rule, operator);
  if (typeof rule.Variable !== 'string') throw new DefinitionError(`a choice rule with '${operator}' must have a 'Variable'`);
  return compileComparison(Path.parse(rule.Variable), operator, rule[operator]);
}

function compileBoolean(rule: JsonObject, operator: 'And' | 'Or' | 'Not'): Condition {
  if (rule.Variable !== undefined) throw new DefinitionError(`a choice rule with '${operator}' must not have a 'Variable'`);
  const parts = operator === 'Not' ? [rule.Not] : rule[operator];
  if (!Array.isArray(parts) || parts.length === 0) throw new DefinitionError(`'${operator}' must be a list of choice rules`);
  const conditions = parts.map((part) => {
    if (!isObject(part)) throw new DefinitionError(`'${operator}' must hold choice rules, got ${JSON.stringify(part)}`);
    if (part.Next !== undefined) throw new DefinitionError(`a choice rule inside '${operator}' must not have 'Next'`);
    return compileCondition(part);
  });
  if (operator === 'Not') return (scope) => !conditions[0](scope);
  return operator === 'And'
    ? (scope) => conditions.every((condition) => condition(scope))
    : (scope) => conditions.some((condition) => condition(scope));
}

function compileComparison(variable: Path, operator: string, operand: Json): Condition {
  if (operator === 'IsPresent') {
    const expected = flag(operator, operand);
    return (scope) => (variable.find(scope) !== undefined) === expected;
  }
  const typeTest = TYPE_TESTS[operator];
  if (typeTest) {
    const expected = flag(operator, operand);
    return (scope) => typeTest(read(variable, scope)) === expected;
  }
  const byPath = operator.endsWith('Path') && operator !== 'StringMatchesPath';
  const comparison = COMPARISONS[byPath ? operator.slice(0, -'Path'.length) : operator];
  if (!comparison) throw new DefinitionError(`the States Language has no choice operator '${operator}'`);
  if (byPath) {
    if (typeof operand !== 'string') throw new DefinitionError(`'${operator}' must be a path, got ${JSON.stringify(operand)}`);
    const path = Path.parse(operand);
    return (scope) => comparison.test(read(variable, scope), read(path, scope));
  }
  if (!comparison.operand(operand)) throw new DefinitionError(`'${operator}' cannot compare with ${JSON.stringify(operand)}`);
  return (scope) => comparison.test(read(variable, scope), operand);
}

function comparisons(): Record<string, { test: Test; operand: (value: Json) => boolean }> {
  const all: Record<string, { test: Test; operand: (value: Json) => boolean }> = {
    BooleanEquals: {
      test: (value, expected) => typeof value === 'boolean' && value === expected,
      operand: (value) => typeof value === 'boolean',
    },
    StringMatches: {
      test: (value, pattern) => typeof value === 'string' && typeof pattern === 'string' && wildcard(pattern).test(value),
      operand: (value) => typeof value === 'string',
    },
  };
  for (const [type, key] of Object.entries(TYPES)) {
    for (const [relation, holds] of Object.entries(COMPARE)) {
      const test: Test = (value, expected) => {
        const left = key(value);
        const right = key(expected);
        return left !== undefined && right !== undefined && holds(left === right ? 0 : left < right ? -1 : 1);
      };
      all[type + relation] = { test, operand: (value) => key(value) !== undefined };
    }
  }
  return all;
}

/** `*` stands for any characters, `\*` for a star and `\\` for a backslash. */
function wildcard(pattern: string): RegExp {
  const source = pattern.replace(/\\([*\\])|[*]|[.+?^${}()|[\]\\]/g, (found, escaped?: string) => {
    if (escaped !== undefined) return `\\${escaped}`;
    return found === '*' ? '.*' : `\\${found}`;
  });
  return new RegExp(`^${source}$`, 's');
}

function flag(operator: string, operand: Json): boolean {
  if (typeof operand !== 'boolean') throw new DefinitionError(`'${operator}' must be true or false, got ${JSON.stringify(operand)}`);
  return operand;
}

function read(path: Path, scope: PathScope): Json {
  const value = path.find(scope);
  if (value === undefined)
    throw new Failure('States.Runtime', `Invalid path '${path.text}': The choice state's condition path references an invalid value.`);
  return value;
}
