import { createHash, createHmac } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** What a signed request looked like on the wire. */
export interface SignedRequest {
  readonly method: string;
  /** Path and query as sent. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Uint8Array;
}

/** The session credentials that requests must be signed with. */
export interface SessionCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/**
 * Checks a Signature Version 4 by hand, independently of any SDK; returns what is wrong, or undefined.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signatureFault(
  request: SignedRequest,
  service: string,
  region: string,
  credentials: SessionCredentials,
): string | undefined {
  const parts =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/.exec(
      request.headers.authorization ?? '',
    );
  if (parts === null) return `authorization header: ${request.headers.authorization}`;
  const [, accessKeyId, day, signedRegion, signedService, headerNames, signature] = parts;
  const signed = headerNames.split(';');
  const date = String(request.headers['x-amz-date']);
  const payload = sha256(request.body);
  const claimed = request.headers['x-amz-content-sha256'];
  if (accessKeyId !== credentials.accessKeyId) return `access key ${accessKeyId}`;
  if (signedRegion !== region || signedService !== service) return `scope ${signedRegion}/${signedService}`;
  if (!/^\d{8}T\d{6}Z$/.test(date) || !date.startsWith(day)) return `date ${date}`;
  if (request.headers['x-amz-security-token'] !== credentials.sessionToken) return 'session token';
  for (const name of ['host', 'x-amz-date', 'x-amz-security-token', ...(service === 's3' ? ['x-amz-content-sha256'] : [])]) {
    if (!signed.includes(name)) return `${name} is not signed`;
  }
  if (service === 's3' && claimed !== payload) return `x-amz-content-sha256 ${claimed}`;

  const url = new URL(request.path, 'http://host');
  const canonical = [
    request.method,
    url.pathname,
    [...url.searchParams]
      .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
      .sort()
      .join('&'),
    ...signed.map((name) => `${name}:${String(request.headers[name]).trim().replace(/ +/g, ' ')}`),
    '',
    headerNames,
    payload,
  ].join('\n');
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(
    (secret, part) => hmac(secret, part),
    `AWS4${credentials.secretAccessKey}`,
  );
  return hmac(key, toSign).toString('hex') === signature ? undefined : `signature over ${JSON.stringify(canonical)}`;
}

/** The digest in hexadecimal. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
