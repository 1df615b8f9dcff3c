import { type Buildspec, readBuildspec } from '../../build/buildspec';
import { type ResolvedResource, refuseUnknownProperties } from '../../kernel/resources';

/** A build project as the lab keeps it. */
export interface Project {
  readonly name: string;
  readonly location: string;
  readonly sourceType: string;
  readonly sourceVersion: string;
  readonly roleArn: string;
  readonly image: string;
  readonly buildspec: Buildspec;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMinutes: number;
}

const PROPERTIES = [
  'Name',
  'Description',
  'Source',
  'SourceVersion',
  'Artifacts',
  'Environment',
  'ServiceRole',
  'TimeoutInMinutes',
  'QueuedTimeoutInMinutes',
  'Cache',
  'VpcConfig',
  'EncryptionKey',
  'LogsConfig',
  'Triggers',
  'Tags',
];
/** Sources that are git repositories. */
const GIT_SOURCES = ['GITHUB', 'GITLAB', 'BITBUCKET', 'GITHUB_ENTERPRISE', 'CODECONNECTIONS'];

/** Reads the properties of `AWS::CodeBuild::Project`; what the lab cannot build is refused here, not at the first build. */
export function readProject(name: string, resource: ResolvedResource): Project {
  refuseUnknownProperties(resource, PROPERTIES);
  const { Source, Artifacts, Environment, Triggers = {}, TimeoutInMinutes = 60, SourceVersion = '', ServiceRole } = resource.properties;
  const refuse = (field: string, allowed: string, got: unknown): never => {
    throw new Error(`${resource.logicalId}: '${field}' must be ${allowed} in the lab, got ${JSON.stringify(got)}`);
  };
  if (!GIT_SOURCES.includes(Source.Type)) refuse('Source.Type', `one of ${GIT_SOURCES.join(', ')}`, Source.Type);
  if (Artifacts.Type !== 'NO_ARTIFACTS') refuse('Artifacts.Type', 'NO_ARTIFACTS', Artifacts.Type);
  if (Triggers.Webhook === true || Triggers.FilterGroups !== undefined) refuse('Triggers', 'without webhook', Triggers);
  const variables: { Name: string; Value: string; Type?: string }[] = Environment.EnvironmentVariables ?? [];
  for (const { Name, Type = 'PLAINTEXT' } of variables) {
    if (Type !== 'PLAINTEXT') refuse(`Type of the variable ${Name}`, 'PLAINTEXT', Type);
  }
  return {
    name,
    location: Source.Location,
    sourceType: Source.Type,
    sourceVersion: SourceVersion,
    roleArn: ServiceRole,
    image: Environment.Image,
    buildspec: readBuildspec(Source.BuildSpec ?? ''),
    variables: Object.fromEntries(variables.map(({ Name, Value }) => [Name, String(Value)])),
    timeoutMinutes: Number(TimeoutInMinutes),
  };
}
