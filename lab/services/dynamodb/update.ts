import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { add, type Item } from './attribute-value';
import { valueAt } from './condition';
import { type Substitutions, Tokens } from './tokens';

/** Changes `next`, reading values as they were in `before`. */
type Action = (next: Item, before: Item) => void;
type Operand = (before: Item) => AttributeValue;

/**
 * Parses an update expression (SET with +, -, if_not_exists, list_append; REMOVE; ADD of numbers) into a function
 * that gives the new item and leaves the old one as it is.
 *
 * @throws AwsError ValidationException for anything else
 */
export function parseUpdate(text: string, substitutions: Substitutions): (item: Item) => Item {
  const tokens = new Tokens(text, substitutions);
  const actions: Action[] = [];
  while (tokens.peek() !== undefined) actions.push(...clause(tokens));
  return (before) => {
    const next = structuredClone(before);
    for (const action of actions) action(next, before);
    return next;
  };
}

function clause(tokens: Tokens): Action[] {
  const keyword = tokens.next().toUpperCase();
  const parse = { SET: setAction, REMOVE: removeAction, ADD: addAction }[keyword];
  if (parse === undefined) throw tokens.problem(`the lab does not know the clause '${keyword}'`);
  const actions = [parse(tokens)];
  while (tokens.take(',')) actions.push(parse(tokens));
  return actions;
}

function setAction(tokens: Tokens): Action {
  const path = tokens.path();
  tokens.expect('=');
  let value = operand(tokens);
  for (const [sign, factor] of [['+', 1] as const, ['-', -1] as const]) {
    if (!tokens.take(sign)) continue;
    const [left, right] = [value, operand(tokens)];
    value = (before) => add(left(before), right(before), factor);
  }
  return (next, before) => put(tokens, next, path, value(before));
}

function removeAction(tokens: Tokens): Action {
  const path = tokens.path();
  return (next) => {
    const holder = path.length === 1 ? next : valueAt(next, path.slice(0, -1))?.M;
    if (holder !== undefined) delete holder[path[path.length - 1]];
  };
}

function addAction(tokens: Tokens): Action {
  const path = tokens.path();
  const value = tokens.value(tokens.next());
  return (next, before) => put(tokens, next, path, add(valueAt(before, path) ?? { N: '0' }, value));
}

function operand(tokens: Tokens): Operand {
  const token = tokens.peek();
  if (token?.startsWith(':')) {
    const value = tokens.value(tokens.next());
    return () => value;
  }
  if (tokens.take('if_not_exists')) {
    const [path, otherwise] = pair(tokens, () => tokens.path());
    return (before) => valueAt(before, path) ?? otherwise(before);
  }
  if (tokens.take('list_append')) {
    const [first, second] = pair(tokens, () => operand(tokens));
    return (before) => ({ L: [...(first(before).L ?? []), ...(second(before).L ?? [])] });
  }
  const path = tokens.path();
  return (before) => {
    const value = valueAt(before, path);
    if (value === undefined) throw tokens.problem(`the item has no attribute ${path.join('.')}`);
    return value;
  };
}

function pair<T>(tokens: Tokens, first: () => T): [T, Operand] {
  tokens.expect('(');
  const left = first();
  tokens.expect(',');
  const right = operand(tokens);
  tokens.expect(')');
  return [left, right];
}

function put(tokens: Tokens, item: Item, path: readonly string[], value: AttributeValue): void {
  const holder = path.length === 1 ? item : valueAt(item, path.slice(0, -1))?.M;
  if (holder === undefined) throw tokens.problem(`the document path ${path.join('.')} is invalid for update`);
  holder[path[path.length - 1]] = value;
}
