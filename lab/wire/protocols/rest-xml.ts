import { AwsError } from '../../kernel/service';
import { content, element, escapeXml } from '../xml';
import { type Protocol, textResponse } from './protocol';
import { readRestInput } from './rest-input';
import { writeRestOutput } from './rest-output';
import { findRoute } from './rest-routes';

/**
 * Paths, headers and XML bodies: S3. Bodies of requests are objects; operations that take an XML document are refused.
 * @see https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
 */
export const restXml: Protocol = {
  dialect: 's3',

  async decode(service, request) {
    const match = findRoute(service, request);
    const { operation } = match.route;
    const input = await readRestInput(match, request, async () => {
      throw new AwsError('NotImplemented', `${operation.name}: the lab reads no XML documents`);
    });
    return { operation, input };
  },

  encode(service, operation, output) {
    return writeRestOutput(operation, output, 'application/xml', (schema, value) => {
      const name = (schema.getMergedTraits().xmlName as string | undefined) ?? schema.getName() ?? operation.name;
      return `<?xml version="1.0" encoding="UTF-8"?>${element(name, schema, value).replace(/^<[^>]+/, `$& xmlns="${service.xmlNamespace}"`)}`;
    });
  },

  fail(_service, fault, requestId) {
    if (fault.status === 304) return { status: 304, headers: {}, body: new Uint8Array() };
    const members = fault.model === undefined ? '' : content(fault.model.schema, fault.members);
    const error = `<Code>${escapeXml(fault.code)}</Code><Message>${escapeXml(fault.message)}</Message>${members}<RequestId>${requestId}</RequestId>`;
    return textResponse(fault.status, 'application/xml', `<?xml version="1.0" encoding="UTF-8"?><Error>${error}</Error>`);
  },
};
