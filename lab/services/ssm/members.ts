import { AwsError } from '../../kernel/service';

/** Throws unless every member that is set is among `known`: what the lab would ignore, it refuses. */
export function refuseUnknownMembers(operation: string, input: object, known: readonly string[]): void {
  const unknown = Object.entries(input).flatMap(([name, value]) => (value === undefined || known.includes(name) ? [] : [name]));
  if (unknown.length > 0)
    throw new AwsError('NotImplemented', `${operation}: the lab does not know ${unknown.join(', ')}; it knows ${known.join(', ')}`);
}

/** One page of a list; the token is the offset of the next page. */
export function page<T>(items: readonly T[], maxResults: number, token: string | undefined): { items: T[]; NextToken: string | undefined } {
  const from = Number(token ?? 0);
  if (!Number.isInteger(from) || from < 0 || from > items.length) throw new AwsError('InvalidNextToken', `the token ${token} is not valid`);
  const end = from + maxResults;
  return { items: items.slice(from, end), NextToken: end < items.length ? String(end) : undefined };
}

/** Throws unless `value` is a whole number in the range that AWS allows; undefined is let through. */
export function checkRange(name: string, value: number | undefined, low: number, high: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= low && value <= high)) return;
  throw new AwsError('ValidationException', `'${name}' must be a whole number from ${low} to ${high}, got ${value}`);
}
