import type { AwsError } from '../kernel/service';
import type { ErrorModel, ServiceModel } from './model';

/** The ways in which AWS's protocols name the errors that every service has. */
export type Dialect = 'query' | 'json' | 'restJson' | 's3';

/** An error as it goes over the wire. */
export interface Fault {
  readonly code: string;
  readonly status: number;
  readonly message: string;
  /** Absent for errors that the service's model does not list. */
  readonly model?: ErrorModel;
  readonly members: Readonly<Record<string, unknown>>;
}

type Naming = Readonly<Record<Dialect, readonly [code: string, status: number]>>;

/**
 * Errors that any service may give, by the query protocol's name.
 * @see https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonErrors.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
 */
const COMMON: Readonly<Record<string, Naming>> = {
  AccessDenied: naming(['AccessDenied', 403], 'AccessDeniedException', ['AccessDenied', 403]),
  ExpiredToken: naming(['ExpiredToken', 403], 'ExpiredTokenException', ['ExpiredToken', 400]),
  IncompleteSignature: naming(['IncompleteSignature', 400], 'IncompleteSignatureException', ['AuthorizationHeaderMalformed', 400]),
  InvalidClientTokenId: naming(['InvalidClientTokenId', 403], 'UnrecognizedClientException', ['InvalidAccessKeyId', 403]),
  InvalidSessionToken: naming(['InvalidClientTokenId', 403], 'UnrecognizedClientException', ['InvalidToken', 400]),
  MissingAuthenticationToken: naming(['MissingAuthenticationToken', 403], 'MissingAuthenticationTokenException', ['AccessDenied', 403]),
  RequestExpired: naming(['RequestExpired', 400], 'InvalidSignatureException', ['RequestTimeTooSkewed', 403]),
  SignatureDoesNotMatch: naming(['SignatureDoesNotMatch', 403], 'InvalidSignatureException', ['SignatureDoesNotMatch', 403]),
  Throttling: naming(['Throttling', 400], 'ThrottlingException', ['SlowDown', 503]),
  ValidationError: naming(['ValidationError', 400], 'ValidationException', ['InvalidRequest', 400]),
  UnknownOperation: naming(['InvalidAction', 400], 'UnknownOperationException', ['MethodNotAllowed', 405]),
};

/** Status of errors that no model lists. */
const STATUS: Readonly<Record<string, number>> = {
  InternalFailure: 500,
  MethodNotAllowed: 405,
  NoSuchBucket: 404,
  NoSuchVersion: 404,
  NotImplemented: 501,
  NotModified: 304,
  PreconditionFailed: 412,
  ServiceUnavailable: 503,
};

function naming(query: readonly [string, number], json: string, s3: readonly [string, number]): Naming {
  return { query, json: [json, 400], restJson: [json, json === 'ValidationException' || json === 'ThrottlingException' ? 400 : 403], s3 };
}

/** SNS has its own name for what others call AccessDenied. */
const ACCESS_DENIED_OF_SNS = 'AuthorizationError';

/** How an error of a handler, or of the wire itself, is written in a dialect. */
export function faultOf(service: ServiceModel, error: AwsError, dialect: Dialect): Fault {
  const [code, status] = codeOf(service, error, dialect);
  const model = service.errors.get(code);
  const wireCode = model !== undefined && dialect !== 'query' ? model.name : (model?.queryCode ?? code);
  return {
    code: wireCode,
    status: model?.status ?? status ?? STATUS[code] ?? 400,
    message: error.message,
    model,
    members: error.members,
  };
}

function codeOf(service: ServiceModel, { code }: AwsError, dialect: Dialect): readonly [code: string, status?: number] {
  if (service.errors.has(code)) return [code];
  if (code === 'AccessDenied' && service.errors.has(ACCESS_DENIED_OF_SNS)) return [ACCESS_DENIED_OF_SNS];
  return COMMON[code]?.[dialect] ?? [code];
}
