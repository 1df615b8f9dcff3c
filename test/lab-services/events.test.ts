import type { LabEvent } from '../../lab/kernel/event-bus';
import { AwsError } from '../../lab/kernel/service';
import { EventsService } from '../../lab/services/events';
import { compilePattern } from '../../lab/services/events/pattern';
import { parseRate } from '../../lab/services/events/rule';
import { FakeIam, OPERATOR, START, Stack, simulated, UNTRUSTING } from './lab';

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:f:1';
const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:m';
const TOPIC = 'arn:aws:sns:eu-west-1:111122223333:t';
const RULE = 'arn:aws:events:eu-west-1:111122223333:rule/r';

const STOPPED: LabEvent = {
  source: 'aws.states',
  'detail-type': 'Step Functions Execution Status Change',
  resources: ['arn:e'],
  detail: { status: 'ABORTED', name: 'n "1"', input: { k: 1 } },
};

/** A service whose targets note what they get; `refuse` makes them refuse. */
async function events(rule: object, { refuse = false } = {}) {
  const context = simulated();
  const got: unknown[][] = [];
  const note = (...call: unknown[]) => {
    if (refuse) throw new AwsError('AccessDeniedException', 'not permitted');
    got.push(call);
  };
  const service = new EventsService(context, {
    iam: new FakeIam(),
    lambda: { invokeAsync: (arn, payload, caller, source) => note(arn, payload, caller.arn, source) },
    stepFunctions: { startExecutionAs: (role, arn, input, name) => note(arn, input, role.arn, name) },
    sns: { publishAs: (caller, arn, message, source) => note(arn, message, caller.arn, source) },
  });
  const stack = new Stack(service);
  await stack.create('AWS::Events::Rule', 'R', { Name: 'r', ...rule });
  const emit = (event: LabEvent) =>
    context.clock.run(async () => {
      context.events.emit(event);
      await context.clock.sleep(1_000);
    });
  return { service, stack, clock: context.clock, got, emit };
}

const onStop = (target: object) => ({
  EventPattern: { source: ['aws.states'], detail: { status: ['ABORTED', 'TIMED_OUT'] } },
  Targets: [{ Id: 'T', ...target }],
});

describe('patterns', () => {
  const event = { source: 'aws.states', resources: ['a', 'b'], detail: { status: 'FAILED', count: 3, none: null, deep: { x: true } } };

  test.each<[object, boolean]>([
    [{ source: ['aws.states', 'x'] }, true],
    [{ source: ['aws.other'] }, false],
    [{ detail: { count: [3] } }, true],
    [{ detail: { count: ['3'] } }, false],
    [{ detail: { none: [null] } }, true],
    [{ detail: { deep: { x: [true] } } }, true],
    [{ resources: ['b'] }, true],
    [{ source: [{ prefix: 'aws.' }] }, true],
    [{ source: [{ prefix: 'states' }] }, false],
    [{ detail: { status: [{ 'anything-but': 'FAILED' }] } }, false],
    [{ detail: { status: [{ 'anything-but': ['RUNNING', 'SUCCEEDED'] }] } }, true],
    [{ detail: { status: [{ 'anything-but': { prefix: 'FAIL' } }] } }, false],
    [{ detail: { missing: [{ 'anything-but': 'x' }] } }, false],
    [{ detail: { missing: [{ exists: false }] } }, true],
    [{ detail: { missing: { deeper: [{ exists: false }] } } }, true],
    [{ detail: { count: [{ exists: true }] } }, true],
    [{ source: ['aws.states'], detail: { status: ['SUCCEEDED'] } }, false],
  ])('%j matches: %s', (pattern, matches) => {
    expect(compilePattern(pattern)(event)).toBe(matches);
  });

  test.each<[object, RegExp]>([
    [{ detail: { count: [{ numeric: ['>', 1] }] } }, /does not know the matcher {"numeric".*EventPattern.detail.count/],
    [{ $or: [{ source: ['a'] }] }, /does not know the matcher 'EventPattern.\$or'/],
    [{ detail: { a: [{ 'anything-but': { suffix: 'x' } }] } }, /does not know the matcher/],
    [{ source: [] }, /'EventPattern.source' must list at least one value/],
    [{}, /'EventPattern' must be an object that is not empty/],
  ])('refuses %j', (pattern, message) => {
    expect(() => compilePattern(pattern)).toThrow(message);
  });
});

test.each([
  ['rate(1 minute)', 60_000],
  ['rate(5 minutes)', 300_000],
  ['rate(2 hours)', 7_200_000],
  ['rate(1 day)', 86_400_000],
])('%s is %d ms', (expression, ms) => {
  expect(parseRate(expression)).toBe(ms);
});

test.each(['rate(5 minute)', 'rate(1 minutes)', 'rate(0 minutes)', 'cron(0 * * * ? *)'])('refuses %s', (expression) => {
  expect(() => parseRate(expression)).toThrow(/'ScheduleExpression' must be a rate/);
});

describe('targets', () => {
  test('a function gets the event in its envelope, for the rule', async () => {
    const { got, emit, service } = await events(onStop({ Arn: FUNCTION }));

    await emit(STOPPED);
    await emit({ ...STOPPED, detail: { status: 'SUCCEEDED' } });

    const envelope = {
      ...STOPPED,
      version: '0',
      id: expect.any(String),
      account: '111122223333',
      region: 'eu-west-1',
      time: START.toISOString(),
    };
    expect(got).toEqual([[FUNCTION, envelope, 'events.amazonaws.com', RULE]]);
    expect(service.deliveries).toMatchObject([{ rule: 'r', target: FUNCTION, outcome: 'delivered' }]);
  });

  test('a state machine is started as the role, with the constant input', async () => {
    const { got, emit } = await events(onStop({ Arn: MACHINE, RoleArn: 'arn:role', Input: '{"mode":"recover"}' }));

    await emit(STOPPED);

    expect(got).toEqual([[MACHINE, { mode: 'recover' }, 'arn:role', expect.stringMatching(/^[\w-]{73}$/)]]);
  });

  test('a topic gets a part of the event as text', async () => {
    const { got, emit } = await events(onStop({ Arn: TOPIC, InputPath: '$.detail.input' }));

    await emit(STOPPED);

    expect(got).toEqual([[TOPIC, '{"k":1}', 'events.amazonaws.com', RULE]]);
  });

  test('an input transformer inserts JSON, and bare text inside quotes', async () => {
    const InputTransformer = {
      InputPathsMap: { name: '$.detail.name', input: '$.detail.input' },
      InputTemplate: '{"name":<name>,"text":"of <name> by <aws.events.rule-name>","input":<input>}',
    };
    const { got, emit } = await events(onStop({ Arn: FUNCTION, InputTransformer }));

    await emit(STOPPED);

    expect(got[0][1]).toEqual({ name: 'n "1"', text: 'of n "1" by r', input: { k: 1 } });
  });

  test('a target that refuses is noted, and the event is gone', async () => {
    const { got, emit, service } = await events(onStop({ Arn: FUNCTION }), { refuse: true });

    await emit(STOPPED);

    expect(got).toEqual([]);
    expect(service.deliveries).toMatchObject([{ outcome: 'failed', error: 'AccessDeniedException: not permitted' }]);
  });

  test('a role that does not trust EventBridge starts nothing', async () => {
    const { got, emit, service } = await events(onStop({ Arn: MACHINE, RoleArn: UNTRUSTING }));

    await emit(STOPPED);

    expect(got).toEqual([]);
    expect(service.deliveries).toMatchObject([
      { outcome: 'failed', error: expect.stringContaining('events.amazonaws.com is not authorized to assume') },
    ]);
  });

  test('events can be lost', async () => {
    const { got, emit, service } = await events(onStop({ Arn: FUNCTION }));
    service.lose((event) => event.detail.status === 'ABORTED');

    await emit(STOPPED);
    await emit({ ...STOPPED, detail: { status: 'TIMED_OUT' } });

    expect(service.deliveries.map(({ outcome }) => outcome)).toEqual(['lost', 'delivered']);
    expect(got).toHaveLength(1);
  });
});

describe('rules', () => {
  test('a rate fires from the creation on, until the rule is deleted', async () => {
    const { got, stack, clock } = await events({ ScheduleExpression: 'rate(5 minutes)', Targets: [{ Id: 'T', Arn: FUNCTION }] });

    await clock.run(() => clock.sleep(16 * 60_000));
    await stack.delete('AWS::Events::Rule', 'r');
    await clock.run(() => clock.sleep(60 * 60_000));

    expect(got).toHaveLength(3);
    expect(got[0][1]).toMatchObject({
      source: 'aws.events',
      'detail-type': 'Scheduled Event',
      resources: [RULE],
      time: '2026-01-02T03:09:05.000Z',
    });
  });

  test('an update changes the rate without keeping the old one', async () => {
    const rule = { Targets: [{ Id: 'T', Arn: FUNCTION }] };
    const { got, stack, clock } = await events({ ScheduleExpression: 'rate(5 minutes)', ...rule });
    await stack.update('AWS::Events::Rule', 'R', { Name: 'r', ScheduleExpression: 'rate(1 hour)', ...rule }, 'r');

    await clock.run(() => clock.sleep(61 * 60_000));

    expect(got).toHaveLength(1);
  });

  test('a disabled rule does nothing until it is enabled', async () => {
    const { got, emit, service, clock } = await events({ ...onStop({ Arn: FUNCTION }), State: 'DISABLED' });
    const call = { principal: OPERATOR, requestId: 'r', headers: {} };

    await emit(STOPPED);
    await clock.run(async () => service.operations.EnableRule.handle({ Name: 'r' }, call));
    await emit(STOPPED);

    expect(got).toHaveLength(1);
    expect(service.operations.DescribeRule.handle({ Name: 'r' }, call)).toEqual({ Name: 'r', Arn: RULE, State: 'ENABLED' });
  });

  test.each<[object, RegExp]>([
    [{ EventPattern: { source: ['a'] }, ScheduleExpression: 'rate(1 minute)' }, /EventPattern or a ScheduleExpression, and not both/],
    [{ EventPattern: { source: ['a'] }, EventBusName: 'other' }, /'EventBusName' must be default in the lab, got other/],
    [{ EventPattern: { source: ['a'] }, RoleArn: 'x' }, /does not know the properties RoleArn/],
    [onStop({ Arn: FUNCTION, SqsParameters: {} }), /does not know 'SqsParameters' of a target/],
    [onStop({ Arn: 'arn:aws:sqs:eu-west-1:111122223333:q' }), /must be a function, a state machine or a topic/],
    [onStop({ Arn: MACHINE }), /must have a RoleArn/],
    [onStop({ Arn: FUNCTION, Input: '1', InputPath: '$' }), /one of Input, InputPath and InputTransformer/],
    [onStop({ Arn: FUNCTION, InputTransformer: { InputTemplate: '<x>' } }), /names <x>, which the InputPathsMap does not have/],
  ])('refuses %j', async (rule, message) => {
    await expect(events(rule)).rejects.toThrow(message);
  });
});
