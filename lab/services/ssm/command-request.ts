import type { SendCommandCommandInput } from '@aws-sdk/client-ssm';
import { AwsError } from '../../kernel/service';
import type { DocumentContent } from './document-content';
import { checkRange, refuseUnknownMembers } from './members';

/** Most instances that one SendCommand may name. */
const MAX_INSTANCES = 50;
const GROUP_TAG = 'tag:aws:autoscaling:groupName';
const CONCURRENCY = /^([1-9][0-9]{0,6}|[1-9][0-9]%|[1-9]%|100%)$/;
const ERRORS = /^([1-9][0-9]{0,6}|0|[1-9][0-9]%|[0-9]%|100%)$/;
const KNOWN = [
  'DocumentName',
  'DocumentVersion',
  'DocumentHash',
  'DocumentHashType',
  'InstanceIds',
  'Targets',
  'TimeoutSeconds',
  'Comment',
  'Parameters',
  'MaxConcurrency',
  'MaxErrors',
];

/** Checks what does not depend on the document, as SendCommand does. */
export function checkRequest(input: SendCommandCommandInput): void {
  refuseUnknownMembers('SendCommand', input, KNOWN);
  const { InstanceIds, Targets, MaxConcurrency = '50', MaxErrors = '0', DocumentHashType = 'Sha256' } = input;
  if ((InstanceIds === undefined) === (Targets === undefined))
    throw new AwsError('ValidationException', "exactly one of 'InstanceIds' and 'Targets' must be given");
  if (InstanceIds !== undefined && (InstanceIds.length < 1 || InstanceIds.length > MAX_INSTANCES)) {
    throw new AwsError('ValidationException', `'InstanceIds' must hold 1 to ${MAX_INSTANCES} ids, got ${InstanceIds.length}`);
  }
  checkRange('TimeoutSeconds', input.TimeoutSeconds, 30, 2_592_000);
  if (!CONCURRENCY.test(MaxConcurrency))
    throw new AwsError('ValidationException', `'MaxConcurrency' must be a number or a percentage, got ${MaxConcurrency}`);
  if (!ERRORS.test(MaxErrors)) throw new AwsError('ValidationException', `'MaxErrors' must be a number or a percentage, got ${MaxErrors}`);
  if (DocumentHashType !== 'Sha256')
    throw new AwsError('ValidationException', `'DocumentHashType' must be Sha256, got ${DocumentHashType}`);
}

/** The Auto Scaling groups that a command's targets name by tag. */
export function targetGroups(input: SendCommandCommandInput): string[] {
  return (input.Targets ?? []).flatMap(({ Key, Values = [] }) => {
    if (Key !== GROUP_TAG) throw new AwsError('NotImplemented', `'Targets' must name ${GROUP_TAG} in the lab, got ${Key}`);
    return Values;
  });
}

/** A number of `MaxConcurrency` or `MaxErrors`, of which a percentage is taken of the targets and rounded down. */
export function share(value: string, targets: number): number {
  return value.endsWith('%') ? Math.floor((Number(value.slice(0, -1)) * targets) / 100) : Number(value);
}

/**
 * The environment that a command's parameters make.
 *
 * @throws AwsError InvalidParameters for a parameter that the document does not have, that is missing or that it does not allow
 */
export function parameterEnvironment(
  name: string,
  content: DocumentContent,
  given: Readonly<Record<string, readonly string[]>>,
): Record<string, string> {
  const strange = Object.keys(given).filter((parameter) => !content.parameters.has(parameter));
  if (strange.length > 0) throw new AwsError('InvalidParameters', `document ${name} has no parameter ${strange.join(', ')}`);
  const environment: Record<string, string> = {};
  for (const [parameter, { default: standard, allowedPattern, allowedValues }] of content.parameters) {
    const values = given[parameter] ?? (standard === undefined ? [] : [standard]);
    if (values.length !== 1)
      throw new AwsError('InvalidParameters', `parameter ${parameter} of document ${name} must have one value, got ${values.length}`);
    const [value] = values;
    if (allowedPattern !== undefined && !allowedPattern.test(value)) {
      throw new AwsError(
        'InvalidParameters',
        `parameter ${parameter} of document ${name} must match ${allowedPattern.source}, got ${JSON.stringify(value)}`,
      );
    }
    if (allowedValues !== undefined && !allowedValues.includes(value)) {
      throw new AwsError(
        'InvalidParameters',
        `parameter ${parameter} of document ${name} must be one of ${allowedValues.join(', ')}, got ${JSON.stringify(value)}`,
      );
    }
    environment[`SSM_${parameter}`] = value;
  }
  return environment;
}
