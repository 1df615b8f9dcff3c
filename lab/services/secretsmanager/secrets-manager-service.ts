import { arn, type LabContext } from '../../kernel/context';
import { type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import { AwsError, type Operation, type Service } from '../../kernel/service';
import { type GetSecretValueInput, type GetSecretValueOutput, sdk } from './wire-format';

interface Secret {
  readonly arn: string;
  readonly name: string;
  value: string | undefined;
  version: string;
  changed: number;
}

/** Secrets Manager, as far as the current value of a secret goes. */
export class SecretsManagerService implements Service {
  readonly signingName = 'secretsmanager';
  readonly sdk = sdk;
  readonly client = 'SecretsManagerClient';
  private readonly secrets: Secret[] = [];
  readonly operations: Readonly<Record<string, Operation>> = {
    GetSecretValue: {
      authorize: ({ SecretId }: GetSecretValueInput) => [{ action: 'secretsmanager:GetSecretValue', resource: this.arnOf(SecretId) }],
      handle: (input: GetSecretValueInput) => this.get(input),
    },
  };

  constructor(private readonly context: LabContext) {}

  /** Gives a secret its value; where there is no secret of this name or ARN, makes one. @returns its ARN */
  put(nameOrArn: string, value: string): string {
    const secret = this.find(nameOrArn) ?? this.add(nameOrArn);
    secret.value = value;
    secret.version = this.context.random.hex(32);
    secret.changed = this.context.clock.now();
    return secret.arn;
  }

  providers(): ResourceProvider[] {
    const known = ['Name', 'Description', 'SecretString', 'GenerateSecretString', 'KmsKeyId', 'Tags'];
    return [
      {
        type: 'AWS::SecretsManager::Secret',
        create: (resource) => {
          refuseUnknownProperties(resource, known);
          const { Name = `${resource.logicalId}-${this.context.random.hex(12)}`, SecretString, GenerateSecretString } = resource.properties;
          if (this.find(Name) !== undefined) throw new AwsError('ResourceExistsException', `the secret ${Name} exists already`);
          const secret = this.add(Name);
          const value = SecretString ?? (GenerateSecretString && this.context.random.hex(32));
          if (value !== undefined) this.put(secret.arn, value);
          return { ref: secret.arn, attributes: { Id: secret.arn } };
        },
        update: (resource, secretArn) => {
          refuseUnknownProperties(resource, known);
          if (resource.properties.SecretString !== undefined) this.put(secretArn, resource.properties.SecretString);
          return { ref: secretArn, attributes: { Id: secretArn } };
        },
        delete: (secretArn) =>
          void this.secrets.splice(
            this.secrets.findIndex((secret) => secret.arn === secretArn),
            1,
          ),
      },
    ];
  }

  private add(name: string): Secret {
    const secret = {
      arn: arn(this.context, 'secretsmanager', `secret:${name}-${this.context.random.hex(6)}`),
      name,
      value: undefined,
      version: '',
      changed: 0,
    };
    this.secrets.push(secret);
    return secret;
  }

  /** By name, ARN, or ARN without the six characters at its end. */
  private find(id: string | undefined): Secret | undefined {
    return this.secrets.find((secret) => [secret.name, secret.arn, secret.arn.slice(0, -7)].includes(id ?? ''));
  }

  private arnOf(id: string | undefined): string {
    if (!id) throw new AwsError('ValidationException', "'SecretId' must not be empty");
    return this.find(id)?.arn ?? (id.startsWith('arn:') ? id : arn(this.context, 'secretsmanager', `secret:${id}`));
  }

  private get({ SecretId, VersionId, VersionStage = 'AWSCURRENT' }: GetSecretValueInput): GetSecretValueOutput {
    if (VersionId !== undefined || VersionStage !== 'AWSCURRENT') {
      throw new AwsError('NotImplemented', `the lab has only the current version of a secret, got ${VersionId ?? VersionStage}`);
    }
    const secret = this.find(SecretId);
    if (secret?.value === undefined) {
      const missing = secret === undefined ? 'the specified secret' : 'the specified secret value for staging label: AWSCURRENT';
      throw new AwsError('ResourceNotFoundException', `Secrets Manager can't find ${missing}.`);
    }
    return {
      ARN: secret.arn,
      Name: secret.name,
      VersionId: secret.version,
      SecretString: secret.value,
      VersionStages: ['AWSCURRENT'],
      CreatedDate: new Date(secret.changed),
    };
  }
}
