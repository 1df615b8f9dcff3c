import * as sdk from '@aws-sdk/client-codebuild';
import { BuildRun } from '../../build/build-run';
import { ContainerCredentials } from '../../build/container-credentials';
import { arn, type LabContext } from '../../kernel/context';
import type { ResolvedResource, ResourceProvider } from '../../kernel/resources';
import { AwsError, type Operation, type Service } from '../../kernel/service';
import { type CredentialSource, RotatingCredentials } from '../../world/live/credentials';
import { buildEnvironment } from './build-environment';
import { type BuildRecord, buildOf } from './build-record';
import { type Project, readProject } from './project';

export interface CodeBuildDependencies {
  readonly credentials: CredentialSource;
  /** URL of the lab's wire server. */
  readonly endpoint: () => string;
  /** Local git repository of each source location, e.g. `{ 'https://github.com/example/shop.git': '/home/me/shop' }`. */
  readonly repositories: Readonly<Record<string, string>>;
}

/** Time that CodeBuild takes to get a container, in milliseconds of the lab's time: lowest and highest. */
const PROVISIONING_MS = [10_000, 40_000] as const;
/** What a phase with commands is charged in simulated time, where the real commands take none. */
const PHASE_MS = [5_000, 30_000] as const;
const INPUT = ['projectName', 'sourceVersion', 'environmentVariablesOverride'];

/** CodeBuild: runs the real buildspec over a real git repository. */
export class CodeBuildService implements Service {
  readonly signingName = 'codebuild';
  readonly sdk: Record<string, unknown> = sdk;
  readonly client = 'CodeBuildClient';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly projects = new Map<string, Project>();
  private readonly builds = new Map<string, BuildRecord>();

  constructor(
    private readonly context: LabContext,
    private readonly dependencies: CodeBuildDependencies,
  ) {
    const ofBuild = (action: string, ids: readonly string[] = []) =>
      ids.map((id) => ({ action, resource: this.projectArn(projectOf(id)) }));
    this.operations = {
      StartBuild: {
        authorize: (input: sdk.StartBuildCommandInput) => [
          { action: 'codebuild:StartBuild', resource: this.projectArn(projectOf(input.projectName ?? '')) },
        ],
        handle: (input: sdk.StartBuildCommandInput) => ({ build: this.startBuild(input) }),
      },
      BatchGetBuilds: {
        authorize: (input: sdk.BatchGetBuildsCommandInput) => ofBuild('codebuild:BatchGetBuilds', input.ids),
        handle: (input: sdk.BatchGetBuildsCommandInput) => this.batchGetBuilds(input),
      },
      StopBuild: {
        authorize: (input: sdk.StopBuildCommandInput) => ofBuild('codebuild:StopBuild', [String(input.id)]),
        handle: (input: sdk.StopBuildCommandInput) => ({ build: this.stopBuild(String(input.id)) }),
      },
    };
  }

  providers(): ResourceProvider[] {
    const put = (resource: ResolvedResource, name: string) => {
      this.projects.set(name, readProject(name, resource));
      return { ref: name, attributes: { Arn: this.projectArn(name), Id: name } };
    };
    return [
      {
        type: 'AWS::CodeBuild::Project',
        create: (resource) => put(resource, resource.properties.Name ?? `${resource.logicalId}-${this.context.random.hex(12)}`),
        update: put,
        delete: (name) => void this.projects.delete(name),
      },
    ];
  }

  /** Starts a build; it goes on as an actor. @returns it as it is now */
  startBuild(input: sdk.StartBuildCommandInput): sdk.Build {
    const unknown = Object.entries(input).flatMap(([name, value]) => (value === undefined || INPUT.includes(name) ? [] : [name]));
    if (unknown.length > 0)
      throw new AwsError('InvalidInputException', `StartBuild: the lab does not know ${unknown.join(', ')}; it knows ${INPUT.join(', ')}`);
    const name = projectOf(input.projectName ?? '');
    const project = this.projects.get(name);
    if (project === undefined) throw new AwsError('ResourceNotFoundException', `Project cannot be found: ${this.projectArn(name)}`);
    const id = `${name}:${this.context.random.uuid()}`;
    const record = this.record(id, project, input);
    this.builds.set(id, record);
    this.announce(record);
    return buildOf(record);
  }

  /** Resolves with the build when it has ended: await it through the clock's `waitFor`. */
  async waitForBuild(id: string): Promise<sdk.Build> {
    const record = this.find(id);
    await record.done;
    return buildOf(record);
  }

  stopBuild(id: string): sdk.Build {
    const record = this.find(id);
    record.run.stop();
    return buildOf(record);
  }

  /** What the commands of a build printed; empty until it has ended. */
  logOf(id: string): string {
    return this.find(id).run.log;
  }

  private record(id: string, project: Project, input: sdk.StartBuildCommandInput): BuildRecord {
    const { clock, random, speed } = this.context;
    const number = 1 + [...this.builds.values()].filter((build) => build.project.name === project.name).length;
    const variables = { ...project.variables, ...overrides(input.environmentVariablesOverride) };
    const sourceVersion = input.sourceVersion ?? project.sourceVersion;
    const identity = { id, arn: this.buildArn(id), projectArn: this.projectArn(project.name), number, sourceVersion };
    const run = new BuildRun(clock, {
      repository: this.repository(project.location),
      location: project.location,
      sourceVersion,
      buildspec: project.buildspec,
      environment: { ...variables, ...buildEnvironment(this.context, project, identity) },
      timeoutMs: project.timeoutMinutes * 60_000,
      charge: async () => {
        if (speed === 'simulated') await clock.sleep(random.between(...PHASE_MS));
      },
    });
    let finish = () => {};
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const record: BuildRecord = {
      id,
      arn: identity.arn,
      number,
      project,
      input,
      variables,
      run,
      startedAt: clock.now(),
      status: 'IN_PROGRESS',
      done,
    };
    clock.spawn(`build ${id}`, async () => {
      await this.carryOut(record);
      finish();
    });
    return record;
  }

  private async carryOut(record: BuildRecord): Promise<void> {
    const { clock, random } = this.context;
    const { run, project } = record;
    await run.phase('SUBMITTED', async () => {});
    await run.phase('QUEUED', async () => {});
    await run.phase('PROVISIONING', () => clock.sleep(random.between(...PROVISIONING_MS)));
    const credentials = new ContainerCredentials(
      project.roleArn,
      new RotatingCredentials(project.roleArn, clock, this.dependencies.credentials),
    );
    const container = { AWS_CONTAINER_CREDENTIALS_FULL_URI: await credentials.start(), AWS_ENDPOINT_URL: this.dependencies.endpoint() };
    try {
      record.status = await run.run(container);
    } finally {
      await credentials.stop();
    }
    record.endedAt = clock.now();
    this.announce(record);
  }

  private batchGetBuilds({ ids = [] }: sdk.BatchGetBuildsCommandInput): { builds: sdk.Build[]; buildsNotFound: string[] } {
    if (ids.length < 1 || ids.length > 100) throw new AwsError('InvalidInputException', `'ids' must hold 1 to 100 ids, got ${ids.length}`);
    const found = ids.map((id) => this.builds.get(buildId(id)));
    return {
      builds: found.flatMap((record) => (record === undefined ? [] : [buildOf(record)])),
      buildsNotFound: ids.filter((_, index) => found[index] === undefined),
    };
  }

  private find(id: string): BuildRecord {
    const record = this.builds.get(buildId(id));
    if (record === undefined) throw new AwsError('ResourceNotFoundException', `Build cannot be found: ${id}`);
    return record;
  }

  private repository(location: string): string | undefined {
    const plain = (url: string) => url.replace(/\.git$/, '');
    return Object.entries(this.dependencies.repositories).find(([url]) => plain(url) === plain(location))?.[1];
  }

  private announce({ arn: resource, project, status, run }: BuildRecord): void {
    this.context.events.emit({
      source: 'aws.codebuild',
      'detail-type': 'CodeBuild Build State Change',
      resources: [resource],
      detail: {
        'build-status': status,
        'project-name': project.name,
        'build-id': resource,
        'current-phase': run.phases.at(-1)?.type ?? 'SUBMITTED',
      },
    });
  }

  private projectArn(name: string): string {
    return arn(this.context, 'codebuild', `project/${name}`);
  }

  private buildArn(id: string): string {
    return arn(this.context, 'codebuild', `build/${id}`);
  }
}

function overrides(given: sdk.EnvironmentVariable[] = []): Record<string, string> {
  return Object.fromEntries(
    given.map(({ name, value, type = 'PLAINTEXT' }) => {
      if (type !== 'PLAINTEXT')
        throw new AwsError('InvalidInputException', `the type of ${name} must be PLAINTEXT in the lab, got ${type}`);
      return [String(name), String(value)];
    }),
  );
}

function buildId(idOrArn: string): string {
  return idOrArn.replace(/^arn:.*:build\//, '');
}

/** The project of a build id or ARN, or of a project's own name or ARN. */
function projectOf(idOrArn: string): string {
  return idOrArn.replace(/^arn:.*:(build|project)\//, '').split(':')[0];
}
