import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { AwsError } from '../../kernel/service';

/** An item of a table: attribute values by name. */
export type Item = Record<string, AttributeValue>;

/** The type letter of a value: `S`, `N`, `BOOL`, `M` ... */
export function typeOf(value: AttributeValue): string {
  return Object.keys(value)[0];
}

/** Whether two values are the same; numbers by value, so 1 equals 1.0. Sets are not known. */
export function equal(left: AttributeValue, right: AttributeValue): boolean {
  if (typeOf(left) !== typeOf(right)) return false;
  if (left.L !== undefined && right.L !== undefined) {
    const others = right.L;
    return left.L.length === others.length && left.L.every((value, index) => equal(value, others[index]));
  }
  if (left.M !== undefined && right.M !== undefined) {
    const others = right.M;
    const entries = Object.entries(left.M);
    return entries.length === Object.keys(others).length && entries.every(([name, value]) => name in others && equal(value, others[name]));
  }
  if (left.BOOL !== undefined) return left.BOOL === right.BOOL;
  return left.NULL !== undefined || compare(left, right) === 0;
}

/** Order of two strings, numbers or binaries: below 0, 0 or above 0; undefined where the types differ or have no order. */
export function compare(left: AttributeValue, right: AttributeValue): number | undefined {
  if (left.N !== undefined && right.N !== undefined) return Number(left.N) - Number(right.N);
  if (left.S !== undefined && right.S !== undefined) return Buffer.compare(Buffer.from(left.S), Buffer.from(right.S));
  if (left.B !== undefined && right.B !== undefined) return Buffer.compare(Buffer.from(left.B), Buffer.from(right.B));
  return undefined;
}

/**
 * The sum of two numbers, or with `sign` -1 their difference.
 *
 * @throws AwsError ValidationException where one is no number
 */
export function add(left: AttributeValue, right: AttributeValue, sign: 1 | -1 = 1): AttributeValue {
  if (left.N === undefined || right.N === undefined) {
    throw new AwsError(
      'ValidationException',
      `An operand in the update expression has an incorrect data type: ${typeOf(left)} and ${typeOf(right)}, both must be N`,
    );
  }
  return { N: String(Number(left.N) + sign * Number(right.N)) };
}
