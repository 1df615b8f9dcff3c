import * as path from 'node:path';
import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { FunctionConfig } from './contract';
import { FUNCTION_NAMES, FUNCTION_TIMEOUT_SECONDS, type FunctionName } from './function-name';

/** What the functions are made from. */
export interface DeploymentFunctionsProps {
  readonly config: FunctionConfig;
  readonly permissions: Readonly<Record<FunctionName, iam.PolicyStatement[]>>;
  /** Those that the deployment has no use for. */
  readonly without: readonly FunctionName[];
  readonly logRetention: logs.RetentionDays;
}

const BUNDLES = path.join(__dirname, '..', '..', 'assets', 'functions');

/** The functions of a deployment, each with a role of its own, called by published versions that outlive an update. */
export class DeploymentFunctions extends Construct {
  readonly versions: Readonly<Record<FunctionName, lambda.IVersion>>;

  constructor(scope: Construct, id: string, props: DeploymentFunctionsProps) {
    super(scope, id);
    const config = Stack.of(this).toJsonString(props.config);
    const entries = FUNCTION_NAMES.filter((name) => !props.without.includes(name)).map(
      (name) => [name, this.add(name, config, props)] as const,
    );
    this.versions = Object.fromEntries(entries) as Record<FunctionName, lambda.IVersion>;
  }

  private add(
    name: FunctionName,
    config: string,
    { config: { fleet }, permissions, logRetention }: DeploymentFunctionsProps,
  ): lambda.IVersion {
    const scope = new Construct(this, constructId(name));
    const logGroup = new logs.LogGroup(scope, 'Logs', { retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
    const role = new iam.Role(scope, 'Role', {
      assumedBy: new iam.ServicePrincipal('lambda.amazonaws.com'),
      description: `${name} of the fleet ${fleet}`,
      inlinePolicies: {
        Function: new iam.PolicyDocument({
          statements: [
            new iam.PolicyStatement({
              sid: 'Log',
              actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
              resources: [logGroup.logGroupArn],
            }),
            ...permissions[name],
          ],
        }),
      },
    });
    const handler = new lambda.Function(scope, 'Function', {
      description: `${name} of the fleet ${fleet}`,
      runtime: new lambda.Runtime('nodejs24.x', lambda.RuntimeFamily.NODEJS),
      architecture: lambda.Architecture.ARM_64,
      code: lambda.Code.fromAsset(path.join(BUNDLES, name)),
      handler: 'index.handler',
      memorySize: 512,
      timeout: Duration.seconds(FUNCTION_TIMEOUT_SECONDS),
      environment: { CONFIG: config },
      role: role.withoutPolicyUpdates(),
      logGroup,
      // An execution keeps the versions that it began with.
      currentVersionOptions: { removalPolicy: RemovalPolicy.RETAIN },
    });
    return handler.currentVersion;
  }
}

/** `take-lock` becomes `TakeLock`. */
function constructId(name: FunctionName): string {
  return name.replace(/(^|-)([a-z])/g, (_, _dash, letter: string) => letter.toUpperCase());
}
