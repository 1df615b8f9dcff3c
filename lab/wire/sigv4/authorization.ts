import { AwsError } from '../../kernel/service';
import type { WireRequest } from '../message';

/** The parts of `Authorization: AWS4-HMAC-SHA256 Credential=..., SignedHeaders=..., Signature=...`. */
export interface Authorization {
  readonly accessKeyId: string;
  /** `20261121` */
  readonly date: string;
  readonly region: string;
  readonly service: string;
  /** In lower case, as sent. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const CREDENTIAL = /^([A-Z0-9]{16,128})\/(\d{8})\/([a-z0-9-]+)\/([a-z0-9-]+)\/aws4_request$/;

/** @throws AwsError MissingAuthenticationToken without the header, IncompleteSignature where a part is missing or malformed */
export function readAuthorization(request: WireRequest): Authorization {
  const header = request.headers.authorization;
  if (header === undefined) throw new AwsError('MissingAuthenticationToken', 'the request has no Authorization header');
  const [, algorithm, rest] = /^(\S+)\s+(.*)$/.exec(header.trim()) ?? [];
  if (algorithm !== 'AWS4-HMAC-SHA256') throw incomplete(`the algorithm must be AWS4-HMAC-SHA256, got '${algorithm ?? header}'`);
  const parts = Object.fromEntries(rest.split(',').map((part) => part.trim().split(/=(.*)/s, 2)));
  const credential = CREDENTIAL.exec(parts.Credential ?? '');
  if (credential === null)
    throw incomplete(`'Credential' must be <key>/<date>/<region>/<service>/aws4_request, got '${parts.Credential ?? ''}'`);
  if (!/^[0-9a-f]{64}$/.test(parts.Signature ?? ''))
    throw incomplete(`'Signature' must be 64 hexadecimal digits, got '${parts.Signature ?? ''}'`);
  if (!parts.SignedHeaders) throw incomplete("'SignedHeaders' must name the signed headers");
  const [, accessKeyId, date, region, service] = credential;
  return { accessKeyId, date, region, service, signedHeaders: parts.SignedHeaders.split(';'), signature: parts.Signature };
}

function incomplete(message: string): AwsError {
  return new AwsError('IncompleteSignature', message);
}
