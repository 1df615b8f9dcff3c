import fc from 'fast-check';
import { type Ran, run } from './harness';

/** States that may follow one another: each leads to the next, the last one ends. */
const kinds = fc.constantFrom<() => object>(
  () => ({ Type: 'Pass', Result: { n: 1 }, ResultPath: '$.p' }),
  () => ({ Type: 'Wait', Seconds: 3 }),
  () => ({ Type: 'Task', Resource: 'echo', ResultPath: '$.t', TimeoutSeconds: 5 }),
  () => ({
    Type: 'Task',
    Resource: 'failTwice',
    Retry: [{ ErrorEquals: ['Flaky'], JitterStrategy: 'FULL' }],
    ResultPath: '$.r',
  }),
  () => ({ Type: 'Task', Resource: 'hourLong', TimeoutSeconds: 7 }),
  () => ({ Type: 'Parallel', ResultPath: '$.q', Branches: [branch('Wait', { Seconds: 2 }), branch('Task', { Resource: 'echo' })] }),
  () => ({ Type: 'Parallel', ResultPath: '$.q', Branches: [branch('Wait', { Seconds: 2 }), branch('Task', { Resource: 'fail' })] }),
);

let branches = 0;
function branch(Type: string, fields: object): object {
  branches++;
  return { StartAt: `B${branches}`, States: { [`B${branches}`]: { Type, End: true, ...fields } } };
}

const machines = fc.array(kinds, { minLength: 1, maxLength: 6 }).map((chain) => {
  const states = chain.map((kind, index): [string, object] => {
    const last = index === chain.length - 1;
    return [`S${index}`, { ...kind(), ...(last ? { End: true } : { Next: `S${index + 1}` }) }];
  });
  return { StartAt: 'S0', States: Object.fromEntries(states) };
});

function checkHistory({ events, outcome }: Ran): void {
  events.forEach(({ id, previousEventId, timestamp }, index) => {
    expect(id).toBe(index + 1);
    expect(previousEventId).toBeLessThan(id);
    if (index > 0) expect(timestamp.getTime()).toBeGreaterThanOrEqual(events[index - 1].timestamp.getTime());
  });
  const last = events.at(-1)?.type;
  expect(last).toBe(
    { SUCCEEDED: 'ExecutionSucceeded', FAILED: 'ExecutionFailed', TIMED_OUT: 'ExecutionTimedOut', ABORTED: 'ExecutionAborted' }[
      outcome.status
    ],
  );
  expect(events.filter(({ type }) => type.startsWith('Execution'))).toHaveLength(2);
}

test('every history is in order, ends once, and is the same for the same seed', async () => {
  await fc.assert(
    fc.asyncProperty(machines, fc.nat(), async (machine, seed) => {
      const first = await run(machine, {}, { seed });
      const again = await run(machine, {}, { seed });

      checkHistory(first);
      expect(again).toEqual(first);
    }),
  );
});

test('stopped at any moment, an execution ends at once and records nothing later', async () => {
  await fc.assert(
    fc.asyncProperty(machines, fc.nat(30), async (machine, stopAfter) => {
      const ran = await run(machine, {}, { stopAfter: stopAfter + 0.5, linger: 10_000 });

      checkHistory(ran);
      if (ran.outcome.status === 'ABORTED') expect(ran.seconds).toBe(stopAfter + 0.5);
    }),
  );
});
