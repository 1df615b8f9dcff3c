import { pathOf, type WireRequest } from '../message';

/**
 * The text that a signature covers, rebuilt from what arrived.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function canonicalRequest(request: WireRequest, signedHeaders: readonly string[], payloadHash: string, service: string): string {
  return [
    request.method,
    service === 's3' ? objectPath(request) : servicePath(request),
    canonicalQuery(request),
    ...signedHeaders.map((name) => `${name}:${canonicalValue(request.headers[name] ?? '')}`),
    '',
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n');
}

/** S3 takes the path as it is, each segment encoded once. */
function objectPath(request: WireRequest): string {
  return pathOf(request)
    .split('/')
    .map((segment) => encode(decode(segment)))
    .join('/');
}

/** Other services encode the path that was sent once more and drop empty and dotted segments. */
function servicePath(request: WireRequest): string {
  const sent = pathOf(request);
  const segments: string[] = [];
  for (const segment of sent.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  return `/${segments.join('/')}${segments.length > 0 && sent.endsWith('/') ? '/' : ''}`;
}

function canonicalQuery(request: WireRequest): string {
  const at = request.path.indexOf('?');
  if (at < 0) return '';
  return request.path
    .slice(at + 1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => pair.split(/=(.*)/s, 2))
    .map(([name, value = '']): [string, string] => [encode(decode(name)), encode(decode(value))])
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function canonicalValue(value: string): string {
  return value.trim().replace(/\s+/g, ' ');
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Text that is no valid encoding stays as it is: its signature then differs from the client's, or equals it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
