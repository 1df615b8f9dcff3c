import { AwsError } from '../../kernel/service';
import type { WireRequest } from '../message';
import { sha256 } from './signature';

/**
 * The hash of the body that the signature covers, verified against the body that arrived.
 * S3 must be told it in `x-amz-content-sha256`; other services compute it, whatever they are told.
 *
 * Bodies that are not signed (UNSIGNED-PAYLOAD, STREAMING-...) are refused: S3 takes them over TLS only,
 * and the SDK sends them for streams alone, while strings and bytes carry their hash.
 *
 * @throws AwsError InvalidRequest, NotImplemented or XAmzContentSHA256Mismatch
 */
export function verifiedPayloadHash(request: WireRequest, service: string): string {
  const told = request.headers['x-amz-content-sha256'];
  const actual = sha256(request.body);
  if (service !== 's3') return actual;
  if (told === undefined) throw new AwsError('InvalidRequest', 'Missing required header for this request: x-amz-content-sha256');
  if (!/^[0-9a-f]{64}$/.test(told)) {
    throw new AwsError('NotImplemented', `'x-amz-content-sha256' must be the body's SHA-256 in hexadecimal, got '${told}'`);
  }
  if (told !== actual) {
    throw new AwsError('XAmzContentSHA256Mismatch', "The provided 'x-amz-content-sha256' header does not match what was computed.");
  }
  return actual;
}
