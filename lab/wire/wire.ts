import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import type { AccessKey } from '../kernel/access-key';
import type { LabContext } from '../kernel/context';
import { type AccessRequest, AwsError, type Call, type Principal, type Service } from '../kernel/service';
import { faultOf } from './fault';
import type { WireRequest, WireResponse } from './message';
import { modelOf, NO_SERVICE, type ServiceModel } from './model';
import { likelyProtocol, protocolOf } from './protocols';
import type { Protocol } from './protocols/protocol';
import { checkRequiredMembers } from './required-members';
import { type Authorization, readAuthorization } from './sigv4/authorization';
import { verifySignature } from './sigv4/verify';

/** What the wire asks IAM. */
export interface CallerDirectory {
  key(accessKeyId: string): AccessKey | undefined;
  principalOf(accessKeyId: string): Principal;
  /** @throws AwsError AccessDenied */
  check(principal: Principal, requests: readonly AccessRequest[]): void;
}

/** A call that passed signature and permissions. */
export interface WireCall {
  /** SigV4 signing name, e.g. `autoscaling`. */
  readonly service: string;
  readonly operation: string;
  // biome-ignore lint/suspicious/noExplicitAny: the SDK's input type of the operation
  readonly input: any;
  readonly principal: Principal;
  readonly requestId: string;
}

export type CallListener = (call: WireCall) => void | Promise<void>;

export interface WireOptions {
  readonly services: readonly Service[];
  readonly iam: CallerDirectory;
  /**
   * Told of errors that are no answer of AWS's, that is of defects of the lab; the caller gets InternalFailure.
   * @default - they are written to stderr
   */
  readonly onDefect?: (error: unknown) => void;
  /**
   * Milliseconds since 1970 by which the age of a signature is judged: clients sign with their own clock.
   * @default Date.now
   */
  readonly wallClock?: () => number;
}

interface Endpoint {
  readonly service: Service;
  readonly model: ServiceModel;
  readonly protocol: Protocol;
}

const MAX_UNZIPPED = 64 * 1024 * 1024;

/** The AWS API of one lab: a function from request to response. */
export class Wire {
  private readonly endpoints: ReadonlyMap<string, Endpoint>;
  private readonly listeners: CallListener[] = [];

  constructor(
    private readonly context: LabContext,
    private readonly options: WireOptions,
  ) {
    const endpoints = options.services.map((service): [string, Endpoint] => {
      const model = modelOf(service);
      return [service.signingName, { service, model, protocol: protocolOf(model.protocol) }];
    });
    this.endpoints = new Map(endpoints);
  }

  /** Calls `listener` before each handler, after signature and permissions; it is awaited, and what it throws is the call's error. */
  onCall(listener: CallListener): void {
    this.listeners.push(listener);
  }

  /** True for the access keys of this lab. */
  knows(accessKeyId: string): boolean {
    return this.options.iam.key(accessKeyId) !== undefined;
  }

  async handle(request: WireRequest): Promise<WireResponse> {
    const requestId = randomUUID();
    let endpoint: Pick<Endpoint, 'model' | 'protocol'> = { model: NO_SERVICE, protocol: likelyProtocol(request) };
    let response: WireResponse;
    try {
      const authorization = readAuthorization(request);
      const named = this.endpointOf(request, authorization);
      endpoint = named;
      response = await this.call(request, authorization, named, requestId);
    } catch (error) {
      response = this.failure(error, endpoint, requestId);
    }
    return { ...response, headers: { 'x-amzn-requestid': requestId, 'x-amz-request-id': requestId, ...response.headers } };
  }

  private async call(request: WireRequest, authorization: Authorization, endpoint: Endpoint, requestId: string): Promise<WireResponse> {
    const { service, model, protocol } = endpoint;
    const { iam, wallClock = Date.now } = this.options;
    const { accessKeyId } = authorization;
    const { region, clock } = this.context;
    verifySignature(request, authorization, { key: iam.key(accessKeyId), region, wallTime: wallClock(), labTime: clock.now() });
    const { operation, input } = await protocol.decode(model, model.signingName === 's3' ? request : unzipped(request));
    const call: Call = { principal: iam.principalOf(accessKeyId), requestId, headers: request.headers };
    const output = await this.perform(service, operation.name, input, call, () => checkRequiredMembers(operation.input, input));
    return protocol.encode(model, operation, (output ?? {}) as Record<string, unknown>, requestId);
  }

  /**
   * A call from inside the lab, without HTTP and signature but with all that follows: the model of a host calls so.
   *
   * @throws AwsError as the service does, and NotImplemented and AccessDenied
   */
  callAs(principal: Principal, signingName: string, operation: string, input: object): Promise<unknown> {
    const endpoint = this.endpoints.get(signingName);
    if (endpoint === undefined) throw new AwsError('NotImplemented', `the lab has no service '${signingName}'`);
    return this.perform(endpoint.service, operation, input, { principal, requestId: randomUUID(), headers: {} });
  }

  private async perform(service: Service, operation: string, input: object, call: Call, checkInput?: () => void): Promise<unknown> {
    const implementation = service.operations[operation];
    if (implementation === undefined) {
      throw new AwsError('NotImplemented', `the lab does not implement ${service.signingName}:${operation}`);
    }
    checkInput?.();
    this.options.iam.check(call.principal, implementation.authorize(input, call));
    for (const listener of this.listeners) {
      await listener({ service: service.signingName, operation, input, principal: call.principal, requestId: call.requestId });
    }
    return implementation.handle(input, call);
  }

  private endpointOf(request: WireRequest, { service }: Authorization): Endpoint {
    const endpoint = this.endpoints.get(service);
    if (endpoint === undefined)
      throw new AwsError('NotImplemented', `the lab has no service '${service}'; it has ${[...this.endpoints.keys()].join(', ')}`);
    const target = request.headers['x-amz-target'];
    if (target !== undefined && !target.startsWith(`${endpoint.model.target}.`)) {
      throw new AwsError('UnknownOperation', `'x-amz-target' of ${service} must begin with ${endpoint.model.target}, got '${target}'`);
    }
    return endpoint;
  }

  private failure(error: unknown, { model, protocol }: Pick<Endpoint, 'model' | 'protocol'>, requestId: string): WireResponse {
    if (!(error instanceof AwsError)) this.report(error);
    const answer = error instanceof AwsError ? error : new AwsError('InternalFailure', String(error));
    return protocol.fail(model, faultOf(model, answer, protocol.dialect), requestId);
  }

  private report(error: unknown): void {
    if (this.options.onDefect !== undefined) this.options.onDefect(error);
    else process.stderr.write(`lab defect: ${error instanceof Error ? error.stack : String(error)}\n`);
  }
}

/** Large requests may come compressed; the signature covers what was sent. An object of S3 stays as it is. */
function unzipped(request: WireRequest): WireRequest {
  if (request.headers['content-encoding'] !== 'gzip') return request;
  try {
    return { ...request, body: gunzipSync(request.body, { maxOutputLength: MAX_UNZIPPED }) };
  } catch (error) {
    throw new AwsError('SerializationException', `the body is not gzip: ${(error as Error).message}`);
  }
}
