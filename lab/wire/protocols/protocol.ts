import type { Dialect, Fault } from '../fault';
import type { WireRequest, WireResponse } from '../message';
import type { OperationModel, ServiceModel } from '../model';

/** A call as a protocol reads it from a request. */
export interface DecodedCall {
  readonly operation: OperationModel;
  readonly input: Record<string, unknown>;
}

/** One of AWS's wire protocols, the server's side. Request bodies come uncompressed. */
export interface Protocol {
  readonly dialect: Dialect;
  decode(service: ServiceModel, request: WireRequest): Promise<DecodedCall> | DecodedCall;
  encode(service: ServiceModel, operation: OperationModel, output: Record<string, unknown>, requestId: string): WireResponse;
  fail(service: ServiceModel, fault: Fault, requestId: string): WireResponse;
}

/** A response with a text body. */
export function textResponse(status: number, contentType: string, text: string, headers: Record<string, string> = {}): WireResponse {
  return { status, headers: { 'content-type': contentType, ...headers }, body: Buffer.from(text) };
}
