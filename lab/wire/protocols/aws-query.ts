import { AwsError } from '../../kernel/service';
import { content, element, escapeXml } from '../xml';
import { readForm } from './form';
import { type Protocol, textResponse } from './protocol';

/**
 * Form bodies in, XML out: Auto Scaling, Elastic Load Balancing, SNS.
 * @see https://smithy.io/2.0/aws/protocols/aws-query-protocol.html
 */
export const awsQuery: Protocol = {
  dialect: 'query',

  decode(service, request) {
    const { Action: action, Version: version, ...fields } = Object.fromEntries(new URLSearchParams(Buffer.from(request.body).toString()));
    const operation = service.operations.get(action);
    if (operation === undefined) throw new AwsError('UnknownOperation', `could not find operation ${action} for version ${version}`);
    return { operation, input: readForm(operation.input, Object.entries(fields)) };
  },

  encode(service, operation, output, requestId) {
    const { name } = operation;
    const result = operation.output.isUnitSchema() ? '' : element(`${name}Result`, operation.output, output);
    const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`;
    return textResponse(200, 'text/xml', `<${name}Response xmlns="${service.xmlNamespace}">${result}${metadata}</${name}Response>`);
  },

  fail(service, fault, requestId) {
    const members = fault.model === undefined ? '' : content(fault.model.schema, fault.members);
    const error = [
      `<Type>${fault.status < 500 ? 'Sender' : 'Receiver'}</Type>`,
      `<Code>${escapeXml(fault.code)}</Code>`,
      `<Message>${escapeXml(fault.message)}</Message>`,
      members,
    ].join('');
    const body = `<ErrorResponse xmlns="${service.xmlNamespace}"><Error>${error}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`;
    return textResponse(fault.status, 'text/xml', body);
  },
};
