import { readCode } from '../../functions/code';
import { arn, type LabContext } from '../../kernel/context';
import { type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import type { Principal } from '../../kernel/service';
import type { FunctionConfiguration, FunctionRecord, FunctionStore } from './function-store';
import { type FunctionPolicies, permissionProvider } from './permissions';

/** Finds the folder that an asset was unpacked to. */
export type AssetDirectory = (bucket: string, key: string) => string;

/** What functions need of IAM. */
export interface FunctionIam extends FunctionPolicies {
  /** @throws AwsError AccessDenied where the role does not trust the service */
  assume(roleArn: string, service: string): Principal;
}

/** The CloudFormation types of Lambda. */
export function lambdaProviders(
  context: LabContext,
  store: FunctionStore,
  assetDirectory: AssetDirectory,
  iam: FunctionIam,
): ResourceProvider[] {
  return [
    functionProvider(context, store, assetDirectory, iam),
    versionProvider(store),
    aliasProvider(store),
    permissionProvider(store, iam),
    eventInvokeConfigProvider(store),
  ];
}

const FUNCTION = [
  'Architectures',
  'Code',
  'Description',
  'Environment',
  'FunctionName',
  'Handler',
  'LoggingConfig',
  'MemorySize',
  'ReservedConcurrentExecutions',
  'Role',
  'Runtime',
  'Tags',
  'Timeout',
  'TracingConfig',
];

function functionProvider(context: LabContext, store: FunctionStore, assetDirectory: AssetDirectory, iam: FunctionIam): ResourceProvider {
  const configure = (resource: ResolvedResource): FunctionConfiguration => {
    refuseUnknownProperties(resource, FUNCTION);
    const { Code: code, Handler, Role, Runtime, Timeout, MemorySize, Environment } = resource.properties;
    const only = Object.keys(code ?? {})
      .sort()
      .join();
    if (only !== 'S3Bucket,S3Key')
      throw new Error(`${resource.logicalId}: 'Code' must have S3Bucket and S3Key alone, got ${only || 'nothing'}`);
    if (!/^nodejs\d+\.x$/.test(Runtime))
      throw new Error(`${resource.logicalId}: 'Runtime' must be a nodejs runtime in the lab, got ${Runtime}`);
    return {
      code: readCode(assetDirectory(code.S3Bucket, code.S3Key)),
      handler: Handler,
      roleArn: iam.assume(Role, 'lambda.amazonaws.com').arn,
      timeoutSeconds: Number(Timeout ?? 3),
      memoryMb: Number(MemorySize ?? 128),
      environment: Environment?.Variables ?? {},
    };
  };
  const created = (record: FunctionRecord) => ({ ref: record.name, attributes: { Arn: record.arn } });
  return {
    type: 'AWS::Lambda::Function',
    create(resource) {
      const name = resource.properties.FunctionName ?? `${resource.logicalId.slice(0, 51)}-${context.random.hex(12)}`;
      const record: FunctionRecord = {
        name,
        arn: arn(context, 'lambda', `function:${name}`),
        latest: configure(resource),
        reservedConcurrency: resource.properties.ReservedConcurrentExecutions,
        running: 0,
        published: 0,
        versions: new Map(),
        aliases: new Map(),
        permissions: [],
        asyncConfigs: new Map(),
      };
      store.add(record);
      return created(record);
    },
    update(resource, name) {
      const record = store.get(name);
      record.latest = configure(resource);
      record.reservedConcurrency = resource.properties.ReservedConcurrentExecutions;
      return created(record);
    },
    delete: (name) => store.remove(name),
  };
}

function versionProvider(store: FunctionStore): ResourceProvider {
  return {
    type: 'AWS::Lambda::Version',
    create(resource) {
      refuseUnknownProperties(resource, ['FunctionName', 'Description']);
      const { record } = store.find(resource.properties.FunctionName);
      const last = record.versions.get(String(record.published));
      // As CloudFormation does: publishing what was published already is an error.
      if (last && JSON.stringify(last) === JSON.stringify(record.latest)) {
        throw new Error(
          `${resource.logicalId}: a version for this Lambda function exists ( ${record.published} ). Modify the function to create a new version.`,
        );
      }
      record.published++;
      const version = String(record.published);
      record.versions.set(version, record.latest);
      const ref = `${record.arn}:${version}`;
      return { ref, attributes: { Version: version, FunctionArn: ref } };
    },
    update(resource) {
      throw new Error(`${resource.logicalId}: a version cannot be changed; it needs a new logical id`);
    },
    delete(ref) {
      const { record, version } = store.find(ref);
      record.versions.delete(version);
    },
  };
}

function aliasProvider(store: FunctionStore): ResourceProvider {
  const put = (resource: ResolvedResource) => {
    refuseUnknownProperties(resource, ['FunctionName', 'FunctionVersion', 'Name', 'Description']);
    const { FunctionName, FunctionVersion, Name } = resource.properties;
    const { record } = store.find(FunctionName, FunctionVersion);
    record.aliases.set(Name, FunctionVersion);
    const ref = `${record.arn}:${Name}`;
    return { ref, attributes: { AliasArn: ref } };
  };
  return {
    type: 'AWS::Lambda::Alias',
    create: put,
    update: put,
    delete(ref) {
      const { record, qualifier } = store.find(ref);
      record.aliases.delete(qualifier ?? '');
    },
  };
}

function eventInvokeConfigProvider(store: FunctionStore): ResourceProvider {
  const put = (resource: ResolvedResource) => {
    refuseUnknownProperties(resource, ['FunctionName', 'Qualifier', 'MaximumEventAgeInSeconds', 'MaximumRetryAttempts']);
    const { FunctionName, Qualifier, MaximumEventAgeInSeconds, MaximumRetryAttempts } = resource.properties;
    store.find(FunctionName).record.asyncConfigs.set(Qualifier, {
      maximumRetryAttempts: Number(MaximumRetryAttempts ?? 2),
      maximumEventAgeSeconds: Number(MaximumEventAgeInSeconds ?? 21_600),
    });
    return { ref: `${FunctionName}|${Qualifier}` };
  };
  return {
    type: 'AWS::Lambda::EventInvokeConfig',
    create: put,
    update: put,
    delete(ref) {
      const [name, qualifier] = ref.split('|');
      store.find(name).record.asyncConfigs.delete(qualifier);
    },
  };
}
