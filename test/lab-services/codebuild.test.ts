import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Build, StartBuildCommandInput } from '@aws-sdk/client-codebuild';
import { ScaledClock } from '../../lab/clock/scaled-clock';
import { VirtualClock } from '../../lab/clock/virtual-clock';
import { EventBus, type LabEvent } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { Call } from '../../lab/kernel/service';
import { CodeBuildService } from '../../lab/services/codebuild/codebuild-service';

const CALL: Call = { principal: { kind: 'operator', arn: 'operator' }, requestId: 'r', headers: {} };
const LOCATION = 'https://github.com/example/shop.git';

let repository: string;
let output: string;
let events: LabEvent[];
const clocks: { stop(): void }[] = [];

beforeAll(() => {
  repository = mkdtempSync(path.join(tmpdir(), 'asg-canary-test-'));
  output = path.join(repository, 'output');
  const git = (...words: string[]) => execFileSync('git', ['-C', repository, ...words], { stdio: 'pipe' });
  git('init', '--quiet', '--initial-branch=main');
  git('config', 'user.name', 'Test');
  git('config', 'user.email', 'test@localhost');
  git('config', 'commit.gpgsign', 'false');
  for (const word of ['one', 'two']) {
    writeFileSync(path.join(repository, 'word'), word);
    git('add', 'word');
    git('commit', '--quiet', '--message', word);
    git('tag', `v-${word}`);
  }
  mkdirSync(output);
});

afterAll(() => rmSync(repository, { recursive: true }));

afterEach(() => {
  for (const clock of clocks.splice(0)) clock.stop();
});

interface Lab {
  readonly codebuild: CodeBuildService;
  readonly clock: VirtualClock | ScaledClock;
}

function lab(phases: object, more: { env?: object; timeout?: number; live?: boolean; properties?: object } = {}): Lab {
  const start = new Date('2026-01-01T00:00:00Z');
  const clock = more.live
    ? new ScaledClock(start, 600, (error) => {
        throw error;
      })
    : new VirtualClock(start);
  clocks.push(clock);
  events = [];
  const bus = new EventBus();
  bus.subscribe((event) => events.push(event));
  const codebuild = new CodeBuildService(
    { clock, random: new Random(1), region: 'eu-west-1', account: '123456789012', speed: more.live ? 'live' : 'simulated', events: bus },
    {
      credentials: { issueKey: (roleArn) => ({ accessKeyId: 'ASIA', secretAccessKey: roleArn, sessionToken: 'token' }) },
      endpoint: () => 'http://127.0.0.1:9',
      repositories: { 'https://github.com/example/shop': repository },
    },
  );
  codebuild.providers()[0].create({
    logicalId: 'Project',
    type: 'AWS::CodeBuild::Project',
    properties: {
      Name: 'build',
      ServiceRole: 'arn:aws:iam::123456789012:role/build',
      Source: {
        Type: 'GITHUB',
        Location: LOCATION,
        BuildSpec: JSON.stringify({ version: '0.2', env: { shell: 'bash', ...more.env }, phases }),
      },
      Artifacts: { Type: 'NO_ARTIFACTS' },
      Environment: { Image: 'aws/codebuild/standard:7.0', EnvironmentVariables: [{ Name: 'OUT', Type: 'PLAINTEXT', Value: output }] },
      TimeoutInMinutes: more.timeout ?? 5,
      ...more.properties,
    },
  });
  return { codebuild, clock };
}

async function build({ codebuild, clock }: Lab, input: Partial<StartBuildCommandInput> = {}): Promise<Build> {
  return clock.run(async () => {
    const { id } = codebuild.startBuild({ projectName: 'build', sourceVersion: 'v-one', ...input });
    return clock.waitFor(codebuild.waitForBuild(id!));
  });
}

const written = () => readFileSync(path.join(output, 'file'), 'utf8');
const statuses = (done: Build) => Object.fromEntries((done.phases ?? []).map((phase) => [phase.phaseType, phase.phaseStatus]));
const context = (done: Build, phase: string) => done.phases?.find(({ phaseType }) => phaseType === phase)?.contexts?.[0];

test('a build runs its commands in one shell in a fresh clone at the ref', async () => {
  const phases = {
    install: { 'runtime-versions': { nodejs: 22 } },
    pre_build: { commands: ['mkdir dist', 'cd dist', 'plain=kept\nexport EXPORTED=also'] },
    build: { commands: ['printf "%s %s %s" "$(cat ../word)" "$plain" "$EXPORTED" >"$OUT/file"'] },
    post_build: { commands: ['printf " %s %s %s" "$WORD" "$RELEASE_ID" "$CODEBUILD_RESOLVED_SOURCE_VERSION" >>"$OUT/file"'] },
  };
  const done = await build(lab(phases, { env: { variables: { WORD: 'default', RELEASE_ID: 'none' } } }), {
    environmentVariablesOverride: [{ name: 'RELEASE_ID', value: 'r-1' }],
  });
  expect(done).toMatchObject({
    buildStatus: 'SUCCEEDED',
    buildComplete: true,
    currentPhase: 'COMPLETED',
    projectName: 'build',
    sourceVersion: 'v-one',
  });
  const commit = execFileSync('git', ['-C', repository, 'rev-parse', 'v-one'], { encoding: 'utf8' }).trim();
  expect(done.resolvedSourceVersion).toBe(commit);
  expect(written()).toBe(`one kept also default r-1 ${commit}`);
  expect(Object.keys(statuses(done))).toEqual([
    'SUBMITTED',
    'QUEUED',
    'PROVISIONING',
    'DOWNLOAD_SOURCE',
    'INSTALL',
    'PRE_BUILD',
    'BUILD',
    'POST_BUILD',
    'UPLOAD_ARTIFACTS',
    'FINALIZING',
    'COMPLETED',
  ]);
  expect((done.endTime!.getTime() - done.startTime!.getTime()) / 1000).toBeGreaterThan(25);
  expect(events.map(({ detail }) => detail['build-status'])).toEqual(['IN_PROGRESS', 'SUCCEEDED']);
});

test.each([
  ['v-two', 'two'],
  ['main', 'two'],
  ['refs/tags/v-one', 'one'],
  ['refs/heads/main', 'two'],
  ['', 'two'],
])('the ref may be a tag, a branch or nothing: %s', async (sourceVersion, expected) => {
  await build(lab({ build: { commands: ['cp word "$OUT/file"'] } }), { sourceVersion });
  expect(written()).toBe(expected);
});

test.each(['v-nine', '--upload-pack=touch', 'v-one; true'])(
  'an unknown ref fails the download of the source: %s',
  async (sourceVersion) => {
    const done = await build(lab({ build: { commands: ['true'] } }), { sourceVersion });
    expect(done.buildStatus).toBe('FAILED');
    expect(statuses(done)).toMatchObject({ DOWNLOAD_SOURCE: 'FAILED', FINALIZING: 'SUCCEEDED' });
    expect(statuses(done)).not.toHaveProperty('BUILD');
    expect(context(done, 'DOWNLOAD_SOURCE')).toEqual({
      statusCode: 'CLIENT_ERROR',
      message: `reference not found for primary source and source version ${sourceVersion}`,
    });
  },
);

test('an unknown repository fails the download of the source', async () => {
  const properties = {
    Source: { Type: 'GITHUB', Location: 'https://github.com/a/b.git', BuildSpec: '{"version":"0.2","env":{"shell":"bash"},"phases":{}}' },
  };
  const done = await build(lab({}, { properties }));
  expect(context(done, 'DOWNLOAD_SOURCE')?.message).toBe('repository not found for primary source https://github.com/a/b.git');
});

test.each(['exit 3', 'false\n(exit 3)', 'set -e; (exit 3); true'])(
  'a failing command is named in the phase, and POST_BUILD still runs: %s',
  async (command) => {
    const phases = {
      pre_build: { commands: ['cd /', 'export KEPT=yes'] },
      build: { commands: [command, 'echo never >"$OUT/file"'], finally: ['echo "$PWD" >"$OUT/file"'] },
      post_build: { commands: ['echo "$KEPT $CODEBUILD_BUILD_SUCCEEDING" >>"$OUT/file"'] },
    };
    const done = await build(lab(phases));
    expect(done.buildStatus).toBe('FAILED');
    expect(statuses(done)).toMatchObject({ PRE_BUILD: 'SUCCEEDED', BUILD: 'FAILED', POST_BUILD: 'SUCCEEDED' });
    expect(context(done, 'BUILD')).toEqual({
      statusCode: 'COMMAND_EXECUTION_ERROR',
      message: `Error while executing command: ${command}. Reason: exit status 3`,
    });
    expect(written()).toBe('/\nyes 0\n');
  },
);

test.each([
  ['pre_build', undefined, ['PRE_BUILD']],
  ['pre_build', 'CONTINUE', ['PRE_BUILD', 'BUILD', 'POST_BUILD']],
  ['build', 'ABORT', ['PRE_BUILD', 'BUILD']],
])('after a failure in %s with on-failure %s these phases ran: %j', async (phase, onFailure, expected) => {
  const commands = (name: string) => ({ commands: [`echo ${name} >>"$OUT/phases"`, ...(name === phase ? ['false'] : [])] });
  const done = await build(
    lab({
      build: commands('build'),
      [phase]: { ...commands(phase), ...(onFailure && { 'on-failure': onFailure }) },
      post_build: commands('post'),
    }),
  );
  expect(done.buildStatus).toBe('FAILED');
  expect(Object.keys(statuses(done)).filter((name) => ['PRE_BUILD', 'BUILD', 'POST_BUILD'].includes(name))).toEqual(expected);
});

test('a build has the tools of the machine, but no aws, and a home of its own that is removed', async () => {
  await build(lab({ build: { commands: ['printf "%s" "$(command -v aws || echo none) $(command -v tar) $HOME" >"$OUT/file"'] } }));
  const [aws, tar, home] = written().split(' ');
  expect(aws).toBe('none');
  expect(tar).toMatch(/\/tar$/);
  expect(home).toContain('asg-canary-build-');
  expect(existsSync(home)).toBe(false);
});

test('a build gets the credentials of its role over HTTP, and the wire as its endpoint', async () => {
  const fetch =
    'curl -qfsS "$AWS_CONTAINER_CREDENTIALS_FULL_URI" >"$OUT/file"; echo " $AWS_ENDPOINT_URL" >>"$OUT/file"; curl -qsS -o /dev/null -w "%{http_code}" "${AWS_CONTAINER_CREDENTIALS_FULL_URI%/*}/guess" >>"$OUT/file"';
  await build(lab({ build: { commands: [fetch] } }));
  const [json, endpoint] = written().split(' ');
  expect(JSON.parse(json)).toMatchObject({ RoleArn: 'arn:aws:iam::123456789012:role/build', AccessKeyId: 'ASIA', Token: 'token' });
  expect(endpoint).toBe('http://127.0.0.1:9\n404');
});

test('exported variables can be read from the build', async () => {
  const done = await build(lab({ build: { commands: ['export ANSWER=42'] } }, { env: { 'exported-variables': ['ANSWER', 'NOTHING'] } }));
  expect(done.exportedEnvironmentVariables).toEqual([
    { name: 'ANSWER', value: '42' },
    { name: 'NOTHING', value: '' },
  ]);
});

test('what the commands printed is in the log', async () => {
  const { codebuild, clock } = lab({ build: { commands: ['echo printed; echo complaint >&2'] } });
  const { id } = await build({ codebuild, clock });
  expect(codebuild.logOf(id!)).toBe('[Container] Running command echo printed; echo complaint >&2\nprinted\ncomplaint\n');
});

describe('at live speed', () => {
  test('the time-out is real and ends everything', async () => {
    const phases = { build: { commands: ['sleep 60 & echo $! >"$OUT/file"; sleep 60'] }, post_build: { commands: ['true'] } };
    const started = Date.now();
    const done = await build(lab(phases, { live: true, timeout: 0.01 }));
    expect(Date.now() - started).toBeLessThan(5000);
    expect(done.buildStatus).toBe('TIMED_OUT');
    expect(context(done, 'BUILD')).toEqual({ statusCode: 'BUILD_TIMED_OUT', message: 'Build has timed out. ' });
    expect(runs(written().trim())).toBe(false);
  });

  test('a build can be stopped', async () => {
    const { codebuild, clock } = lab({ build: { commands: ['sleep 60'] } }, { live: true });
    const { id } = codebuild.startBuild({ projectName: 'build', sourceVersion: 'v-one' });
    while ((await codebuild.operations.BatchGetBuilds.handle({ ids: [id] }, CALL)).builds[0].currentPhase !== 'BUILD')
      await clock.sleep(30_000);
    await codebuild.operations.StopBuild.handle({ id }, CALL);
    const done = await codebuild.waitForBuild(id!);
    expect(done.buildStatus).toBe('STOPPED');
    expect(statuses(done)).toMatchObject({ BUILD: 'STOPPED' });
    expect(statuses(done)).not.toHaveProperty('POST_BUILD');
  });
});

test('operations ask IAM for the project', () => {
  const { codebuild } = lab({});
  const resource = 'arn:aws:codebuild:eu-west-1:123456789012:project/build';
  const asked = (operation: string, input: object) => codebuild.operations[operation].authorize(input, CALL);
  expect(asked('StartBuild', { projectName: 'build' })).toEqual([{ action: 'codebuild:StartBuild', resource }]);
  expect(asked('BatchGetBuilds', { ids: ['build:1'] })).toEqual([{ action: 'codebuild:BatchGetBuilds', resource }]);
  expect(asked('StopBuild', { id: 'arn:aws:codebuild:eu-west-1:123456789012:build/build:1' })).toEqual([
    { action: 'codebuild:StopBuild', resource },
  ]);
});

test('builds that are not there are told apart', async () => {
  const { codebuild } = lab({});
  expect(await codebuild.operations.BatchGetBuilds.handle({ ids: ['build:none'] }, CALL)).toEqual({
    builds: [],
    buildsNotFound: ['build:none'],
  });
  expect(() => codebuild.startBuild({ projectName: 'other' })).toThrow('Project cannot be found');
  expect(() => codebuild.startBuild({ projectName: 'build', buildspecOverride: '{}' })).toThrow('does not know buildspecOverride');
});

test.each([
  ['a buildspec must be inline JSON', 'version: 0.2'],
  ["'version' must be", '{"version":"0.1","phases":{}}'],
  ["'shell' must be bash", '{"version":"0.2","phases":{}}'],
  ['does not know artifacts', '{"version":"0.2","env":{"shell":"bash"},"phases":{},"artifacts":{}}'],
  ['does not know secrets-manager', '{"version":"0.2","env":{"shell":"bash","secrets-manager":{}},"phases":{}}'],
  ['does not know run-as', '{"version":"0.2","env":{"shell":"bash"},"phases":{"build":{"run-as":"root"}}}'],
  ["'on-failure' must be", '{"version":"0.2","env":{"shell":"bash"},"phases":{"build":{"on-failure":"RETRY"}}}'],
  ['must be a list of strings', '{"version":"0.2","env":{"shell":"bash"},"phases":{"build":{"commands":"make"}}}'],
])('a buildspec that the lab cannot run is refused when the project is created: %s', (message, BuildSpec) => {
  expect(() => lab({}, { properties: { Source: { Type: 'GITHUB', Location: LOCATION, BuildSpec } } })).toThrow(message);
});

test.each([
  ['Source.Type', { Source: { Type: 'S3', Location: 'bucket/key' } }],
  ['Artifacts.Type', { Artifacts: { Type: 'S3' } }],
  [
    'Type of the variable TOKEN',
    { Environment: { Image: 'i', EnvironmentVariables: [{ Name: 'TOKEN', Type: 'SECRETS_MANAGER', Value: 'x' }] } },
  ],
  ['does not know the properties FileSystemLocations', { FileSystemLocations: [] }],
])('a project that the lab cannot build is refused: %s', (message, properties) => {
  expect(() => lab({}, { properties })).toThrow(message);
});

/** Whether a process runs; one that is dead but not yet collected does not. */
function runs(pid: string): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
