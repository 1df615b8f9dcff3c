import type { Json } from '../../states/json';

/** `ProjectName` to `projectName`, in all objects of a value: Step Functions writes PascalCase where an API has camelCase. */
export function toCamelCase(value: unknown): Json {
  return rename(value, (name) => name[0].toLowerCase() + name.slice(1));
}

/** `projectName` to `ProjectName`, in all objects of a value; times become milliseconds since 1970. */
export function toPascalCase(value: unknown): Json {
  return rename(value, (name) => name[0].toUpperCase() + name.slice(1));
}

function rename(value: unknown, change: (name: string) => string): Json {
  if (value instanceof Date) return value.getTime();
  if (Array.isArray(value)) return value.map((item) => rename(item, change));
  if (typeof value !== 'object' || value === null) return value as Json;
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  return Object.fromEntries(fields.map(([name, field]) => [change(name), rename(field, change)]));
}
