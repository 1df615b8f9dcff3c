import type { AccessKey } from '../../kernel/access-key';
import { AwsError } from '../../kernel/service';
import type { WireRequest } from '../message';
import type { Authorization } from './authorization';
import { canonicalRequest } from './canonical-request';
import { verifiedPayloadHash } from './payload-hash';
import { sameSignature, signatureOf } from './signature';

/** How far a request's time may be from the server's: https://docs.aws.amazon.com/general/latest/gr/signing-elements.html */
const SKEW_MS = 15 * 60_000;

/** What a request is verified against. */
export interface Expected {
  /** The access key of the request; undefined where nobody issued it. */
  readonly key: AccessKey | undefined;
  readonly region: string;
  /** Milliseconds since 1970 on the wall clock, with which clients sign. */
  readonly wallTime: number;
  /** Milliseconds since 1970 on the lab's clock, on which keys expire. */
  readonly labTime: number;
}

/**
 * Proves who signed a request and that nothing of it was changed since: signed headers, path, query and body.
 *
 * @returns the access key that signed it
 * @throws AwsError with AWS's code for what is wrong
 */
export function verifySignature(
  request: WireRequest,
  authorization: Authorization,
  { key, region, wallTime, labTime }: Expected,
): AccessKey {
  const timestamp = signedTime(request, authorization, wallTime);
  if (authorization.region !== region) {
    throw new AwsError('SignatureDoesNotMatch', `the credential must be scoped to the region ${region}, got ${authorization.region}`);
  }
  if (key === undefined) throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.');
  checkToken(request, key, labTime);
  checkSignedHeaders(request, authorization.signedHeaders);
  const hash = verifiedPayloadHash(request, authorization.service);
  const canonical = canonicalRequest(request, authorization.signedHeaders, hash, authorization.service);
  const expected = signatureOf(key.secretAccessKey, authorization, timestamp, canonical);
  if (!sameSignature(expected, authorization.signature)) {
    throw new AwsError('SignatureDoesNotMatch', 'The request signature we calculated does not match the signature you provided.');
  }
  return key;
}

function signedTime(request: WireRequest, { date }: Authorization, now: number): string {
  const timestamp = request.headers['x-amz-date'] ?? '';
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp)?.slice(1).map(Number);
  if (parts === undefined) throw new AwsError('IncompleteSignature', `'x-amz-date' must be like 20261121T060827Z, got '${timestamp}'`);
  const [year, month, day, hour, minute, second] = parts;
  if (Math.abs(now - Date.UTC(year, month - 1, day, hour, minute, second)) > SKEW_MS) {
    throw new AwsError(
      'RequestExpired',
      `the request was signed at ${timestamp}, more than 15 minutes from ${new Date(now).toISOString()}`,
    );
  }
  if (!timestamp.startsWith(date)) throw new AwsError('SignatureDoesNotMatch', `the credential's date ${date} is not that of ${timestamp}`);
  return timestamp;
}

function checkToken(request: WireRequest, key: AccessKey, now: number): void {
  if (request.headers['x-amz-security-token'] !== key.sessionToken) {
    throw new AwsError('InvalidSessionToken', 'The session token is missing or does not belong to the access key.');
  }
  if (key.expires !== undefined && now >= key.expires)
    throw new AwsError('ExpiredToken', 'The security token included in the request is expired');
}

/** AWS refuses requests whose host or whose own headers (x-amz-*) are not covered by the signature. */
function checkSignedHeaders(request: WireRequest, signed: readonly string[]): void {
  const absent = signed.filter((name) => request.headers[name] === undefined);
  if (absent.length > 0) throw new AwsError('SignatureDoesNotMatch', `signed headers that did not arrive: ${absent.join(', ')}`);
  const unsigned = Object.keys(request.headers).filter((name) => (name === 'host' || name.startsWith('x-amz-')) && !signed.includes(name));
  if (unsigned.length > 0)
    throw new AwsError('SignatureDoesNotMatch', `There were headers present in the request which were not signed: ${unsigned.join(', ')}`);
}
