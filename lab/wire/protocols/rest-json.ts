import { readJson, writeErrorMembers, writeJson } from './json-body';
import { type Protocol, textResponse } from './protocol';
import { readRestInput } from './rest-input';
import { writeRestOutput } from './rest-output';
import { findRoute } from './rest-routes';

/**
 * Paths, headers and JSON bodies: Lambda.
 * @see https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html
 */
export const restJson: Protocol = {
  dialect: 'restJson',

  async decode(service, request) {
    const match = findRoute(service, request);
    const input = await readRestInput(match, request, (schema, body) => readJson(service, schema, body));
    return { operation: match.route.operation, input };
  },

  encode(service, operation, output) {
    return writeRestOutput(operation, output, 'application/json', (schema, value) => writeJson(service, schema, value));
  },

  fail(service, fault) {
    const headers = { 'x-amzn-errortype': fault.code };
    return textResponse(fault.status, 'application/json', JSON.stringify(writeErrorMembers(service, fault)), headers);
  },
};
