import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../kernel/service';

/** Position in a structure's schema of the number of its required members, which are listed first. */
const REQUIRED_COUNT = 6;

/** Names of a structure's required members. */
export function requiredMembers(structure: NormalizedSchema): string[] {
  const schema = structure.getSchema();
  if (!Array.isArray(schema)) return [];
  return (schema[4] as string[]).slice(0, (schema[REQUIRED_COUNT] as number | undefined) ?? 0);
}

/** @throws AwsError ValidationError that names each missing member by its path, e.g. `Tags.1.Key` */
export function checkRequiredMembers(schema: NormalizedSchema, value: unknown): void {
  const missing = missingMembers(schema, value, '');
  if (missing.length > 0) throw new AwsError('ValidationError', `missing required: ${missing.join(', ')}`);
}

function missingMembers(schema: NormalizedSchema, value: unknown, path: string): string[] {
  if (value === undefined || value === null || typeof value !== 'object' || schema.isUnitSchema()) return [];
  if (schema.isStructSchema()) return missingOfStructure(schema, value as Record<string, unknown>, path);
  if (schema.isListSchema() && Array.isArray(value)) {
    return value.flatMap((item, index) => missingMembers(schema.getValueSchema(), item, `${path}${index + 1}.`));
  }
  if (schema.isMapSchema()) {
    return Object.entries(value).flatMap(([key, item]) => missingMembers(schema.getValueSchema(), item, `${path}${key}.`));
  }
  return [];
}

function missingOfStructure(schema: NormalizedSchema, value: Record<string, unknown>, path: string): string[] {
  const absent = requiredMembers(schema).filter((name) => value[name] === undefined || value[name] === null);
  const nested = Object.keys(value).flatMap((name) => {
    const inner = value[name];
    if (inner === null || typeof inner !== 'object') return [];
    return missingMembers(schema.getMemberSchema(name), inner, `${path}${name}.`);
  });
  return [...absent.map((name) => path + name), ...nested];
}
