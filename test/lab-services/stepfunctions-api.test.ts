import { CALL, direct, MACHINE, machine, waiting } from './state-machine';

describe('the API', () => {
  test('a name is unique, but the same start again while it runs is the same execution', async () => {
    const { wire, clock } = await machine(waiting);
    const start = (input: string) => wire('StartExecution', { stateMachineArn: MACHINE, name: 'n', input });

    const first = await start('{"a":1}');
    expect(await start('{"a":1}')).toEqual(first);
    await expect(start('{"a":2}')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
    await clock.run(() => clock.sleep(700_000));
    await expect(start('{"a":1}')).rejects.toMatchObject({ code: 'ExecutionAlreadyExists' });
  });

  test.each([
    ['StartExecution', { stateMachineArn: 'arn:none' }, 'StateMachineDoesNotExist'],
    ['StartExecution', { stateMachineArn: MACHINE, input: 'no json' }, 'InvalidExecutionInput'],
    ['StartExecution', { stateMachineArn: MACHINE, name: 'a b' }, 'InvalidName'],
    ['DescribeExecution', { executionArn: 'arn:none' }, 'ExecutionDoesNotExist'],
    ['StopExecution', { executionArn: 'arn:none' }, 'ExecutionDoesNotExist'],
    ['GetExecutionHistory', { executionArn: 'arn:none' }, 'ExecutionDoesNotExist'],
  ])('%s of %j is %s', async (operation, input, code) => {
    const { wire } = await machine(waiting);

    await expect(wire(operation, input)).rejects.toMatchObject({ code });
  });

  test('a stopped execution is ABORTED, and the event says so', async () => {
    const { wire, events } = await machine(waiting);
    const { executionArn } = await wire('StartExecution', { stateMachineArn: MACHINE, name: 'n', input: '{}' });
    await wire('StopExecution', { executionArn, error: 'E', cause: 'C' });

    expect(await wire('DescribeExecution', { executionArn })).toMatchObject({
      status: 'ABORTED',
      error: 'E',
      cause: 'C',
      stopDate: expect.any(Date),
    });
    expect(events).toMatchObject([
      {
        source: 'aws.states',
        'detail-type': 'Step Functions Execution Status Change',
        resources: [executionArn],
        detail: { status: 'RUNNING', stopDate: null, input: '{}', output: null },
      },
      {
        detail: {
          status: 'ABORTED',
          executionArn,
          stateMachineArn: MACHINE,
          name: 'n',
          error: 'E',
          cause: 'C',
          stopDate: expect.any(Number),
        },
      },
    ]);
  });

  test.each([
    ['succeeded', { TimeoutSeconds: 3600, StartAt: 'P', States: { P: { Type: 'Pass', End: true } } }],
    ['was stopped', waiting],
  ])('an execution that %s leaves nothing behind that moves time', async (_how, definition) => {
    const { service, clock } = await machine(definition);
    await clock.run(async () => {
      const { executionArn } = service.startExecution(MACHINE, {});
      await clock.sleep(1_000);
      service.stopExecution(executionArn);
    });
    const ended = clock.now();

    await expect(clock.run(() => clock.waitFor(new Promise(() => {})))).rejects.toThrow('deadlock');
    expect(clock.now()).toBe(ended);
  });

  test('a history comes in pages, in either order, with or without data', async () => {
    const { run, wire } = await machine(direct);
    const { executionArn } = await run({ secret: 1 });

    const first = await wire('GetExecutionHistory', { executionArn, maxResults: 3 });
    const rest = await wire('GetExecutionHistory', { executionArn, maxResults: 10, nextToken: first.nextToken });
    const [last] = (await wire('GetExecutionHistory', { executionArn, reverseOrder: true, maxResults: 1 })).events;
    const bare = await wire('GetExecutionHistory', { executionArn, includeExecutionData: false });

    expect([...first.events, ...rest.events].map(({ id }: { id: number }) => id)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(rest.nextToken).toBeUndefined();
    expect(last.type).toBe('ExecutionSucceeded');
    expect(JSON.stringify(bare)).not.toContain('secret');
    expect(bare.events).toHaveLength(7);
  });

  test('executions are listed newest first, by status', async () => {
    const { run, wire, service } = await machine(waiting);
    await run({}, 'one');
    await wire('StartExecution', { stateMachineArn: MACHINE, name: 'two' });
    const names = async (statusFilter?: string) =>
      (await wire('ListExecutions', { stateMachineArn: MACHINE, statusFilter })).executions.map(({ name }: { name: string }) => name);

    expect(await names()).toEqual(['two', 'one']);
    expect(service.executionsOf(MACHINE).map((arn) => service.describeExecution(arn).name)).toEqual(['two', 'one']);
    expect(await names('RUNNING')).toEqual(['two']);
  });

  test('each operation asks IAM for its own action', async () => {
    const { service } = await machine(waiting);
    const asked = Object.entries(service.operations).map(
      ([name, { authorize }]) =>
        authorize({ stateMachineArn: 'arn:m', executionArn: 'arn:e' }, CALL).map(
          ({ action, resource }) => `${name}: ${action} ${resource}`,
        )[0],
    );

    expect(asked).toEqual([
      'StartExecution: states:StartExecution arn:m',
      'DescribeExecution: states:DescribeExecution arn:e',
      'StopExecution: states:StopExecution arn:e',
      'GetExecutionHistory: states:GetExecutionHistory arn:e',
      'ListExecutions: states:ListExecutions arn:m',
      'DescribeStateMachine: states:DescribeStateMachine arn:m',
    ]);
  });
});
