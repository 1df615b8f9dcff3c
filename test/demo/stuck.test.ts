import { Stuck } from '../../bin/demo/stuck';
import type { HistoryEvent } from '../../lab/states/history';

/** Events with ids in order. */
function events(
  ...given: readonly (readonly [type: string, details?: Readonly<Record<`${string}EventDetails`, unknown>>])[]
): HistoryEvent[] {
  return given.map(([type, details], index) => ({ id: index + 1, previousEventId: index, timestamp: new Date(0), type, ...details }));
}

const entered = (name: string) => ['TaskStateEntered', { stateEnteredEventDetails: { name } }] as const;
const LAUNCH = [
  entered('Launch canaries'),
  [
    'LambdaFunctionFailed',
    { lambdaFunctionFailedEventDetails: { error: 'CanariesFailed', cause: '{"errorMessage":"no instance came into service"}' } },
  ],
] as const;
const WAIT = entered('Wait for canaries');

test.each<[string, HistoryEvent[], string]>([
  ['before its start', [], 'it has not begun; nothing has failed, and no task has answered'],
  [
    'after a failure',
    events(...LAUNCH, WAIT),
    `it is in the state 'Wait for canaries'; the last failure was CanariesFailed in 'Launch canaries': no instance came into service`,
  ],
  [
    'after a failure in plain words',
    events(WAIT, ['TaskFailed', { taskFailedEventDetails: { error: 'States.Timeout', cause: 'it took too long' } }]),
    `it is in the state 'Wait for canaries'; the last failure was States.Timeout in 'Wait for canaries': it took too long`,
  ],
  [
    'without a failure',
    events(
      entered('Look at canaries'),
      ['LambdaFunctionSucceeded', { lambdaFunctionSucceededEventDetails: { output: '{"healthy":0}' } }],
      WAIT,
    ),
    `it is in the state 'Wait for canaries'; nothing has failed; 'Look at canaries' answered {"healthy":0}`,
  ],
])('a deployment that is stuck %s tells how far it came', (_when, history, words) => {
  expect(new Stuck('v2', 180, history).message).toBe(`the deployment of v2 has not ended within 180 s: ${words}`);
});
