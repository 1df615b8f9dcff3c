import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../../kernel/service';
import { fromText } from '../text';

/** Form fields by the segments of their dotted names: `Tags.member.1.Key=a` is `{ Tags: { member: { 1: { Key: 'a' }}}}`. */
export interface FormNode {
  [segment: string]: FormNode | string;
}

/** Reads the form of the query protocol. A field that the schema does not know is an error, as in a misspelled parameter. */
export function readForm(schema: NormalizedSchema, fields: Iterable<[string, string]>): Record<string, unknown> {
  const root: FormNode = Object.create(null);
  for (const [name, value] of fields) place(root, name, value);
  if (!schema.isUnitSchema()) return readStructure(schema, root, '');
  refuse(Object.keys(root), '');
  return {};
}

function place(root: FormNode, name: string, value: string): void {
  const segments = name.split('.');
  let node = root;
  for (const segment of segments.slice(0, -1)) {
    let next = node[segment];
    if (next === undefined || typeof next === 'string') {
      next = Object.create(null) as FormNode;
      node[segment] = next;
    }
    node = next;
  }
  node[segments[segments.length - 1]] = value;
}

function read(schema: NormalizedSchema, node: FormNode | string, path: string): unknown {
  if (schema.isListSchema()) return readList(schema, node, path);
  if (schema.isMapSchema()) return readMap(schema, node, path);
  if (schema.isStructSchema()) return readStructure(schema, asNode(node, path), path);
  if (typeof node !== 'string') throw malformed(path, 'a value');
  return fromText(schema, node, path);
}

function readStructure(schema: NormalizedSchema, node: FormNode, path: string): Record<string, unknown> {
  const structure: Record<string, unknown> = {};
  const known = new Set<string>();
  for (const [name, member] of schema.structIterator()) {
    const key = (member.getMergedTraits().xmlName as string | undefined) ?? name;
    known.add(key);
    if (node[key] !== undefined) structure[name] = read(member, node[key], join(path, key));
  }
  refuse(
    Object.keys(node).filter((key) => !known.has(key)),
    path,
  );
  return structure;
}

function readList(schema: NormalizedSchema, node: FormNode | string, path: string): unknown[] {
  if (node === '') return [];
  const value = schema.getValueSchema();
  const itemName = (value.getMemberTraits().xmlName as string | undefined) ?? 'member';
  const box = schema.getMergedTraits().xmlFlattened ? node : asNode(node, path)[itemName];
  return numbered(box ?? '', path).map(([index, item]) => read(value, item, join(path, index)));
}

function readMap(schema: NormalizedSchema, node: FormNode | string, path: string): Record<string, unknown> {
  const keyName = (schema.getKeySchema().getMemberTraits().xmlName as string | undefined) ?? 'key';
  const valueName = (schema.getValueSchema().getMemberTraits().xmlName as string | undefined) ?? 'value';
  const box = schema.getMergedTraits().xmlFlattened ? node : asNode(node, path).entry;
  const entries = numbered(box ?? '', path).map(([index, item]) => {
    const entry = asNode(item, join(path, index));
    if (typeof entry[keyName] !== 'string' || entry[valueName] === undefined)
      throw malformed(join(path, index), `${keyName} and ${valueName}`);
    return [entry[keyName], read(schema.getValueSchema(), entry[valueName], join(path, index))];
  });
  return Object.fromEntries(entries);
}

function numbered(node: FormNode | string, path: string): [string, FormNode | string][] {
  if (node === '') return [];
  const entries = Object.entries(asNode(node, path));
  refuse(
    entries.map(([key]) => key).filter((key) => !/^\d+$/.test(key)),
    path,
  );
  return entries.sort(([a], [b]) => Number(a) - Number(b));
}

function asNode(node: FormNode | string, path: string): FormNode {
  if (typeof node === 'string') throw malformed(path, 'members');
  return node;
}

function refuse(unknown: readonly string[], path: string): void {
  if (unknown.length > 0) throw new AwsError('ValidationError', `unknown parameters: ${unknown.map((key) => join(path, key)).join(', ')}`);
}

function malformed(path: string, expected: string): AwsError {
  return new AwsError('ValidationError', `'${path}' must have ${expected}`);
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}
