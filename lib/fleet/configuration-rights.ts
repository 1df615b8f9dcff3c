import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as ssm from 'aws-cdk-lib/aws-ssm';
import type { ConfigurationFile } from '../release/recipe-host';

/** What an instance must be allowed to do to fetch its configuration files, and no more. */
export function configurationRights(files: readonly ConfigurationFile[]): iam.PolicyStatement[] {
  const secrets = files.flatMap(({ secret }) => secret ?? []);
  const parameters = files.flatMap(({ parameter }) => parameter ?? []);
  const keys = new Set(
    [...secrets.map(({ encryptionKey }) => encryptionKey), ...parameters.map(keyOf)].flatMap((key) => key?.keyArn ?? []),
  );
  const allow = (sid: string, action: string, resources: string[]) =>
    resources.length === 0 ? [] : [new iam.PolicyStatement({ sid, actions: [action], resources })];
  return [
    ...allow('ReadConfigurationSecrets', 'secretsmanager:GetSecretValue', secrets.map(fullArn)),
    ...allow(
      'ReadConfigurationParameters',
      'ssm:GetParameter',
      parameters.map(({ parameterArn }) => parameterArn),
    ),
    ...allow('DecryptConfiguration', 'kms:Decrypt', [...keys]),
  ];
}

/** The ARN of a secret that was looked up by name lacks the six characters at its end. */
function fullArn({ secretFullArn, secretArn }: secretsmanager.ISecret): string {
  return secretFullArn ?? `${secretArn}-??????`;
}

/** `IParameter` does not tell the key of a SecureString; what CDK makes does. */
function keyOf(parameter: ssm.IParameter): kms.IKey | undefined {
  return (parameter as { readonly encryptionKey?: kms.IKey }).encryptionKey;
}
