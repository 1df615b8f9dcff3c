import type { NormalizedSchema } from '@smithy/core/schema';
import { toText } from './text';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#xD;' };

export function escapeXml(text: string): string {
  return text.replace(/[&<>"\r]/g, (character) => ENTITIES[character]);
}

/** An element with this value: a structure's members in the order of its schema, absent ones left out. */
export function element(name: string, schema: NormalizedSchema, value: unknown): string {
  return `<${name}>${content(schema, value)}</${name}>`;
}

/** The inside of an element. */
export function content(schema: NormalizedSchema, value: unknown): string {
  if (schema.isUnitSchema()) return '';
  if (schema.isStructSchema()) return structure(schema, value as Record<string, unknown>);
  if (schema.isListSchema()) return (value as unknown[]).map((item) => element(itemName(schema), schema.getValueSchema(), item)).join('');
  if (schema.isMapSchema())
    return mapEntries(schema, value)
      .map((entry) => `<entry>${entry}</entry>`)
      .join('');
  return escapeXml(toText(schema, value));
}

function structure(schema: NormalizedSchema, value: Record<string, unknown>): string {
  let xml = '';
  for (const [name, member] of schema.structIterator()) {
    const item = value[name];
    if (item !== undefined && item !== null && !isOutsideBody(member)) xml += memberElement(name, member, item);
  }
  return xml;
}

function memberElement(name: string, member: NormalizedSchema, value: unknown): string {
  const traits = member.getMergedTraits();
  const tag = (traits.xmlName as string | undefined) ?? name;
  if (traits.xmlAttribute) throw new Error(`${member.getName()}: XML attributes are not supported`);
  if (!traits.xmlFlattened) return element(tag, member, value);
  if (member.isMapSchema())
    return mapEntries(member, value)
      .map((entry) => `<${tag}>${entry}</${tag}>`)
      .join('');
  return (value as unknown[]).map((item) => element(tag, member.getValueSchema(), item)).join('');
}

function itemName(list: NormalizedSchema): string {
  return (list.getValueSchema().getMemberTraits().xmlName as string | undefined) ?? 'member';
}

function mapEntries(map: NormalizedSchema, value: unknown): string[] {
  const keyName = (map.getKeySchema().getMemberTraits().xmlName as string | undefined) ?? 'key';
  const valueName = (map.getValueSchema().getMemberTraits().xmlName as string | undefined) ?? 'value';
  return Object.entries(value as Record<string, unknown>).map(
    ([key, item]) => element(keyName, map.getKeySchema(), key) + element(valueName, map.getValueSchema(), item),
  );
}

/** Members of a REST operation that travel in headers or in the status. */
function isOutsideBody(member: NormalizedSchema): boolean {
  const traits = member.getMergedTraits();
  return Boolean(traits.httpHeader ?? traits.httpPrefixHeaders ?? traits.httpResponseCode ?? traits.httpLabel ?? traits.httpQuery);
}
