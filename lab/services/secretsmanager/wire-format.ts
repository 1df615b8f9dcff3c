import { AwsJson1_1Protocol } from '@aws-sdk/core/protocols';

/**
 * What the lab needs of `@aws-sdk/client-secrets-manager`, which nothing here calls: the shapes of one operation, as its 3.1162.0
 * exports them (kind, namespace, name, traits, members).
 */
const NAMESPACE = 'com.amazonaws.secretsmanager';
const REQUEST = [3, NAMESPACE, 'GetSecretValueRequest', 0, ['SecretId', 'VersionId', 'VersionStage'], [0, 0, 0], 1];
const RESPONSE = [
  3,
  NAMESPACE,
  'GetSecretValueResponse',
  0,
  ['ARN', 'Name', 'VersionId', 'SecretString', 'VersionStages', 'CreatedDate'],
  [0, 0, 0, 0, 64, 4],
];

class SecretsManagerClient {
  readonly config = {
    protocol: new AwsJson1_1Protocol({ defaultNamespace: NAMESPACE, errorTypeRegistries: [], serviceTarget: 'secretsmanager' }),
  };

  destroy(): void {}
}

/** Takes the place of the client package. */
export const sdk: Record<string, unknown> = {
  SecretsManagerClient,
  GetSecretValue$: [9, NAMESPACE, 'GetSecretValue', 0, () => REQUEST, () => RESPONSE],
  ResourceNotFoundException$: [-3, NAMESPACE, 'ResourceNotFoundException', { error: 'client' }, ['Message'], [0]],
};

/** Input of GetSecretValue. */
export interface GetSecretValueInput {
  readonly SecretId?: string;
  readonly VersionId?: string;
  readonly VersionStage?: string;
}

/** Output of GetSecretValue. */
export interface GetSecretValueOutput {
  readonly ARN: string;
  readonly Name: string;
  readonly VersionId: string;
  readonly SecretString: string;
  readonly VersionStages: readonly string[];
  readonly CreatedDate: Date;
}
