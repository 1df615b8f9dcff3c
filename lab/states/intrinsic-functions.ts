import { createHash } from 'node:crypto';
import { Random } from '../kernel/random';
import { Failure } from './failure';
import { isObject, type Json, type JsonObject, sameJson } from './json';

/** One of the States Language's intrinsic functions: how many arguments it takes, and what it does. */
export interface IntrinsicFunction {
  readonly arity: readonly [number, number];
  apply(args: readonly Json[], random: Random): Json;
}

/**
 * The 18 intrinsic functions, without their prefix `States.`.
 *
 * @see https://states-language.net/spec.html#appendix-b
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/intrinsic-functions.html
 */
export const FUNCTIONS: Readonly<Record<string, IntrinsicFunction>> = {
  Format: { arity: [1, Infinity], apply: format },
  StringToJson: { arity: [1, 1], apply: ([text]) => parseJson(string(text, 'StringToJson')) },
  JsonToString: { arity: [1, 1], apply: ([value]) => JSON.stringify(value) },
  Array: { arity: [0, Infinity], apply: (args) => [...args] },
  ArrayPartition: { arity: [2, 2], apply: ([items, size]) => partition(list(items, 'ArrayPartition'), whole(size, 'ArrayPartition', 1)) },
  ArrayContains: { arity: [2, 2], apply: ([items, value]) => list(items, 'ArrayContains').some((item) => sameJson(item, value)) },
  ArrayRange: { arity: [3, 3], apply: range },
  ArrayGetItem: { arity: [2, 2], apply: getItem },
  ArrayLength: { arity: [1, 1], apply: ([items]) => list(items, 'ArrayLength').length },
  ArrayUnique: { arity: [1, 1], apply: ([items]) => unique(list(items, 'ArrayUnique')) },
  Base64Encode: { arity: [1, 1], apply: ([text]) => Buffer.from(bounded(text, 'Base64Encode')).toString('base64') },
  Base64Decode: { arity: [1, 1], apply: ([text]) => Buffer.from(bounded(text, 'Base64Decode'), 'base64').toString('utf8') },
  Hash: { arity: [2, 2], apply: hash },
  JsonMerge: { arity: [3, 3], apply: merge },
  MathRandom: { arity: [2, 3], apply: mathRandom },
  MathAdd: { arity: [2, 2], apply: ([a, b]) => whole(a, 'MathAdd') + whole(b, 'MathAdd') },
  StringSplit: { arity: [2, 2], apply: split },
  UUID: { arity: [0, 0], apply: (_args, random) => random.uuid() },
};

function fail(name: string, problem: string): never {
  throw new Failure('States.IntrinsicFailure', `States.${name}: ${problem}`);
}

function string(value: Json, name: string): string {
  return typeof value === 'string' ? value : fail(name, `expected a string, got ${JSON.stringify(value)}`);
}

function list(value: Json, name: string): Json[] {
  return Array.isArray(value) ? value : fail(name, `expected an array, got ${JSON.stringify(value)}`);
}

function whole(value: Json, name: string, least = -Infinity): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least) return value;
  return fail(name, `expected a whole number${least > -Infinity ? ` of at least ${least}` : ''}, got ${JSON.stringify(value)}`);
}

/** AWS takes up to 10,000 characters in Base64Encode, Base64Decode and Hash. */
function bounded(value: Json, name: string): string {
  const text = string(value, name);
  return text.length <= 10_000 ? text : fail(name, `at most 10000 characters, got ${text.length}`);
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return fail('StringToJson', `not JSON: '${text}'`);
  }
}

function format(args: readonly Json[]): Json {
  const template = string(args[0], 'Format');
  const values = args.slice(1);
  let used = 0;
  const text = template.replace(/\\(.)|\{\}|[{}]/g, (found, escaped?: string) => {
    if (escaped !== undefined) return escaped;
    if (found !== '{}') return fail('Format', `a single brace must be escaped in '${template}'`);
    const value = values[used++];
    if (value === undefined) return found;
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
  if (used !== values.length) fail('Format', `'${template}' has ${used} placeholders for ${values.length} values`);
  return text;
}

function partition(items: Json[], size: number): Json {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, index) => items.slice(index * size, (index + 1) * size));
}

function range(args: readonly Json[]): Json {
  const [first, last, step] = args.map((value) => whole(value, 'ArrayRange'));
  if (step === 0) fail('ArrayRange', 'the increment must not be 0');
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > 1000) fail('ArrayRange', `at most 1000 elements, got ${length}`);
  return Array.from({ length }, (_, index) => first + index * step);
}

function getItem([items, position]: readonly Json[]): Json {
  const array = list(items, 'ArrayGetItem');
  const index = whole(position, 'ArrayGetItem', 0);
  return index < array.length ? array[index] : fail('ArrayGetItem', `index ${index} is outside an array of ${array.length}`);
}

function unique(items: Json[]): Json {
  return items.filter((item, index) => items.findIndex((other) => sameJson(item, other)) === index);
}

const ALGORITHMS: Readonly<Record<string, string>> = {
  MD5: 'md5',
  'SHA-1': 'sha1',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

function hash([data, algorithm]: readonly Json[]): Json {
  const name = ALGORITHMS[string(algorithm, 'Hash')] ?? fail('Hash', `unknown algorithm ${JSON.stringify(algorithm)}`);
  return createHash(name)
    .update(bounded(typeof data === 'string' ? data : JSON.stringify(data), 'Hash'))
    .digest('hex');
}

function merge([first, second, deep]: readonly Json[]): Json {
  if (deep !== false) fail('JsonMerge', 'only shallow merging exists: the third argument must be false');
  const object = (value: Json): JsonObject =>
    isObject(value) ? value : fail('JsonMerge', `expected an object, got ${JSON.stringify(value)}`);
  return { ...object(first), ...object(second) };
}

function mathRandom([from, to, seed]: readonly Json[], random: Random): Json {
  const low = whole(from, 'MathRandom');
  const high = whole(to, 'MathRandom', low + 1);
  return low + (seed === undefined ? random : new Random(whole(seed, 'MathRandom'))).below(high - low);
}

/** Each character of the second argument separates. */
function split([text, splitter]: readonly Json[]): Json {
  const separators = new Set(string(splitter, 'StringSplit'));
  const parts = [''];
  for (const character of string(text, 'StringSplit')) {
    if (separators.has(character)) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.filter((part) => part !== '');
}
