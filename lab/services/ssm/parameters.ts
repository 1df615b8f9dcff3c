import type {
  GetParameterCommandInput,
  GetParameterCommandOutput,
  PutParameterCommandInput,
  PutParameterCommandOutput,
} from '@aws-sdk/client-ssm';
import { arn, type LabContext } from '../../kernel/context';
import { type CreatedResource, type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import { AwsError, type Operation } from '../../kernel/service';
import { refuseUnknownMembers } from './members';

interface Stored {
  readonly value: string;
  readonly version: number;
  readonly modified: number;
}

/** Largest value of a standard parameter, in bytes. */
const MAX_BYTES = 4096;

/** Parameter Store, as far as standard parameters of type String go. */
export class Parameters {
  private readonly stored = new Map<string, Stored>();
  readonly operations: Readonly<Record<string, Operation>> = {
    GetParameter: {
      authorize: (input: GetParameterCommandInput) => [{ action: 'ssm:GetParameter', resource: this.arn(nameOf(input.Name)) }],
      handle: (input: GetParameterCommandInput) => this.get(input),
    },
    PutParameter: {
      authorize: (input: PutParameterCommandInput) => [{ action: 'ssm:PutParameter', resource: this.arn(nameOf(input.Name)) }],
      handle: (input: PutParameterCommandInput) => this.put(input),
    },
  };

  constructor(private readonly context: LabContext) {}

  /** Value of a parameter, for collaborators; undefined where there is none. */
  value(name: string): string | undefined {
    return this.stored.get(name)?.value;
  }

  provider(): ResourceProvider {
    const write = (resource: ResolvedResource, name: string): CreatedResource => {
      refuseUnknownProperties(resource, ['Name', 'Type', 'Value', 'Description', 'Tags', 'Tier']);
      const { Type, Value } = resource.properties;
      if (Type !== 'String') throw new Error(`${resource.logicalId}: 'Type' must be String in the lab, got ${Type}`);
      this.store(name, Value);
      return { ref: name, attributes: { Type, Value } };
    };
    return {
      type: 'AWS::SSM::Parameter',
      create: (resource) => {
        const name = resource.properties.Name ?? `${resource.logicalId}-${this.context.random.hex(12)}`;
        if (this.stored.has(name)) throw new AwsError('ParameterAlreadyExists', `the parameter ${name} exists already`);
        return write(resource, name);
      },
      update: write,
      delete: (name) => void this.stored.delete(name),
    };
  }

  private get(input: GetParameterCommandInput): Pick<GetParameterCommandOutput, 'Parameter'> {
    refuseUnknownMembers('GetParameter', input, ['Name', 'WithDecryption']);
    const name = nameOf(input.Name);
    const found = this.stored.get(name);
    if (found === undefined) throw new AwsError('ParameterNotFound', `Parameter ${name} not found.`);
    const { value, version, modified } = found;
    return {
      Parameter: {
        Name: name,
        Type: 'String',
        Value: value,
        Version: version,
        LastModifiedDate: new Date(modified),
        ARN: this.arn(name),
        DataType: 'text',
      },
    };
  }

  private put(input: PutParameterCommandInput): Pick<PutParameterCommandOutput, 'Version' | 'Tier'> {
    refuseUnknownMembers('PutParameter', input, ['Name', 'Value', 'Type', 'Overwrite', 'Description']);
    const name = nameOf(input.Name);
    const exists = this.stored.has(name);
    if (exists && input.Overwrite !== true) {
      throw new AwsError(
        'ParameterAlreadyExists',
        'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
      );
    }
    if ((input.Type ?? (exists ? 'String' : undefined)) !== 'String') {
      throw new AwsError('NotImplemented', `'Type' must be String in the lab, got ${input.Type}`);
    }
    return { Version: this.store(name, input.Value ?? ''), Tier: 'Standard' };
  }

  private store(name: string, value: string): number {
    const bytes = Buffer.byteLength(value);
    if (bytes < 1 || bytes > MAX_BYTES)
      throw new AwsError('ValidationException', `the value of ${name} must have 1 to ${MAX_BYTES} bytes, got ${bytes}`);
    const version = (this.stored.get(name)?.version ?? 0) + 1;
    this.stored.set(name, { value, version, modified: this.context.clock.now() });
    return version;
  }

  private arn(name: string): string {
    return arn(this.context, 'ssm', `parameter/${name.replace(/^\//, '')}`);
  }
}

/** The name of a parameter that may be given as its ARN. */
function nameOf(nameOrArn: string | undefined): string {
  if (!nameOrArn) throw new AwsError('ValidationException', "'Name' must not be empty");
  const [, path] = /^arn:[^:]+:ssm:[^:]*:[^:]*:parameter\/(.+)$/.exec(nameOrArn) ?? [];
  if (path === undefined) return nameOrArn;
  return path.includes('/') ? `/${path}` : path;
}
