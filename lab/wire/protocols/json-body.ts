import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../../kernel/service';
import type { Fault } from '../fault';
import type { ServiceModel } from '../model';

/** Reads a JSON document into the shape of a schema, with the SDK's own codec. */
export async function readJson(service: ServiceModel, schema: NormalizedSchema, body: Uint8Array): Promise<Record<string, unknown>> {
  if (body.length === 0 || schema.isUnitSchema()) return {};
  try {
    return (await service.codec!.createDeserializer().read(schema, body)) as Record<string, unknown>;
  } catch (error) {
    throw new AwsError('SerializationException', `the body is not the JSON of ${schema.getName()}: ${(error as Error).message}`);
  }
}

export function writeJson(service: ServiceModel, schema: NormalizedSchema, value: unknown): string {
  if (schema.isUnitSchema()) return '{}';
  const serializer = service.codec!.createSerializer();
  serializer.write(schema, value);
  const written = serializer.flush();
  return typeof written === 'string' ? written : Buffer.from(written.buffer, written.byteOffset, written.byteLength).toString();
}

/** The members of an error, its message under the name that the error's schema gives it. */
export function writeErrorMembers(service: ServiceModel, fault: Fault): Record<string, unknown> {
  const { model } = fault;
  if (model === undefined) return { message: fault.message, ...fault.members };
  const messageName = [...model.schema.structIterator()].map(([name]) => name).find((name) => name.toLowerCase() === 'message');
  const members = JSON.parse(writeJson(service, model.schema, fault.members)) as Record<string, unknown>;
  return { [messageName ?? 'message']: fault.message, ...members };
}
