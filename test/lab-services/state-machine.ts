import type { StatusType } from '@aws-sdk/client-codebuild';
import type { LabEvent } from '../../lab/kernel/event-bus';
import type { Principal } from '../../lab/kernel/service';
import type { InvokeOutcome } from '../../lab/services/lambda';
import { type BuildStarter, StepFunctionsService } from '../../lab/services/stepfunctions';
import { FakeIam, OPERATOR, Stack, simulated } from './lab';

export const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:work:3';
export const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:m';
export const PROJECT = 'arn:aws:codebuild:eu-west-1:111122223333:project/p';
export const RULE = 'arn:aws:events:eu-west-1:111122223333:rule/StepFunctionsGetEventForCodeBuildStartBuildRule';
export const CALL = { principal: OPERATOR, requestId: 'r', headers: {} };

type Lambda = (arn: string, payload: unknown, caller: Principal) => InvokeOutcome | Promise<InvokeOutcome>;

/** A service with these functions and builds, and with state machine `m` created of the definition. */
export async function machine(
  definition: object,
  {
    lambda = () => ({ payload: 'ok' }),
    codeBuild = builds(),
    iam = new FakeIam(),
    properties = {},
  }: { lambda?: Lambda; codeBuild?: BuildStarter; iam?: FakeIam; properties?: object } = {},
) {
  const context = simulated();
  const queued: unknown[] = [];
  const service = new StepFunctionsService(context, {
    iam,
    codeBuild,
    lambda: {
      invoke: async (arn, payload, caller) => lambda(arn, payload, caller),
      invokeAsync: (arn, payload) => void queued.push([arn, payload]),
    },
  });
  const events: LabEvent[] = [];
  context.events.subscribe((event) => events.push(event));
  const stack = new Stack(service);
  await stack.create('AWS::StepFunctions::StateMachine', 'M', {
    StateMachineName: 'm',
    DefinitionString: JSON.stringify(definition),
    RoleArn: 'arn:machine-role',
    ...properties,
  });
  const run = (input: unknown = {}, name = 'e') =>
    context.clock.run(() => context.clock.waitFor(service.waitForExecution(service.startExecution(MACHINE, input, name).executionArn)));
  const wire = (operation: string, input: object) => context.clock.run(async () => service.operations[operation].handle(input, CALL));
  return { service, stack, clock: context.clock, run, wire, events, queued };
}

/** CodeBuild with one build, which ends with the status when `end` is called. */
class FakeBuilds implements BuildStarter {
  readonly started: unknown[] = [];
  readonly stopped: string[] = [];
  end = () => {};
  private readonly ended = new Promise<void>((resolve) => {
    this.end = resolve;
  });

  constructor(private readonly buildStatus: StatusType) {}

  startBuild(input: object) {
    this.started.push(input);
    return { id: 'p:1', buildStatus: 'IN_PROGRESS' as const, startTime: new Date(5) };
  }

  async waitForBuild() {
    await this.ended;
    return { id: 'p:1', buildStatus: this.buildStatus, phases: [{ phaseType: 'BUILD' as const, contexts: [{ message: 'exit 3' }] }] };
  }

  stopBuild(id: string) {
    this.stopped.push(id);
    return { id };
  }
}

export const builds = (buildStatus: StatusType = 'SUCCEEDED') => new FakeBuilds(buildStatus);

export const one = (fields: object) => ({ StartAt: 'T', States: { T: { Type: 'Task', End: true, ...fields } } });
export const direct = one({ Resource: FUNCTION });
export const optimized = (parameters: object = {}) =>
  one({ Resource: 'arn:aws:states:::lambda:invoke', Parameters: { FunctionName: FUNCTION, 'Payload.$': '$', ...parameters } });
export const building = (fields: object = {}) =>
  one({
    Resource: 'arn:aws:states:::codebuild:startBuild.sync',
    Parameters: { ProjectName: 'p', EnvironmentVariablesOverride: [{ Name: 'REF', 'Value.$': '$.ref', Type: 'PLAINTEXT' }] },
    ...fields,
  });
export const waiting = { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 600, End: true } } };
