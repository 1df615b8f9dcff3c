import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Derived keys that are kept; a key serves all calls of one access key to one service in one day. */
const CACHED = 10_000;
const signingKeys = new Map<string, Buffer>();

/** The day, region and service that a signature is valid for. */
export interface SigningScope {
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** Signature version 4 of a canonical request, in hexadecimal. `timestamp` is like `20261121T060827Z`. */
export function signatureOf(secret: string, scope: SigningScope, timestamp: string, canonical: string): string {
  const credentialScope = `${scope.date}/${scope.region}/${scope.service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${timestamp}\n${credentialScope}\n${sha256(canonical)}`;
  return hmac(signingKey(secret, scope), text).toString('hex');
}

export function sameSignature(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

function signingKey(secret: string, { date, region, service }: SigningScope): Buffer {
  const id = `${secret}/${date}/${region}/${service}`;
  const cached = signingKeys.get(id);
  if (cached !== undefined) return cached;
  const key = [date, region, service, 'aws4_request'].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`));
  if (signingKeys.size >= CACHED) signingKeys.clear();
  signingKeys.set(id, key);
  return key;
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
