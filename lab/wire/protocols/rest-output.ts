import type { NormalizedSchema } from '@smithy/core/schema';
import type { WireResponse } from '../message';
import type { OperationModel } from '../model';
import { toHeader } from '../text';

/** Writes a structure as the body of a REST response. */
export type BodyWriter = (schema: NormalizedSchema, value: Record<string, unknown>) => string;

/** @see https://smithy.io/2.0/spec/http-bindings.html */
export function writeRestOutput(
  operation: OperationModel,
  output: Record<string, unknown>,
  contentType: string,
  writeBody: BodyWriter,
): WireResponse {
  const headers: Record<string, string> = {};
  let status = operation.http![2];
  let body: Uint8Array = new Uint8Array();
  let hasBodyMembers = false;
  for (const [name, member] of operation.output.isUnitSchema() ? [] : operation.output.structIterator()) {
    const traits = member.getMergedTraits();
    const value = output[name];
    if (traits.httpHeader || traits.httpPrefixHeaders || traits.httpResponseCode || traits.httpPayload) {
      if (value === undefined) continue;
      if (traits.httpResponseCode) status = value as number;
      else if (traits.httpPayload) body = payload(member, value, writeBody);
      else Object.assign(headers, headersOf(member, value));
    } else hasBodyMembers = true;
  }
  if (hasBodyMembers) body = Buffer.from(writeBody(operation.output, output));
  const type = hasBodyMembers ? contentType : 'application/octet-stream';
  return { status, headers: { 'content-type': type, ...headers }, body };
}

function headersOf(member: NormalizedSchema, value: unknown): Record<string, string> {
  const { httpHeader, httpPrefixHeaders } = member.getMergedTraits();
  if (httpHeader) return { [String(httpHeader).toLowerCase()]: toHeader(member, value) };
  return Object.fromEntries(
    Object.entries(value as Record<string, string>).map(([name, text]) => [String(httpPrefixHeaders).toLowerCase() + name, text]),
  );
}

function payload(member: NormalizedSchema, value: unknown, writeBody: BodyWriter): Uint8Array {
  if (value instanceof Uint8Array) return value;
  return Buffer.from(member.isStructSchema() ? writeBody(member, value as Record<string, unknown>) : String(value));
}
