import type { Build, StartBuildCommandInput } from '@aws-sdk/client-codebuild';
import type { Clock } from '../../clock/clock';
import type { LabContext } from '../../kernel/context';
import { type AccessRequest, AwsError, type Principal } from '../../kernel/service';
import { draw } from '../../states/durations';
import { DefinitionError, Failure } from '../../states/failure';
import { isObject, type Json, type JsonObject } from '../../states/json';
import type { Integration, RunningTask } from '../../states/model';
import type { InvokeOutcome } from '../lambda';
import { toCamelCase, toPascalCase } from './letter-case';

/** CodeBuild, as far as `startBuild.sync` needs it. */
export interface BuildStarter {
  startBuild(input: StartBuildCommandInput): Build;
  /** A promise that CodeBuild's own actor resolves when the build has ended; the caller waits for it with `clock.waitFor`. */
  waitForBuild(buildId: string): Promise<Build>;
  stopBuild(buildId: string): Build;
}

/** The services that tasks call. */
export interface TaskServices {
  readonly lambda: {
    invoke(arnOrName: string, payload: unknown, caller: Principal): Promise<InvokeOutcome>;
    invokeAsync(arnOrName: string, payload: unknown, caller: Principal): void;
  };
  readonly codeBuild: BuildStarter;
  readonly iam: {
    check(principal: Principal, requests: readonly AccessRequest[]): void;
    /** @throws AwsError AccessDenied where the role does not trust the service */
    assume(roleArn: string, service: string): Principal;
  };
}

/** Resource of the CodeBuild integration. */
export const START_BUILD_SYNC = 'arn:aws:states:::codebuild:startBuild.sync';

/**
 * What the resource of a Task does, as the state machine's role.
 *
 * @throws DefinitionError for resources and parameters that the lab does not support
 */
export function integrationOf(
  context: LabContext,
  services: TaskServices,
  role: Principal,
  resource: string,
  parameters: Json | undefined,
): Integration {
  if (/^arn:aws:lambda:[^:]+:\d+:function:[^:]+(:[^:]+)?$/.test(resource)) {
    return { events: { kind: 'function' }, run: (input) => invoke(services, role, resource, input) };
  }
  if (resource === 'arn:aws:states:::lambda:invoke') {
    only(parameters, ['FunctionName', 'Payload', 'Qualifier', 'InvocationType'], 'FunctionName');
    const run = (input: Json) => invokeWithMetadata(context, services, role, input as JsonObject);
    return { events: { kind: 'service', resourceType: 'lambda', resource: 'invoke' }, run };
  }
  if (resource === START_BUILD_SYNC) {
    only(parameters, ['ProjectName', 'SourceVersion', 'EnvironmentVariablesOverride'], 'ProjectName');
    const run = (input: Json, task: RunningTask) => build(context, services, role, input as JsonObject, task);
    return { events: { kind: 'service', resourceType: 'codebuild', resource: 'startBuild.sync' }, run };
  }
  throw new DefinitionError(
    `the lab does not support the resource '${resource}'; it knows Lambda functions, arn:aws:states:::lambda:invoke and ${START_BUILD_SYNC}`,
  );
}

function only(parameters: Json | undefined, known: readonly string[], required: string): void {
  if (!isObject(parameters)) throw new DefinitionError(`'Parameters' must be an object, got ${JSON.stringify(parameters)}`);
  const names = Object.keys(parameters).map((name) => name.replace(/\.\$$/, ''));
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new DefinitionError(`the lab does not support the parameter '${unknown}'`);
  if (!names.includes(required)) throw new DefinitionError(`'Parameters' must have '${required}'`);
}

async function invoke({ lambda }: TaskServices, role: Principal, functionName: string, payload: Json): Promise<Json> {
  let outcome: InvokeOutcome;
  try {
    outcome = await lambda.invoke(functionName, payload, role);
  } catch (error) {
    throw serviceFailure('Lambda', error);
  }
  if (!('error' in outcome)) return outcome.payload as Json;
  const { errorMessage, errorType, trace } = outcome.error;
  throw new Failure(errorType, JSON.stringify({ errorMessage, errorType, ...(trace && { trace }) }));
}

/** The optimized integration answers as the Invoke API does, around the payload. */
async function invokeWithMetadata(context: LabContext, services: TaskServices, role: Principal, parameters: JsonObject): Promise<Json> {
  const { FunctionName, Qualifier, Payload, InvocationType } = parameters;
  const name = Qualifier === undefined ? String(FunctionName) : `${FunctionName}:${Qualifier}`;
  const metadata = (StatusCode: number) => ({
    SdkHttpMetadata: { HttpStatusCode: StatusCode },
    SdkResponseMetadata: { RequestId: context.random.uuid() },
    StatusCode,
  });
  if (InvocationType === 'Event') {
    try {
      services.lambda.invokeAsync(name, Payload ?? {}, role);
    } catch (error) {
      throw serviceFailure('Lambda', error);
    }
    return metadata(202);
  }
  const payload = await invoke(services, role, name, Payload ?? {});
  const version = /:function:[^:]+:(\d+)$/.exec(name)?.[1] ?? '$LATEST';
  return { ExecutedVersion: version, Payload: payload, ...metadata(200) };
}

async function build(
  context: LabContext,
  services: TaskServices,
  role: Principal,
  parameters: JsonObject,
  task: RunningTask,
): Promise<Json> {
  const { clock } = context;
  const { codeBuild } = services;
  const project = `arn:aws:codebuild:${context.region}:${context.account}:project/${parameters.ProjectName}`;
  const check = (action: string) => services.iam.check(role, [{ action, resource: project }]);
  try {
    check('codebuild:StartBuild');
    const started = codeBuild.startBuild(toCamelCase(parameters) as unknown as StartBuildCommandInput);
    const id = String(started.id);
    task.submitted({ Build: toPascalCase(started) });
    task.onAbandoned(() => stopBuild(clock, () => check('codebuild:StopBuild'), codeBuild, id));
    const ended = await clock.waitFor(codeBuild.waitForBuild(id));
    if (context.speed === 'simulated') await clock.sleep(draw('jobNotice', context.random));
    check('codebuild:BatchGetBuilds');
    const output: Json = { Build: toPascalCase(ended) };
    if (ended.buildStatus !== 'SUCCEEDED') throw new Failure('States.TaskFailed', JSON.stringify(output));
    return output;
  } catch (error) {
    throw serviceFailure('CodeBuild', error);
  }
}

/** Best effort, as Step Functions does where a `.sync` task is abandoned. */
function stopBuild(clock: Clock, check: () => void, codeBuild: BuildStarter, id: string): void {
  clock.spawn(`stop build ${id}`, async () => {
    try {
      check();
      codeBuild.stopBuild(id);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
    }
  });
}

/** How Step Functions names the error of an AWS service; one that it has no name for is the service's general exception. */
function serviceFailure(service: 'Lambda' | 'CodeBuild', error: unknown): unknown {
  if (!(error instanceof AwsError)) return error;
  const name = error.code.startsWith('AccessDenied') ? `AWS${service}Exception` : error.code;
  return new Failure(`${service}.${name}`, `${error.message} (Service: ${service}, Error Code: ${error.code})`);
}
