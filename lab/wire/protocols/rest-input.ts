import type { NormalizedSchema } from '@smithy/core/schema';
import type { WireRequest } from '../message';
import { fromText } from '../text';
import type { RouteMatch } from './rest-routes';

/** Reads the body of a REST request into the schema of an operation's input or of its payload member. */
export type BodyReader = (schema: NormalizedSchema, body: Uint8Array) => Promise<unknown>;

/** @see https://smithy.io/2.0/spec/http-bindings.html */
export async function readRestInput(match: RouteMatch, request: WireRequest, readBody: BodyReader): Promise<Record<string, unknown>> {
  const { input: schema } = match.route.operation;
  const input: Record<string, unknown> = {};
  if (schema.isUnitSchema()) return input;
  let hasBodyMembers = false;
  let hasPayload = false;
  for (const [name, member] of schema.structIterator()) {
    const traits = member.getMergedTraits();
    if (traits.httpPayload) {
      hasPayload = true;
      if (request.body.length > 0) input[name] = await readPayload(member, request.body, readBody);
    } else if (isBound(traits)) {
      const value = readBinding(name, member, match, request);
      if (value !== undefined) input[name] = value;
    } else hasBodyMembers = true;
  }
  if (hasBodyMembers && !hasPayload && request.body.length > 0) Object.assign(input, await readBody(schema, request.body));
  return input;
}

function isBound(traits: ReturnType<NormalizedSchema['getMergedTraits']>): boolean {
  return Boolean(traits.httpLabel ?? traits.httpHeader ?? traits.httpQuery ?? traits.httpPrefixHeaders ?? traits.hostLabel);
}

function readBinding(name: string, member: NormalizedSchema, match: RouteMatch, request: WireRequest): unknown {
  const { httpLabel, httpHeader, httpQuery, httpPrefixHeaders } = member.getMergedTraits();
  if (httpLabel) return fromText(member, match.labels[name], name);
  if (httpHeader) return readScalar(member, request.headers[String(httpHeader).toLowerCase()], name);
  if (httpPrefixHeaders) return prefixed(request.headers, String(httpPrefixHeaders).toLowerCase());
  const values = match.query.getAll(String(httpQuery));
  if (member.isListSchema()) return values.length > 0 ? values.map((value) => fromText(member.getValueSchema(), value, name)) : undefined;
  return readScalar(member, values[0], name);
}

function readScalar(member: NormalizedSchema, text: string | undefined, name: string): unknown {
  if (text === undefined) return undefined;
  if (member.isListSchema()) return text.split(',').map((item) => fromText(member.getValueSchema(), item.trim(), name));
  return fromText(member, text, name);
}

function prefixed(headers: Readonly<Record<string, string>>, prefix: string): Record<string, string> | undefined {
  const entries = Object.entries(headers).filter(([name]) => name.startsWith(prefix));
  return entries.length > 0 ? Object.fromEntries(entries.map(([name, value]) => [name.slice(prefix.length), value])) : undefined;
}

async function readPayload(member: NormalizedSchema, body: Uint8Array, readBody: BodyReader): Promise<unknown> {
  if (member.isBlobSchema()) return body;
  return member.isStringSchema() ? Buffer.from(body).toString() : readBody(member, body);
}
