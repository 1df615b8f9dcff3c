import { AwsError } from '../../lab/kernel/service';
import { FakeIam, UNTRUSTING } from './lab';
import { building, builds, direct, FUNCTION, MACHINE, machine, one, optimized, PROJECT, RULE } from './state-machine';

describe('functions', () => {
  test('by their ARN: called as the machine role, with the state input, giving the result', async () => {
    const calls: unknown[] = [];
    const { run } = await machine(direct, {
      lambda: (arn, payload, caller) => ({ payload: { calls: calls.push([arn, payload, caller]) } }),
    });

    expect(await run({ a: 1 })).toMatchObject({ status: 'SUCCEEDED', output: '{"calls":1}' });
    expect(calls).toEqual([[FUNCTION, { a: 1 }, { kind: 'role', arn: 'arn:machine-role' }]]);
  });

  test('by lambda:invoke: the answer of the API around the payload', async () => {
    const { run, service } = await machine(optimized());

    const { output, executionArn } = await run();

    expect(JSON.parse(output as string)).toEqual({
      ExecutedVersion: '3',
      Payload: 'ok',
      StatusCode: 200,
      SdkHttpMetadata: { HttpStatusCode: 200 },
      SdkResponseMetadata: { RequestId: expect.any(String) },
    });
    expect(
      service
        .history(executionArn)
        .map(({ type }) => type)
        .slice(2, 5),
    ).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSucceeded']);
  });

  test('by lambda:invoke as an event: nobody waits', async () => {
    const { run, queued } = await machine(optimized({ InvocationType: 'Event' }));

    expect(JSON.parse((await run(5)).output as string)).toMatchObject({ StatusCode: 202 });
    expect(queued).toEqual([[FUNCTION, 5]]);
  });

  test('an error of the function is named by its type, with a JSON cause', async () => {
    const error = { errorType: 'Refused', errorMessage: 'no', trace: ['Refused: no'] };
    const { run } = await machine(direct, { lambda: () => ({ error }) });

    const ended = await run();

    expect(ended).toMatchObject({ status: 'FAILED', error: 'Refused' });
    expect(JSON.parse(ended.cause as string)).toEqual({ errorMessage: 'no', errorType: 'Refused', trace: ['Refused: no'] });
  });

  test.each([
    ['TooManyRequestsException', 'Lambda.TooManyRequestsException'],
    ['AccessDenied', 'Lambda.AWSLambdaException'],
  ])('%s of the service is %s', async (code, error) => {
    const { run } = await machine(direct, {
      lambda: () => {
        throw new AwsError(code, 'said so');
      },
    });

    expect(await run()).toMatchObject({ status: 'FAILED', error, cause: expect.stringContaining('said so') });
  });
});

describe('startBuild.sync', () => {
  test('starts the build, submits, waits for its end and gives it in PascalCase', async () => {
    const codeBuild = builds();
    const { run, service, clock } = await machine(building(), { codeBuild });
    clock.after(3_600_000, 'end of build', codeBuild.end);

    const { output, executionArn, startDate, stopDate } = await run({ ref: 'v2' });

    expect(codeBuild.started).toEqual([
      { projectName: 'p', environmentVariablesOverride: [{ name: 'REF', value: 'v2', type: 'PLAINTEXT' }] },
    ]);
    expect(JSON.parse(output as string)).toEqual({
      Build: { Id: 'p:1', BuildStatus: 'SUCCEEDED', Phases: [{ PhaseType: 'BUILD', Contexts: [{ Message: 'exit 3' }] }] },
    });
    expect(
      service
        .history(executionArn)
        .map(({ type }) => type)
        .slice(2, 6),
    ).toEqual(['TaskScheduled', 'TaskStarted', 'TaskSubmitted', 'TaskSucceeded']);
    expect(service.history(executionArn)[4]).toMatchObject({
      taskSubmittedEventDetails: { output: '{"Build":{"Id":"p:1","BuildStatus":"IN_PROGRESS","StartTime":5}}' },
    });
    expect((stopDate as Date).getTime() - startDate.getTime()).toBeGreaterThan(3_600_000);
  });

  test('a failed build is States.TaskFailed, with the build as its cause', async () => {
    const codeBuild = builds('FAILED');
    const { run, clock } = await machine(building(), { codeBuild });
    clock.after(1_000, 'end of build', codeBuild.end);

    const ended = await run({ ref: 'v2' });

    expect(ended).toMatchObject({ status: 'FAILED', error: 'States.TaskFailed' });
    expect(JSON.parse(ended.cause as string).Build.Phases[0].Contexts[0].Message).toBe('exit 3');
  });

  test('a build that nobody waits for any more is stopped', async () => {
    const codeBuild = builds();
    const { run } = await machine(building({ TimeoutSeconds: 60 }), { codeBuild });

    expect(await run({ ref: 'v2' })).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
    expect(codeBuild.stopped).toEqual(['p:1']);
  });

  test('needs the rule that Step Functions manages when the machine is created', async () => {
    const iam = new FakeIam([`events:PutTargets ${RULE}`, `events:PutRule ${RULE}`]);

    await expect(machine(building(), { iam })).rejects.toThrow(
      /'arn:machine-role' is not authorized to create managed-rule.*events:DescribeRule/,
    );
    await expect(machine(direct, { iam })).resolves.toBeDefined();
  });

  test.each(['codebuild:StartBuild', 'codebuild:BatchGetBuilds'])('needs %s on the project', async (missing) => {
    const rule = ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'].map((action) => `${action} ${RULE}`);
    const project = ['codebuild:StartBuild', 'codebuild:BatchGetBuilds', 'codebuild:StopBuild']
      .filter((action) => action !== missing)
      .map((action) => `${action} ${PROJECT}`);
    const codeBuild = builds();
    const { run, clock } = await machine(building(), { codeBuild, iam: new FakeIam([...rule, ...project]) });
    clock.after(1_000, 'end of build', codeBuild.end);

    expect(await run({ ref: 'v2' })).toMatchObject({
      status: 'FAILED',
      error: 'CodeBuild.AWSCodeBuildException',
      cause: expect.stringContaining(missing),
    });
  });
});

describe('the state machine', () => {
  test.each([
    [
      'an unknown resource',
      one({ Resource: 'arn:aws:states:::sns:publish', Parameters: {} }),
      /state 'T': 'Resource': the lab does not support the resource 'arn:aws:states:::sns:publish'/,
    ],
    ['an unknown parameter', optimized({ ClientContext: 'x' }), /does not support the parameter 'ClientContext'/],
    [
      'a missing parameter',
      one({ Resource: 'arn:aws:states:::lambda:invoke', Parameters: { Payload: 1 } }),
      /'Parameters' must have 'FunctionName'/,
    ],
  ])('refuses %s at creation', async (_what, definition, message) => {
    await expect(machine(definition)).rejects.toThrow(message);
  });

  test('refuses properties and types that it does not know', async () => {
    await expect(machine(direct, { properties: { Definition: {} } })).rejects.toThrow(/does not know the properties Definition/);
    await expect(machine(direct, { properties: { StateMachineType: 'EXPRESS' } })).rejects.toThrow(
      /'StateMachineType' must be STANDARD in the lab, got EXPRESS/,
    );
  });

  test('needs a role that trusts Step Functions', async () => {
    await expect(machine(direct, { properties: { RoleArn: UNTRUSTING } })).rejects.toThrow(
      /states.amazonaws.com is not authorized to assume the role/,
    );
  });

  test('fills in its substitutions', async () => {
    const calls: string[] = [];
    const definition = one({ Resource: `\${Fn}` });
    const { run } = await machine(definition, {
      lambda: (arn) => ({ payload: calls.push(arn) }),
      properties: { DefinitionSubstitutions: { Fn: FUNCTION } },
    });

    await run();

    expect(calls).toEqual([FUNCTION]);
  });

  test('a running execution keeps the definition that it began with', async () => {
    const { service, stack, clock, wire } = await machine({
      StartAt: 'W',
      States: { W: { Type: 'Wait', Seconds: 60, Next: 'P' }, P: { Type: 'Pass', Result: 'old', End: true } },
    });
    const updated = JSON.stringify({ StartAt: 'P', States: { P: { Type: 'Pass', Result: 'new', End: true } } });

    const outputs = await clock.run(async () => {
      const before = service.startExecution(MACHINE, {}, 'before').executionArn;
      await stack.update(
        'AWS::StepFunctions::StateMachine',
        'M',
        { StateMachineName: 'm', DefinitionString: updated, RoleArn: 'arn:machine-role' },
        MACHINE,
      );
      const after = service.startExecution(MACHINE, {}, 'after').executionArn;
      return [
        (await clock.waitFor(service.waitForExecution(before))).output,
        (await clock.waitFor(service.waitForExecution(after))).output,
      ];
    });

    expect(outputs).toEqual(['"old"', '"new"']);
    expect(await wire('DescribeStateMachine', { stateMachineArn: MACHINE })).toMatchObject({
      name: 'm',
      definition: updated,
      status: 'ACTIVE',
      type: 'STANDARD',
      roleArn: 'arn:machine-role',
    });
  });
});
