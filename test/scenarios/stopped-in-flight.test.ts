import { SimulatedLab } from '../../lab/simulated-lab';
import type { WireCall } from '../../lab/wire/wire';
import { expectAtRest } from './at-rest';
import { Fleet } from './fleet';

let fleet: Fleet;

beforeEach(async () => {
  fleet = await Fleet.create({ serialise: false });
  fleet.release('r2');
});
afterEach(() => fleet.close());
afterAll(() => SimulatedLab.closeShared());

/** A function lives for 30 s; its last write may come so late. */
const LATE_SECONDS = 25;

type Chosen = (call: WireCall) => boolean;

/**
 * Stops the execution while one of its functions is about to write, and lets the write through when the recovery has
 * already made traffic safe for the first time.
 */
async function stopDuring(operation: string, isChosen: Chosen): Promise<void> {
  const { wire, stepFunctions, context } = fleet.lab.account;
  const { clock } = context;
  let execution = '';
  let isDone = false;
  wire.onCall(async (call) => {
    if (isDone || call.operation !== operation || !isChosen(call)) return;
    isDone = true;
    stepFunctions.stopExecution(execution);
    await clock.sleep(LATE_SECONDS * 1000);
  });
  const stopped = await fleet.lab.run(async () => {
    execution = fleet.start({ release: 'r2' });
    const ended = await fleet.ended(execution);
    await fleet.free();
    await clock.sleep(5 * 60_000);
    return ended;
  });
  expect(stopped.status).toBe('ABORTED');
}

/** True for the n-th of the chosen calls, counted from 1. */
function nth(count: number, isChosen: Chosen): Chosen {
  let seen = 0;
  return (call) => isChosen(call) && ++seen === count;
}

const pointer =
  (group: string, ...lines: string[]): Chosen =>
  ({ input }) =>
    input.Key === `fleets/hello/${group}` && lines.every((line) => Buffer.from(input.Body).toString().includes(`${line}\n`));

test('a weight that is written after the recovery took the canary out is taken back before the lock is free', async () => {
  const written: string[] = [];
  await stopDuring('ModifyRule', ({ input }) => input.RuleArn === fleet.parameter.mainRuleArn);
  const { stepFunctions } = fleet.lab.account;
  for (const { stateEnteredEventDetails } of stepFunctions.history(stepFunctions.executionsOf(fleet.stateMachineArn)[0]))
    written.push((stateEnteredEventDetails as { name?: string })?.name ?? '');
  expect(written).toContain('Make sure that traffic is safe');
  expect(fleet.weights).toContain(10);
  expect(fleet.weights[fleet.weights.length - 1]).toBe(0);
  await expectAtRest(fleet, 'r1');
});

test('a wave that is sent late changes nothing for good', async () => {
  await stopDuring(
    'SendCommand',
    nth(2, ({ input }) => input.Parameters.Command[0] === 'activate'),
  );
  await expectAtRest(fleet, 'r1');
});

test('a pointer that is written late is put right', async () => {
  await stopDuring('PutObject', pointer('stable', 'phase=promoting'));
  await expectAtRest(fleet, 'r1');
});

test('a capacity that is set late is put right', async () => {
  await stopDuring('SetDesiredCapacity', ({ input }) => input.DesiredCapacity > 0);
  await expectAtRest(fleet, 'r1');
});

test('a commit whose stable pointer is written late is either done or undone', async () => {
  await stopDuring('PutObject', pointer('stable', 'phase=idle', 'committed=r2'));
  const release = fleet.pointer('stable').committed;
  expect(['r1', 'r2']).toContain(release);
  await expectAtRest(fleet, release);
});

test('a commit whose canary pointer is written late is finished by the recovery', async () => {
  await stopDuring('PutObject', pointer('canary', 'phase=idle', 'committed=r2'));
  await expectAtRest(fleet, 'r2');
});
