import { type Ended, Fleet } from './fleet';
import type { Walk } from './walks';

/** Changes of a walk: what goes wrong in it, another template, another check. */
export interface Twist {
  readonly change?: FleetChange;
  /** Called when the fleet is ready, before the walk begins. */
  readonly disturb?: (fleet: Fleet) => void;
  /** Instead of the walk's own check. Called in an actor. */
  readonly check?: (fleet: Fleet, ended: Ended | undefined) => Promise<void>;
}

/** Where a walk came, its set-up and recoveries too. */
export interface Tracks {
  readonly states: ReadonlySet<string>;
  /** What led from state to state, as `step` writes it. */
  readonly steps: ReadonlySet<string>;
}

export function step(from: string, to: string): string {
  return `${from} -> ${to}`;
}

type FleetChange = NonNullable<Walk['options']['change']>;

/** The longest walk, that of a host out of reach, calls functions about 180 times; one that calls them so often does not end. */
const MOST_CALLS = 250;

/** Walks once through the machine and checks what came of it. Resolves to where it came. */
export async function rehearse(walk: Walk, { change, disturb, check = accepted(walk) }: Twist = {}): Promise<Tracks> {
  const fleet = await Fleet.create({ ...walk.options, ...(change && { change }), begin: endRunaways });
  try {
    walk.prepare?.(fleet);
    disturb?.(fleet);
    await fleet.lab.run(async () => check(fleet, await walk.play(fleet)));
    return tracksOf(fleet);
  } finally {
    await fleet.close();
  }
}

function accepted(walk: Walk) {
  return (fleet: Fleet, ended: Ended | undefined) => walk.check(fleet, ended!);
}

function endRunaways(fleet: Fleet): void {
  let calls = 0;
  fleet.lab.account.lambda.onInvoke(() => {
    if (++calls > MOST_CALLS) throw new Error(`the machine called functions more than ${MOST_CALLS} times`);
  });
}

function tracksOf(fleet: Fleet): Tracks {
  const { stepFunctions } = fleet.lab.account;
  const states = new Set<string>();
  const steps = new Set<string>();
  for (const execution of stepFunctions.executionsOf(fleet.stateMachineArn)) {
    const entered = stepFunctions
      .history(execution)
      .flatMap((event) => (event.stateEnteredEventDetails as { name: string } | undefined)?.name ?? []);
    entered.forEach((name, index) => {
      states.add(name);
      if (index > 0) steps.add(step(entered[index - 1], name));
    });
  }
  return { states, steps };
}
