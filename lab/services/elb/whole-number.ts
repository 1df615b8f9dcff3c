/**
 * A whole number of a template or a call; templates may write it as text.
 *
 * @throws when it is not a whole number of the range
 */
export function wholeNumber(name: string, value: unknown, least: number, greatest: number): number {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isInteger(number) || number < least || number > greatest) {
    throw new RangeError(`'${name}' must be a whole number from ${least} to ${greatest}, got ${JSON.stringify(value)}`);
  }
  return number;
}

/**
 * A yes or no of a template or a call; templates may write it as text.
 *
 * @throws when it is neither
 */
export function flag(name: string, value: unknown): boolean {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new RangeError(`'${name}' must be true or false, got ${JSON.stringify(value)}`);
}
