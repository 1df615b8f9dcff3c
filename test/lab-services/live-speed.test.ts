import { ScaledClock } from '../../lab/clock/scaled-clock';
import { StepFunctionsService } from '../../lab/services/stepfunctions';
import { FakeIam, live, Stack } from './lab';

const FUNCTION = 'arn:aws:lambda:eu-west-1:111122223333:function:work';
const SCALE = 600;

/** Runs one execution live and gives its end with its real seconds. */
async function run(states: Record<string, object>, functionMs = 0) {
  const clock = new ScaledClock(new Date('2026-01-01T00:00:00Z'), SCALE, () => {});
  const context = live(clock);
  const statuses: string[] = [];
  context.events.subscribe(({ detail }) => statuses.push(detail.status));
  const noBuilds = () => {
    throw new Error('no builds here');
  };
  const service = new StepFunctionsService(context, {
    iam: new FakeIam(),
    codeBuild: { startBuild: noBuilds, waitForBuild: noBuilds, stopBuild: noBuilds },
    lambda: {
      invoke: async () => {
        await new Promise((resolve) => setTimeout(resolve, functionMs));
        return { payload: 'done' };
      },
      invokeAsync: noBuilds,
    },
  });
  const DefinitionString = JSON.stringify({ StartAt: Object.keys(states)[0], States: states });
  const arn = await new Stack(service).create('AWS::StepFunctions::StateMachine', 'M', {
    StateMachineName: 'm',
    RoleArn: 'r',
    DefinitionString,
  });
  const began = performance.now();
  const ended = await clock.run(() => service.waitForExecution(service.startExecution(arn, {}).executionArn));
  clock.stop();
  return { ...ended, statuses, realSeconds: (performance.now() - began) / 1000 };
}

test("a wait is scaled, and a task's time-out is not", async () => {
  // 30 lab seconds take 0.05 s; the function's 0.2 s would be 120 lab seconds, which is still within its 1 real second.
  const ended = await run(
    { W: { Type: 'Wait', Seconds: 30, Next: 'T' }, T: { Type: 'Task', Resource: FUNCTION, TimeoutSeconds: 1, End: true } },
    200,
  );

  expect(ended).toMatchObject({ status: 'SUCCEEDED', output: '"done"' });
  expect(ended.realSeconds).toBeGreaterThan(0.24);
  expect(ended.realSeconds).toBeLessThan(1);
});

test('a task that takes longer than its real time-out is timed out', async () => {
  const ended = await run({ T: { Type: 'Task', Resource: FUNCTION, TimeoutSeconds: 1, End: true } }, 3_000);

  expect(ended).toMatchObject({ status: 'FAILED', error: 'States.Timeout' });
  expect(ended.realSeconds).toBeGreaterThan(0.99);
  expect(ended.realSeconds).toBeLessThan(2.9);
});

test('an execution that ends in its first state was RUNNING before', async () => {
  expect((await run({ F: { Type: 'Fail', Error: 'E' } })).statuses).toEqual(['RUNNING', 'FAILED']);
});
