import type { Json } from './template';

/** What the functions of a template look names up in. */
export interface Scope {
  /** Value of a parameter, pseudo parameter or resource; `AWS::NoValue` is handled before. */
  ref(name: string): Json;
  attribute(logicalId: string, attribute: string): Json;
  condition(name: string): boolean;
  mapping(map: string, key: string, second: string): Json;
  readonly availabilityZones: readonly string[];
}

const NO_VALUE = Symbol('AWS::NoValue');

/**
 * Resolves the intrinsic functions in a value.
 *
 * @throws Error naming a function that the lab does not know
 */
export function resolve(value: Json, scope: Scope): Json {
  const resolved = evaluate(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

function evaluate(value: Json, scope: Scope): Json {
  if (Array.isArray(value)) return value.map((item) => evaluate(item, scope)).filter((item) => item !== NO_VALUE);
  if (value === null || typeof value !== 'object') return value;
  const keys = Object.keys(value);
  if (keys.length === 1 && (keys[0] === 'Ref' || keys[0] === 'Condition' || keys[0].startsWith('Fn::'))) {
    if (keys[0] === 'Condition' && typeof value.Condition !== 'string') return evaluateObject(value, scope);
    return call(keys[0], value[keys[0]], scope);
  }
  return evaluateObject(value, scope);
}

function evaluateObject(value: Json, scope: Scope): Json {
  const entries = Object.entries(value).map(([key, item]) => [key, evaluate(item, scope)]);
  return Object.fromEntries(entries.filter(([, item]) => item !== NO_VALUE));
}

function call(name: string, argument: Json, scope: Scope): Json {
  const list = () => evaluate(argument, scope) as Json[];
  switch (name) {
    case 'Ref':
      return argument === 'AWS::NoValue' ? NO_VALUE : scope.ref(argument);
    case 'Condition':
      return scope.condition(argument);
    case 'Fn::GetAtt': {
      const [id, attribute] = Array.isArray(argument) ? argument : argument.split(/\.(.*)/s);
      return scope.attribute(id, evaluate(attribute, scope));
    }
    case 'Fn::Join': {
      const [separator, items] = list();
      return items.join(separator);
    }
    case 'Fn::Split': {
      const [separator, text] = list();
      return text.split(separator);
    }
    case 'Fn::Select':
      return select(list());
    case 'Fn::Sub':
      return substitute(argument, scope);
    case 'Fn::Base64':
      return Buffer.from(String(evaluate(argument, scope))).toString('base64');
    case 'Fn::GetAZs':
      return [...scope.availabilityZones];
    case 'Fn::FindInMap': {
      const [map, key, second] = list();
      return scope.mapping(map, key, second);
    }
    case 'Fn::If': {
      const [condition, whenTrue, whenFalse] = argument;
      return evaluate(scope.condition(condition) ? whenTrue : whenFalse, scope);
    }
    case 'Fn::Equals': {
      const [left, right] = list();
      return left === right;
    }
    case 'Fn::And':
      return list().every(Boolean);
    case 'Fn::Or':
      return list().some(Boolean);
    case 'Fn::Not':
      return !list()[0];
    default:
      throw new Error(`the lab does not know the function ${name}`);
  }
}

function select([index, items]: Json[]): Json {
  const item = items[Number(index)];
  if (item === undefined) throw new Error(`Fn::Select has no item ${index} of ${JSON.stringify(items)}`);
  return item;
}

function substitute(argument: Json, scope: Scope): string {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  return text.replace(/\$\{(!?)([^}]+)\}/g, (whole: string, literal: string, name: string) => {
    if (literal) return whole.replace('${!', '${');
    if (name in variables) return String(evaluate(variables[name], scope));
    const [id, attribute] = name.split(/\.(.*)/s);
    return String(attribute === undefined ? scope.ref(id) : scope.attribute(id, attribute));
  });
}
