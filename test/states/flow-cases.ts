import { type Case, INPUT } from './case';
import { task } from './harness';

const wait = (fields: object) => ({ StartAt: 'W', States: { W: { Type: 'Wait', End: true, ...fields } } });
export const waits: Case[] = [
  { cites: 'Wait State', does: 'waits seconds', machine: wait({ Seconds: 10 }), output: INPUT, seconds: 10 },
  {
    cites: 'Wait State',
    does: 'waits the seconds of a path',
    machine: wait({ SecondsPath: '$.s' }),
    input: { s: 90 },
    output: { s: 90 },
    seconds: 90,
  },
  { cites: 'Wait State', does: 'waits until a time', machine: wait({ Timestamp: '2026-01-02T03:05:05.678Z' }), output: INPUT, seconds: 60 },
  {
    cites: 'Wait State',
    does: 'goes on at once after a time that is over',
    machine: wait({ TimestampPath: '$.t' }),
    input: { t: '2020-01-01T00:00:00Z' },
    output: { t: '2020-01-01T00:00:00Z' },
    seconds: 0,
  },
  { cites: 'Wait State', does: 'fails on a path to something else', machine: wait({ SecondsPath: '$.s' }), error: 'States.Runtime' },
];

const retry = (fields: object, resource = 'failTwice') => task(resource, { Retry: [{ ErrorEquals: ['States.ALL'], ...fields }] });
const caught = (errorEquals: string[], resource: string, fields: object = {}) =>
  task(resource, { Catch: [{ ErrorEquals: errorEquals, Next: 'D', ...fields }] });
export const errors: Case[] = [
  { cites: 'Errors', does: 'fails the execution with the error', machine: task('fail'), error: 'Boom', cause: /^as asked$/ },
  { cites: 'Retrying after error', does: 'waits 1 s, then twice that', machine: retry({}), output: 3, seconds: 3 },
  {
    cites: 'Retrying after error',
    does: 'uses interval and backoff',
    machine: retry({ IntervalSeconds: 3, BackoffRate: 1.5 }),
    output: 3,
    seconds: 7.5,
  },
  {
    cites: 'Retrying after error',
    does: 'caps the delay',
    machine: retry({ IntervalSeconds: 3, BackoffRate: 10, MaxDelaySeconds: 5 }),
    output: 3,
    seconds: 8,
  },
  { cites: 'Retrying after error', does: 'gives up', machine: retry({ MaxAttempts: 1 }), error: 'Flaky', cause: /attempt 2/ },
  {
    cites: 'Retrying after error',
    does: 'MaxAttempts 0 never retries',
    machine: retry({ MaxAttempts: 0 }),
    error: 'Flaky',
    cause: /attempt 1/,
  },
  {
    cites: 'Retrying after error',
    does: 'counts per retrier',
    machine: task('failByTurns', {
      Retry: [
        { ErrorEquals: ['Odd'], MaxAttempts: 2 },
        { ErrorEquals: ['Even'], MaxAttempts: 2 },
      ],
    }),
    output: 5,
    seconds: 6,
  },
  {
    cites: 'Retrying after error',
    does: 'retries only what it names',
    machine: task('failTwice', { Retry: [{ ErrorEquals: ['Other'] }] }),
    error: 'Flaky',
  },
  {
    cites: 'Retrying after error',
    does: 'counts retries in the context object',
    machine: task('fail', {
      Parameters: { 'n.$': '$$.State.RetryCount' },
      Retry: [{ ErrorEquals: ['Boom'] }],
      Catch: [{ ErrorEquals: ['Boom'], Next: 'D' }],
    }),
    output: { Error: 'Boom', Cause: 'as asked' },
    seconds: 7,
  },
  {
    cites: 'Fallback States',
    does: 'goes on with error and cause',
    machine: caught(['Boom'], 'fail'),
    output: { Error: 'Boom', Cause: 'as asked' },
  },
  {
    cites: 'Fallback States',
    does: 'puts them where ResultPath says',
    machine: caught(['Boom'], 'fail', { ResultPath: '$.e' }),
    input: { k: 1 },
    output: { k: 1, e: { Error: 'Boom', Cause: 'as asked' } },
  },
  {
    cites: 'Fallback States',
    does: 'is used after retries are spent',
    machine: task('failTwice', {
      Retry: [{ ErrorEquals: ['Flaky'], MaxAttempts: 1 }],
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'D' }],
    }),
    output: { Error: 'Flaky', Cause: 'attempt 2' },
    seconds: 1,
  },
  {
    cites: 'Predefined Error Codes',
    does: 'TaskFailed takes any error of a task',
    machine: caught(['States.TaskFailed'], 'fail'),
    output: { Error: 'Boom', Cause: 'as asked' },
  },
  {
    cites: 'Predefined Error Codes',
    does: 'TaskFailed does not take a time-out',
    machine: task('hourLong', { TimeoutSeconds: 5, Catch: [{ ErrorEquals: ['States.TaskFailed'], Next: 'D' }] }),
    error: 'States.Timeout',
    seconds: 5,
  },
  {
    cites: 'Predefined Error Codes',
    does: 'Timeout takes a time-out',
    machine: task('hourLong', { TimeoutSeconds: 5, Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'D', ResultPath: null }] }),
    output: INPUT,
    seconds: 5,
  },
  {
    cites: 'Task State',
    does: 'reads its time-out from a path',
    machine: task('hourLong', { TimeoutSecondsPath: '$.t' }),
    input: { t: 7 },
    error: 'States.Timeout',
    seconds: 7,
  },
  {
    cites: 'concepts-error-handling',
    does: 'States.ALL does not take States.Runtime',
    machine: caught(['States.ALL'], 'runtimeError'),
    error: 'States.Runtime',
  },
  {
    cites: 'concepts-error-handling',
    does: 'States.ALL does not take States.DataLimitExceeded',
    machine: caught(['States.ALL'], 'huge'),
    error: 'States.DataLimitExceeded',
  },
  {
    cites: 'concepts-error-handling',
    does: 'States.DataLimitExceeded is taken by its name',
    machine: caught(['States.DataLimitExceeded'], 'huge', { ResultPath: null }),
    output: INPUT,
  },
  {
    cites: 'concepts-error-handling',
    does: 'States.ALL takes States.ParameterPathFailure',
    machine: task('echo', { Parameters: { 'x.$': '$.nope' }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'D', ResultPath: null }] }),
    output: INPUT,
  },
  {
    cites: 'service-quotas',
    does: 'an output of 262,144 bytes passes',
    machine: task('justFits', { OutputPath: '$', ResultSelector: { ok: true } }),
    output: { ok: true },
  },
  {
    cites: 'Fail State',
    does: 'ends with error and cause',
    machine: { StartAt: 'F', States: { F: { Type: 'Fail', Error: 'E', Cause: 'C' } } },
    error: 'E',
    cause: /^C$/,
  },
  {
    cites: 'Fail State',
    does: 'reads error and cause from paths and intrinsics',
    machine: { StartAt: 'F', States: { F: { Type: 'Fail', ErrorPath: '$.s', CausePath: "States.Format('c {}', $.a.b)" } } },
    error: 'text',
    cause: /^c 1$/,
  },
  {
    cites: 'Succeed State',
    does: 'ends the execution',
    machine: { StartAt: 'S', States: { S: { Type: 'Succeed', InputPath: '$.a', OutputPath: '$.b' } } },
    output: 1,
  },
  {
    cites: 'Timeouts',
    does: 'ends a whole execution',
    machine: { TimeoutSeconds: 30, ...wait({ Seconds: 60 }) },
    error: 'States.Timeout',
    seconds: 30,
  },
];

const branch = (state: object) => ({ StartAt: JSON.stringify(state), States: { [JSON.stringify(state)]: { End: true, ...state } } });
const parallel = (branches: object[], fields: object = {}) => {
  const caughtTo = JSON.stringify(fields).includes('"Next":"D"');
  return {
    StartAt: 'P',
    States: { P: { Type: 'Parallel', Branches: branches, End: true, ...fields }, ...(caughtTo && { D: { Type: 'Pass', End: true } }) },
  };
};
export const parallels: Case[] = [
  {
    cites: 'Parallel State',
    does: 'gives the outputs in the order of the branches',
    machine: parallel([branch({ Type: 'Wait', Seconds: 9 }), branch({ Type: 'Pass', Result: 2 })]),
    input: 1,
    output: [1, 2],
    seconds: 9,
  },
  {
    cites: 'Parallel State',
    does: 'fails with a branch, at once',
    machine: parallel([branch({ Type: 'Wait', Seconds: 9 }), branch({ Type: 'Task', Resource: 'fail' })]),
    error: 'Boom',
    seconds: 0,
  },
  {
    cites: 'Parallel State',
    does: 'catches',
    machine: parallel([branch({ Type: 'Task', Resource: 'fail' })], {
      Catch: [{ ErrorEquals: ['States.ALL'], Next: 'D', ResultPath: '$.e' }],
    }),
    input: {},
    output: { e: { Error: 'Boom', Cause: 'as asked' } },
  },
  {
    cites: 'Parallel State',
    does: 'runs all branches again on retry',
    machine: parallel([branch({ Type: 'Task', Resource: 'failTwice' }), branch({ Type: 'Wait', Seconds: 4 })], {
      Retry: [{ ErrorEquals: ['States.ALL'] }],
    }),
    input: 1,
    output: [3, 1],
    seconds: 7,
  },
];
