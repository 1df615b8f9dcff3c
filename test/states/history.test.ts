import { pass, run, type TaskBody, task } from './harness';

const LIMITS = { events: 25_000, bytes: 262_144 };

/** `id<-previousEventId type` of every event. */
function lines(events: readonly { id: number; previousEventId: number; type: string }[]): string[] {
  return events.map(({ id, previousEventId, type }) => `${id}<-${previousEventId} ${type}`);
}

test('a function has the events that GetExecutionHistory shows for its ARN', async () => {
  const { events } = await run(task('echo'), { a: 1 });

  expect(lines(events)).toEqual([
    '1<-0 ExecutionStarted',
    '2<-0 TaskStateEntered',
    '3<-2 LambdaFunctionScheduled',
    '4<-3 LambdaFunctionStarted',
    '5<-4 LambdaFunctionSucceeded',
    '6<-5 TaskStateExited',
    '7<-6 ExecutionSucceeded',
  ]);
  expect(events[1]).toMatchObject({ stateEnteredEventDetails: { name: 'T', input: '{"a":1}', inputDetails: { truncated: false } } });
  expect(events[6]).toMatchObject({ executionSucceededEventDetails: { output: '{"a":1}' } });
});

test('a service job has TaskSubmitted between TaskStarted and TaskSucceeded', async () => {
  const submits: Record<string, TaskBody> = {
    job: (_input, { task: running }) => {
      running.submitted({ id: 7 });
      return 'done';
    },
  };

  const { events } = await run(task('job:sync', { TimeoutSeconds: 60 }), {}, { tasks: submits });

  expect(lines(events).slice(2, 7)).toEqual([
    '3<-2 TaskScheduled',
    '4<-3 TaskStarted',
    '5<-4 TaskSubmitted',
    '6<-5 TaskSucceeded',
    '7<-6 TaskStateExited',
  ]);
  expect(events[2]).toMatchObject({
    taskScheduledEventDetails: { resourceType: 'test', resource: 'job:sync', parameters: '{}', timeoutInSeconds: 60 },
  });
});

test('a retry schedules again without entering the state again, and a catch leaves it', async () => {
  const machine = task('fail', { Retry: [{ ErrorEquals: ['Boom'], MaxAttempts: 1 }], Catch: [{ ErrorEquals: ['States.ALL'], Next: 'D' }] });

  const { types } = await run(machine, {});

  const attempt = ['LambdaFunctionScheduled', 'LambdaFunctionStarted', 'LambdaFunctionFailed'];
  expect(types).toEqual([
    'ExecutionStarted',
    'TaskStateEntered',
    ...attempt,
    ...attempt,
    'TaskStateExited',
    'PassStateEntered',
    'PassStateExited',
    'ExecutionSucceeded',
  ]);
});

test('each attempt sees its own retry count', async () => {
  const machine = task('failTwice', { Parameters: { 'n.$': '$$.State.RetryCount' }, Retry: [{ ErrorEquals: ['Flaky'] }] });

  const { events } = await run(machine, {});

  const scheduled = events.filter(({ type }) => type === 'LambdaFunctionScheduled');
  const inputs = scheduled.map(
    (event) => (event as { lambdaFunctionScheduledEventDetails?: { input: string } }).lambdaFunctionScheduledEventDetails?.input,
  );
  expect(inputs).toEqual(['{"n":0}', '{"n":1}', '{"n":2}']);
});

test('each other state has its own events', async () => {
  const machine = {
    StartAt: 'C',
    States: {
      C: { Type: 'Choice', Choices: [{ Variable: '$', IsNumeric: true, Next: 'W' }] },
      W: { Type: 'Wait', Seconds: 1, Next: 'S' },
      S: { Type: 'Succeed' },
    },
  };

  const { types } = await run(machine, 1);

  expect(types).toEqual([
    'ExecutionStarted',
    'ChoiceStateEntered',
    'ChoiceStateExited',
    'WaitStateEntered',
    'WaitStateExited',
    'SucceedStateEntered',
    'SucceedStateExited',
    'ExecutionSucceeded',
  ]);
});

test('a failure ends the history without leaving the state', async () => {
  const { types, events } = await run({ StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E', Cause: 'C' } } }, {});

  expect(types).toEqual(['ExecutionStarted', 'FailStateEntered', 'ExecutionFailed']);
  expect(events[2]).toMatchObject({ executionFailedEventDetails: { error: 'E', cause: 'C' } });
});

test('branches follow the start of their Parallel state, and the others are aborted with the first failure', async () => {
  const machine = {
    StartAt: 'P',
    States: {
      P: {
        Type: 'Parallel',
        End: true,
        Branches: [
          { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: 5, End: true } } },
          { StartAt: 'B', States: { B: { Type: 'Fail', Error: 'E' } } },
        ],
      },
    },
  };

  const { events } = await run(machine, {});

  expect(lines(events)).toEqual([
    '1<-0 ExecutionStarted',
    '2<-0 ParallelStateEntered',
    '3<-2 ParallelStateStarted',
    '4<-3 WaitStateEntered',
    '5<-3 FailStateEntered',
    '6<-4 WaitStateAborted',
    '7<-5 ParallelStateFailed',
    '8<-7 ExecutionFailed',
  ]);
});

test('stopping ends the execution at once, without Catch, while the task goes on', async () => {
  const done: string[] = [];
  const slow = {
    slow: async (_input: unknown, { clock }: { clock: { sleep(ms: number): Promise<void> } }) => {
      await clock.sleep(60_000);
      done.push('ran to its end');
      return null;
    },
  };
  const after = {
    StartAt: 'T',
    States: {
      T: { Type: 'Task', Resource: 'slow', End: true, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'D' }] },
      D: { Type: 'Pass', End: true },
    },
  };

  const { outcome, types, seconds } = await run(after, {}, { tasks: slow, stopAfter: 10, linger: 60 });

  expect(outcome).toEqual({ status: 'ABORTED', error: 'Stop', cause: 'by test' });
  expect(seconds).toBe(10);
  expect(types.slice(-2)).toEqual(['LambdaFunctionStarted', 'ExecutionAborted']);
  expect(done).toEqual(['ran to its end']);
});

test('the 25,000th event is the failure of an execution that would have more', async () => {
  const loop = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } } };

  const { outcome, events, types } = await run(loop, {}, { limits: LIMITS });

  expect(outcome).toMatchObject({
    status: 'FAILED',
    error: 'States.Runtime',
    cause: expect.stringContaining('maximum execution history size'),
  });
  expect(events).toHaveLength(25_000);
  expect(types.at(-1)).toBe('ExecutionFailed');
});

test('an execution of exactly the limit of events succeeds', async () => {
  const { outcome, events } = await run(pass({}), {}, { limits: { ...LIMITS, events: 4 } });

  expect(outcome.status).toBe('SUCCEEDED');
  expect(events).toHaveLength(4);
});

test('one byte over the limit is States.DataLimitExceeded, counted in UTF-8', async () => {
  const limits = { ...LIMITS, bytes: 8 };

  expect((await run(pass({ Result: 'éé1' }), {}, { limits })).outcome).toMatchObject({ status: 'SUCCEEDED' });
  expect((await run(pass({ Result: 'ééé1' }), {}, { limits })).outcome).toMatchObject({
    status: 'FAILED',
    error: 'States.DataLimitExceeded',
  });
});

test('what Parameters make must fit too', async () => {
  const machine = task('nothing', { Parameters: { long: 'xxxxxxxxxx' }, ResultPath: null });

  expect((await run(machine, 1, { limits: { ...LIMITS, bytes: 16 } })).outcome).toMatchObject({ error: 'States.DataLimitExceeded' });
});

test('each transition is charged', async () => {
  const machine = { StartAt: 'A', States: { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Succeed' } } };

  expect((await run(machine, {}, { transition: 0.25 })).seconds).toBe(0.5);
});

test('jitter comes from the seed', async () => {
  const machine = task('failTwice', { Retry: [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 100, JitterStrategy: 'FULL' }] });

  const first = await run(machine, {}, { seed: 5 });
  const again = await run(machine, {}, { seed: 5 });
  const other = await run(machine, {}, { seed: 6 });

  expect(first.seconds).toBeLessThan(300);
  expect(again.seconds).toBe(first.seconds);
  expect(other.seconds).not.toBe(first.seconds);
});
