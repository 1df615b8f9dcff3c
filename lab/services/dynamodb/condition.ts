import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { compare, equal, type Item } from './attribute-value';
import { type Substitutions, Tokens } from './tokens';

type Predicate = (item: Item) => boolean;
type Operand = (item: Item) => AttributeValue | undefined;

/** The value at a path of an item; undefined where a part of it is missing. */
export function valueAt(item: Item, path: readonly string[]): AttributeValue | undefined {
  const [first, ...rest] = path;
  return rest.reduce<AttributeValue | undefined>((value, name) => value?.M?.[name], item[first]);
}

/**
 * Parses a condition, filter or key condition expression into a predicate over items.
 * Grammar: OR, AND, NOT, parentheses, comparisons, BETWEEN, IN, attribute_exists, attribute_not_exists, begins_with.
 *
 * @throws AwsError ValidationException for anything else
 */
export function parseCondition(text: string, substitutions: Substitutions): Predicate {
  const tokens = new Tokens(text, substitutions);
  const predicate = disjunction(tokens);
  tokens.end();
  return predicate;
}

function disjunction(tokens: Tokens): Predicate {
  const terms = [conjunction(tokens)];
  while (tokens.take('OR')) terms.push(conjunction(tokens));
  return (item) => terms.some((term) => term(item));
}

function conjunction(tokens: Tokens): Predicate {
  const terms = [negation(tokens)];
  while (tokens.take('AND')) terms.push(negation(tokens));
  return (item) => terms.every((term) => term(item));
}

function negation(tokens: Tokens): Predicate {
  if (tokens.take('NOT')) {
    const term = negation(tokens);
    return (item) => !term(item);
  }
  if (tokens.take('(')) {
    const inner = disjunction(tokens);
    tokens.expect(')');
    return inner;
  }
  return functionCall(tokens) ?? comparison(tokens);
}

function functionCall(tokens: Tokens): Predicate | undefined {
  for (const name of ['attribute_exists', 'attribute_not_exists', 'begins_with'] as const) {
    if (!tokens.take(name)) continue;
    tokens.expect('(');
    const path = tokens.path();
    let prefix: Operand | undefined;
    if (name === 'begins_with') {
      tokens.expect(',');
      prefix = operand(tokens);
    }
    tokens.expect(')');
    if (name === 'attribute_exists') return (item) => valueAt(item, path) !== undefined;
    if (name === 'attribute_not_exists') return (item) => valueAt(item, path) === undefined;
    return (item) => valueAt(item, path)?.S?.startsWith(prefix?.(item)?.S ?? '\u0000') ?? false;
  }
  return undefined;
}

const ORDER: Readonly<Record<string, (order: number) => boolean>> = {
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

function comparison(tokens: Tokens): Predicate {
  const left = operand(tokens);
  const operator = tokens.next().toUpperCase();
  if (operator === '=' || operator === '<>') {
    const right = operand(tokens);
    return (item) => {
      const [a, b] = [left(item), right(item)];
      const same = a !== undefined && b !== undefined && equal(a, b);
      return operator === '=' ? same : !same;
    };
  }
  if (operator in ORDER) {
    const right = operand(tokens);
    return (item) => isOrdered(left(item), right(item), ORDER[operator]);
  }
  if (operator === 'BETWEEN') {
    const low = operand(tokens);
    tokens.expect('AND');
    const high = operand(tokens);
    return (item) => isOrdered(left(item), low(item), ORDER['>=']) && isOrdered(left(item), high(item), ORDER['<=']);
  }
  if (operator === 'IN') {
    const choices = list(tokens);
    return (item) => choices.some((choice) => isEqual(left(item), choice(item)));
  }
  throw tokens.problem(`the lab does not know the operator '${operator}'`);
}

function list(tokens: Tokens): Operand[] {
  tokens.expect('(');
  const operands = [operand(tokens)];
  while (tokens.take(',')) operands.push(operand(tokens));
  tokens.expect(')');
  return operands;
}

function operand(tokens: Tokens): Operand {
  if (tokens.peek()?.startsWith(':')) {
    const value = tokens.value(tokens.next());
    return () => value;
  }
  const path = tokens.path();
  return (item) => valueAt(item, path);
}

function isEqual(left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  return left !== undefined && right !== undefined && equal(left, right);
}

function isOrdered(left: AttributeValue | undefined, right: AttributeValue | undefined, holds: (order: number) => boolean): boolean {
  const order = left === undefined || right === undefined ? undefined : compare(left, right);
  return order !== undefined && holds(order);
}
