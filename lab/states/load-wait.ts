import { Failure } from './failure';
import type { Fields } from './fields';
import type { Scope } from './intrinsic';
import type { Json } from './json';
import { Path } from './path';
import { parseTimestamp } from './timestamp';

const KINDS = ['Seconds', 'SecondsPath', 'Timestamp', 'TimestampPath'] as const;
/** Longest wait of AWS, in seconds. */
const LONGEST = 99_999_999;

/**
 * When a Wait state ends.
 *
 * @see https://states-language.net/spec.html#wait-state
 */
export function loadWait(fields: Fields): (scope: Scope, now: number) => number {
  const given = KINDS.filter((kind) => fields.has(kind));
  if (given.length !== 1) fields.refuse('Seconds', `given, or one of ${KINDS.slice(1).join(', ')}, but only one`);
  const [kind] = given;
  if (kind === 'Seconds') {
    const seconds = fields.raw(kind);
    if (!isSeconds(seconds)) return fields.refuse(kind, `a whole number from 0 to ${LONGEST}`);
    return (_scope, now) => now + seconds * 1000;
  }
  if (kind === 'Timestamp') {
    const time = parseTimestamp(fields.text(kind)) ?? fields.refuse(kind, 'an RFC 3339 timestamp');
    return () => time;
  }
  const path = fields.within(kind, () => Path.parse(fields.text(kind)));
  return (scope, now) => {
    const value = path.get(scope, 'States.Runtime', kind);
    if (kind === 'SecondsPath') {
      if (isSeconds(value)) return now + value * 1000;
    } else if (typeof value === 'string') {
      const time = parseTimestamp(value);
      if (time !== undefined) return time;
    }
    throw new Failure('States.Runtime', `The ${kind} parameter does not reference a valid value: ${path.text} == ${JSON.stringify(value)}`);
  };
}

function isSeconds(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= LONGEST;
}
