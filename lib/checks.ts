import { Duration, Token } from 'aws-cdk-lib';

/** Throws unless the value is a whole number of the range; what is known only at deployment passes. */
export function checkWholeNumber(name: string, value: number, least: number, greatest: number): void {
  if (Token.isUnresolved(value)) return;
  if (!Number.isInteger(value) || value < least || value > greatest) {
    throw new Error(`'${name}' must be a whole number from ${least} to ${greatest}, got ${value}`);
  }
}

/** Throws unless the number is of the range and known at synthesis. */
export function checkNumber(name: string, value: number, least: number, greatest: number): void {
  if (Token.isUnresolved(value)) throw new Error(`'${name}' must be known at synthesis, got a token`);
  if (!(value >= least && value <= greatest)) throw new Error(`'${name}' must be from ${least} to ${greatest}, got ${value}`);
}

/** Throws unless the value matches the pattern; what is known only at deployment passes. */
export function checkPattern(name: string, value: string, pattern: RegExp): void {
  if (!Token.isUnresolved(value) && !pattern.test(value)) {
    throw new Error(`'${name}' must match ${pattern.source}, got '${value}'`);
  }
}

/** Throws unless the duration is of the range; what is known only at deployment passes. */
export function checkDuration(name: string, value: Duration, least: Duration, greatest: Duration): void {
  if (value.isUnresolved()) return;
  const milliseconds = value.toMilliseconds();
  if (milliseconds < least.toMilliseconds() || milliseconds > greatest.toMilliseconds()) {
    throw new Error(`'${name}' must be from ${least.toHumanString()} to ${greatest.toHumanString()}, got ${value.toHumanString()}`);
  }
}

/** Throws unless the duration is known at synthesis, in whole minutes and of the range. */
export function checkWholeMinutes(name: string, value: Duration, least: number, greatest: number): void {
  if (value.isUnresolved()) throw new Error(`'${name}' must be known at synthesis, got a token`);
  checkDuration(name, value, Duration.minutes(least), Duration.minutes(greatest));
  if (value.toMilliseconds() % 60_000 !== 0) throw new Error(`'${name}' must be whole minutes, got ${value.toHumanString()}`);
}
