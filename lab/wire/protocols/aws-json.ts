import { AwsError } from '../../kernel/service';
import { readJson, writeErrorMembers, writeJson } from './json-body';
import { type Protocol, textResponse } from './protocol';

/**
 * The operation in a header, JSON in and out: DynamoDB, Step Functions and CloudWatch (1.0), Systems Manager, CodeBuild and EventBridge (1.1).
 * @see https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 */
export function awsJson(version: '1.0' | '1.1'): Protocol {
  const contentType = `application/x-amz-json-${version}`;
  return {
    dialect: 'json',

    async decode(service, request) {
      const name = request.headers['x-amz-target']?.split('.').pop() ?? '';
      const operation = service.operations.get(name);
      if (operation === undefined) throw new AwsError('UnknownOperation', `${service.signingName} has no operation '${name}'`);
      return { operation, input: await readJson(service, operation.input, request.body) };
    },

    encode(service, operation, output) {
      return textResponse(200, contentType, writeJson(service, operation.output, output));
    },

    fail(service, fault) {
      const body = JSON.stringify({ __type: `${service.namespace}#${fault.code}`, ...writeErrorMembers(service, fault) });
      const queryError = `${fault.model?.queryCode ?? fault.code};${fault.status < 500 ? 'Sender' : 'Receiver'}`;
      return textResponse(fault.status, contentType, body, service.queryCompatible ? { 'x-amzn-query-error': queryError } : {});
    },
  };
}
