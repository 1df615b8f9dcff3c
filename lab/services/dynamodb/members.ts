import { AwsError } from '../../kernel/service';

/** Throws for a member of a request that the lab would have to ignore. */
export function refuseMembers(operation: string, input: object, known: readonly string[]): void {
  const unknown = Object.entries(input)
    .filter(([name, value]) => value !== undefined && !known.includes(name))
    .map(([name]) => name);
  if (unknown.length > 0) throw new AwsError('ValidationException', `the lab does not know ${unknown.join(', ')} of ${operation}`);
}
