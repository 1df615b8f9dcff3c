import { causeOf, messageOf } from '../../lambda/core/cause';
import { allSucceeded, hostsFailed, isOver, isOverdue, lastLine, unsuccessful } from '../../lambda/core/host-commands';

test('the message of a function is the cause', () => {
  const Cause = JSON.stringify({ errorType: 'Aborted', errorMessage: 'aborted: checkout is broken', trace: [] });
  expect(messageOf({ Error: 'Aborted', Cause })).toBe('aborted: checkout is broken');
});

test('a build tells its phase, its message and its log', () => {
  const build = {
    BuildStatus: 'FAILED',
    SourceVersion: 'nope',
    Phases: [
      { PhaseType: 'SUBMITTED', PhaseStatus: 'SUCCEEDED' },
      { PhaseType: 'DOWNLOAD_SOURCE', PhaseStatus: 'FAILED', Contexts: [{ Message: 'reference not found' }] },
    ],
    Logs: { DeepLink: 'https://console' },
  };
  const expected = `the build of 'nope' ended FAILED in DOWNLOAD_SOURCE: reference not found (log: https://console)`;
  expect(messageOf({ Error: 'States.TaskFailed', Cause: JSON.stringify(build) })).toBe(expected);
  expect(messageOf({ Error: 'States.TaskFailed', Cause: JSON.stringify({ Build: build }) })).toBe(expected);
});

test.each([
  [{ Error: 'States.Timeout' }, 'a step of the deployment took too long'],
  [{ Error: 'States.Runtime', Cause: 'no such path' }, 'States.Runtime: no such path'],
  [{ Error: 'X', Cause: '{"errorMessage":""}' }, 'X: {"errorMessage":""}'],
])('%j', (error, expected) => {
  expect(messageOf(error)).toBe(expected);
});

const look = (decision: string) => ({ decision, sentence: 'error rate: canary 8 %', metrics: [] });

test('a verdict is the cause where there is no error, with what went wrong on the way back', () => {
  expect(causeOf({ analysis: look('failed') })).toBe('error rate: canary 8 %');
  expect(causeOf({ analysis: look('inconclusive') })).toBe('inconclusive: error rate: canary 8 %');
  expect(causeOf({ analysis: look('passed'), bake: look('failed') })).toBe('error rate: canary 8 %');
  expect(causeOf({ analysis: look('failed'), error: { Error: 'A', Cause: 'b' } })).toBe('A: b');
  expect(causeOf({ analysis: look('passed') })).toBe('');
  expect(causeOf({ analysis: look('failed'), revertError: { Error: 'E', Cause: 'c' }, replaced: { sentence: 'i-1 is replaced' } })).toBe(
    'error rate: canary 8 %; going back on the hosts failed: E: c; i-1 is replaced',
  );
});

const command = { id: 'c', instances: ['a', 'b'] };
const counts = { status: 'Success', targets: 2, completed: 2, errors: 0, undelivered: 0 };

test('a command is over when all hosts are through, and good only when each succeeded', () => {
  expect(isOver(undefined)).toBe(false);
  expect(isOver({ ...counts, status: 'InProgress', completed: 1 })).toBe(false);
  expect(isOver({ ...counts, status: 'Pending', targets: 0, completed: 0 })).toBe(false);
  expect(isOver({ ...counts, status: 'InProgress' })).toBe(true);
  expect(isOver({ ...counts, status: 'TimedOut', completed: 0 })).toBe(true);
  expect(allSucceeded(counts, command)).toBe(true);
  for (const wrong of [{ status: 'Failed' }, { targets: 1 }, { completed: 1 }, { errors: 1 }, { undelivered: 1 }]) {
    expect(allSucceeded({ ...counts, ...wrong }, command)).toBe(false);
  }
});

test('a host that was never reached did not succeed', () => {
  expect(unsuccessful(command, [{ instance: 'a', status: 'Success' }])).toEqual([{ instance: 'b', status: 'NotReached' }]);
});

test('hosts have an hour', () => {
  const sending = {
    command: 'stage',
    group: 'stable' as const,
    strict: false,
    wayBack: false,
    commands: [command],
    sent: '2026-01-05T09:00:00Z',
  };
  expect(isOverdue(sending, '2026-01-05T09:59:59Z')).toBe(false);
  expect(isOverdue(sending, '2026-01-05T10:00:00Z')).toBe(true);
});

test.each([
  ['curl: (22)\nasg-canary-host: sha256 mismatch\n', 'sha256 mismatch'],
  ['asg-canary-host: disk full\nfailed to run commands: exit status 73', 'disk full'],
  ['bash: not found\n\n', 'bash: not found'],
  ['', ''],
])('the cause in %j is %j', (stderr, expected) => {
  expect(lastLine(stderr)).toBe(expected);
});

test('the error names three hosts and counts the rest', () => {
  const failed = ['a', 'b', 'c', 'd', 'e'].map((instance) => ({
    instance,
    status: 'Failed',
    message: instance === 'a' ? 'disk full' : '',
  }));
  expect(hostsFailed('stage', failed, 9).message).toBe(`'stage' failed on 5 of 9 instances: a: disk full; b: Failed; c: Failed and 2 more`);
});
