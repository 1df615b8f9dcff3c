import { AwsError } from '../../kernel/service';

/** @throws AwsError NotImplemented that names the members of an input that the lab would have to ignore */
export function refuseUnknownInput(operation: string, input: object, known: readonly string[]): void {
  const unknown = Object.entries(input)
    .filter(([name, value]) => value !== undefined && !known.includes(name))
    .map(([name]) => name);
  if (unknown.length > 0) throw new AwsError('NotImplemented', `${operation}: the lab does not know ${unknown.join(', ')}`);
}
