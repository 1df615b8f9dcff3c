import type { WireRequest } from '../message';
import { awsJson } from './aws-json';
import { awsQuery } from './aws-query';
import type { Protocol } from './protocol';
import { restJson } from './rest-json';
import { restXml } from './rest-xml';

const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  'aws.protocols#awsQuery': awsQuery,
  'aws.protocols#awsJson1_0': awsJson('1.0'),
  'aws.protocols#awsJson1_1': awsJson('1.1'),
  'aws.protocols#restJson1': restJson,
  'aws.protocols#restXml': restXml,
};

/** @throws for a protocol that the lab does not speak */
export function protocolOf(shapeId: string): Protocol {
  const protocol = PROTOCOLS[shapeId];
  if (protocol === undefined) throw new Error(`the lab does not speak '${shapeId}'; it speaks ${Object.keys(PROTOCOLS).join(', ')}`);
  return protocol;
}

/** The protocol of a request whose service is not known, by its looks. */
export function likelyProtocol({ headers }: WireRequest): Protocol {
  if (headers['x-amz-target'] !== undefined) return PROTOCOLS['aws.protocols#awsJson1_1'];
  const type = headers['content-type'] ?? '';
  if (type.startsWith('application/x-www-form-urlencoded')) return awsQuery;
  return type.startsWith('application/json') ? restJson : restXml;
}
