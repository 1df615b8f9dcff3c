import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsError } from '../kernel/service';

/** Sentinel numbers of the SDK's timestamp schemas. */
const HTTP_DATE = 6;
const EPOCH_SECONDS = 7;

/**
 * A scalar out of text: of a form field, a header, a query parameter.
 *
 * @throws AwsError ValidationError for text that is no such value
 */
export function fromText(schema: NormalizedSchema, text: string, place: string): unknown {
  if (schema.isBooleanSchema()) return choice(text, { true: true, false: false }, place);
  if (schema.isNumericSchema()) return checked(Number(text), text.trim() !== '' && Number.isFinite(Number(text)), text, place);
  if (schema.isTimestampSchema()) {
    const date = schema.getSchema() === EPOCH_SECONDS ? new Date(Number(text) * 1000) : new Date(text);
    return checked(date, !Number.isNaN(date.getTime()), text, place);
  }
  if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(text, 'base64'));
  return text;
}

/** The text of a scalar in XML. */
export function toText(schema: NormalizedSchema, value: unknown): string {
  if (value instanceof Date) return dateText(schema, value, 'iso');
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return String(value);
}

/** The text of a scalar in a header, where dates take HTTP's form unless the schema says otherwise. */
export function toHeader(schema: NormalizedSchema, value: unknown): string {
  return value instanceof Date ? dateText(schema, value, 'http') : toText(schema, value);
}

function dateText(schema: NormalizedSchema, date: Date, usual: 'iso' | 'http'): string {
  const format = schema.getSchema();
  if (format === EPOCH_SECONDS) return String(date.getTime() / 1000);
  return format === HTTP_DATE || (usual === 'http' && format === 4) ? date.toUTCString() : date.toISOString();
}

function choice<T>(text: string, values: Record<string, T>, place: string): T {
  return checked(values[text], text in values, text, place);
}

function checked<T>(value: T, valid: boolean, text: string, place: string): T {
  if (!valid) throw new AwsError('ValidationError', `'${place}' has the malformed value '${text}'`);
  return value;
}
