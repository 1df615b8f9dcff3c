import { AwsError } from '../../lab/kernel/service';
import { BROKEN, broken, type Fault, faultAt, freed, stealLock, throttled } from './faults';
import type { Ended, Fleet } from './fleet';
import { rehearse, type Twist } from './rehearsal';
import { rests, type Walk } from './walks';

/** Calls of a state's function that a transient fault spoils: the first is refused, in the second one API call is throttled. */
const SPOILED = 2;

/** One transient fault at a state: the walk must end as without it. */
export async function transientFault(walk: Walk, state: string, { change }: Pick<Twist, 'change'> = {}): Promise<void> {
  let fault: Fault | undefined;
  let attempts = 0;
  const disturb = (fleet: Fleet): void => {
    let armed = false;
    fault = faultAt(fleet, state, ({ number, kind }) => {
      attempts = number;
      armed = kind === 'function' && number === SPOILED;
      if (number === 1) throw kind === 'function' ? throttled() : new AwsError('ThrottlingException', 'Rate exceeded');
    });
    fleet.lab.account.wire.onCall(() => {
      if (!armed) return;
      armed = false;
      throw new AwsError('ThrottlingException', 'Rate exceeded');
    });
  };
  await rehearse(walk, { change, disturb });
  expect(fault?.execution).toBeDefined();
  expect(attempts).toBeGreaterThanOrEqual(SPOILED);
}

/** A fault that lasts as long as the execution: it ends with a cause that tells of it, and the fleet is safe after a recovery at most. */
export async function lastingFault(walk: Walk, state: string, { change }: Pick<Twist, 'change'> = {}): Promise<void> {
  let fault: Fault | undefined;
  const disturb = (fleet: Fleet): void => {
    fault = faultAt(fleet, state, () => {
      throw broken();
    });
  };
  const check = async (fleet: Fleet): Promise<void> => {
    expect(fault?.execution).toBeDefined();
    const ended = await fleet.ended(fault!.execution!);
    expectClearEnd(ended);
    await freed(fleet);
    await expectSafe(fleet);
  };
  await rehearse(walk, { change, disturb, check });
}

/** The lock is another's when a state's function is called: the execution must end there, having done nothing more. */
export async function lostLock(walk: Walk, state: string, { change }: Pick<Twist, 'change'> = {}): Promise<void> {
  let fault: Fault | undefined;
  const callsAfterwards: string[] = [];
  const disturb = (fleet: Fleet): void => {
    fault = faultAt(fleet, state, ({ number }) => {
      if (number === 1) stealLock(fleet);
    });
    fleet.lab.account.lambda.onInvoke(({ payload, arn }) => {
      const { execution } = payload as { execution?: string };
      if (execution !== undefined && execution === fault?.execution) callsAfterwards.push(arn);
    });
  };
  const check = async (fleet: Fleet): Promise<void> => {
    expect(fault?.execution).toBeDefined();
    const ended = await fleet.ended(fault!.execution!);
    expect({ status: ended.status, error: ended.error }).toEqual({ status: 'FAILED', error: 'Fenced' });
    expect(JSON.stringify(ended.outcome)).toMatch(/the lock must be held by/);
    expect(callsAfterwards).toHaveLength(1);
    await freed(fleet);
    await expectSafe(fleet);
  };
  await rehearse(walk, { change, disturb, check });
}

/** Ends that docs/state-machine.md knows, with the fault in the cause. */
function expectClearEnd({ status, error, outcome }: Ended): void {
  if (status === 'SUCCEEDED') {
    expect(['promoted', 'recovered']).toContain(outcome.verdict);
    return;
  }
  expect(status).toBe('FAILED');
  expect(['Refused', 'RolledBack', 'RecoveryFailed']).toContain(error);
  expect(JSON.stringify(outcome)).toContain(BROKEN);
}

/** No canary, no lock, and all stable instances on the release that the pointers name. */
async function expectSafe(fleet: Fleet): Promise<void> {
  const { committed } = fleet.pointer('stable');
  if (committed) return rests(fleet, committed);
  await fleet.lab.account.context.clock.sleep(15 * 60_000);
  expect({ weight: fleet.canaryWeight(), canaries: fleet.ids('canary'), releases: [...new Set(fleet.releases('stable'))] }).toEqual({
    weight: 0,
    canaries: [],
    releases: ['placeholder'],
  });
}
