import { rmSync } from 'node:fs';
import { expectAtRest } from './at-rest';
import { freed, whenAt } from './faults';
import type { Ended, Fleet, FleetOptions } from './fleet';
import { BAD_ERRORS, GOOD, repositoryWith } from './releases';

/** One way through the state machine: what is set up, what happens, and what must have come of it. */
export interface Walk {
  readonly name: string;
  readonly options: FleetOptions;
  /** What the fleet gets before the walk begins: releases, and things that happen at certain states. */
  readonly prepare?: (fleet: Fleet) => void;
  /** The executions of the walk, the one that it is about last. Called in an actor. */
  readonly play: (fleet: Fleet) => Promise<Ended>;
  readonly check: (fleet: Fleet, ended: Ended) => Promise<void>;
}

const FRESH: FleetOptions = { committed: null, traffic: { requestsPerMinute: () => 600, tickSeconds: 10 } };
const COMMITTED: FleetOptions = { traffic: { requestsPerMinute: () => 1800, tickSeconds: 5 } };
/** A release that goes to every instance without a canary, as a rollback does. */
const ALL_SWITCHED = 'Tell hosts that all are switched';
const WITHOUT_CANARY = { mode: 'rollback', release: 'r2' };

const start = (input: unknown) => (fleet: Fleet) => fleet.ended(fleet.start(input));
const r2 = (fleet: Fleet) => fleet.release('r2', GOOD);

/** Every way that matters, the short ones first. */
export const WALKS: readonly Walk[] = [
  {
    name: 'malformed input',
    options: FRESH,
    play: start({ release: 'r1', weight: 5 }),
    check: async (_fleet, ended) => expectRefusal(ended, 'InvalidInput', /'weight'/),
  },
  {
    name: 'a recovery with nothing to recover',
    options: FRESH,
    play: start({ mode: 'recover' }),
    check: async (_fleet, { status, outcome }) =>
      expect({ status, verdict: outcome.verdict }).toEqual({ status: 'SUCCEEDED', verdict: 'nothingToDo' }),
  },
  {
    name: 'a release that does not exist',
    options: FRESH,
    play: start({ release: 'r1', bootstrap: true }),
    check: async (fleet, ended) => {
      expectRefusal(ended, 'Refused', /release 'r1' does not exist/);
      expect(fleet.pointer('stable')).not.toHaveProperty('epoch');
    },
  },
  {
    name: 'the first release',
    options: FRESH,
    prepare: (fleet) => fleet.release('r1', GOOD),
    play: start({ release: 'r1', bootstrap: true }),
    check: async (fleet, ended) => {
      expect(ended.states).not.toContain('Launch canaries');
      await expectPromoted(fleet, ended, 'r1');
    },
  },
  {
    name: 'the first release, built from git',
    get options() {
      return { ...FRESH, repository: repository() };
    },
    play: start({ ref: 'v1', bootstrap: true }),
    check: async (fleet, ended) => {
      expect(ended.outcome.release).toMatch(/^v1/);
      await expectPromoted(fleet, ended, ended.outcome.release);
    },
  },
  {
    name: 'a bad canary',
    options: { ...COMMITTED, traffic: { requestsPerMinute: () => 6000 } },
    prepare: (fleet) => fleet.release('r2', BAD_ERRORS),
    play: start({ release: 'r2' }),
    check: (fleet, ended) => expectRolledBack(fleet, ended, /error rate: canary/),
  },
  {
    name: 'a host that is out of reach in the promotion',
    options: COMMITTED,
    prepare: (fleet) => {
      r2(fleet);
      whenAt(fleet, 'Activate next wave', () => fleet.lab.account.world.setAgentOnline(fleet.ids('stable')[0], false));
    },
    play: start(WITHOUT_CANARY),
    check: async (fleet, ended) => {
      await expectRolledBack(fleet, ended, /'activate' failed on 1 of 1 instances.*could not go back and is replaced/);
    },
  },
  badBake(),
  slowAndLateHosts(),
  sickAtTheEnd(),
  {
    name: 'a good canary',
    options: COMMITTED,
    prepare: r2,
    play: start({ release: 'r2' }),
    check: (fleet, ended) => expectPromoted(fleet, ended, 'r2'),
  },
  {
    name: 'three good steps, without a bake',
    options: { ...COMMITTED, stack: 'second' },
    prepare: r2,
    play: start({ release: 'r2' }),
    check: async (fleet, ended) => {
      expect(fleet.weights).toEqual([5, 25, 50, 0]);
      await expectPromoted(fleet, ended, 'r2');
    },
  },
  stopped('Shift traffic to canary', { release: 'r2' }, async (fleet, { outcome, status, states }) => {
    expect({ status, verdict: outcome.verdict }).toEqual({ status: 'SUCCEEDED', verdict: 'recovered' });
    expect(outcome.cause).toMatch(/ended without cleaning up; the fleet is back on r1/);
    expect(states).not.toContain('Go back on stable instances');
    await rests(fleet, 'r1');
  }),
  stopped('Retire the canary', WITHOUT_CANARY, async (fleet, { outcome, status }) => {
    expect({ status, verdict: outcome.verdict }).toEqual({ status: 'SUCCEEDED', verdict: 'recovered' });
    expect(outcome.cause).toMatch(/finished: r2 stays/);
    await rests(fleet, 'r2');
  }),
];

/** The release is bad in a way that only shows when every instance runs it, and when one has booted with it. */
function badBake(): Walk {
  const sharedErrors = { rate: 0 };
  return {
    name: 'a bad bake',
    get options() {
      sharedErrors.rate = 0;
      return { ...COMMITTED, traffic: { ...COMMITTED.traffic!, sharedErrorRate: () => sharedErrors.rate } };
    },
    prepare: (fleet) => {
      const { autoScaling } = fleet.lab.account;
      r2(fleet);
      whenAt(fleet, 'Look at stable', () => autoScaling.setDesired(autoScaling.group('hello-stable'), 4, 'a test is'), 2);
      whenAt(
        fleet,
        'Look at stable',
        () => {
          expect(fleet.releases('stable')).toEqual(['r2', 'r2', 'r2', 'r2']);
          sharedErrors.rate = 0.5;
        },
        8,
      );
    },
    play: start({ release: 'r2' }),
    check: async (fleet, ended) => {
      expect(ended.states).toContain('Let instances follow their pointer');
      expect(ended.states).not.toContain('Replace instances that did not go back');
      await expectRolledBack(fleet, ended, /error rate after promotion: stable/);
    },
  };
}

/** A host that stages slowly and is sick for a while after its switch, and another that comes into service when all others are switched. */
function slowAndLateHosts(): Walk {
  return {
    name: 'slow and late hosts',
    // A host comes into service between the last look and the pointer's write, which is what the next state is for.
    options: { ...COMMITTED, invariants: false },
    prepare: (fleet) => {
      const { autoScaling, context } = fleet.lab.account;
      r2(fleet);
      const [first] = fleet.ids('stable').sort();
      const staged = slowDown(fleet, first);
      whenAt(fleet, 'Tell hosts that the promotion begins', () => expect(staged()).toBe(true));
      let recovered = () => {};
      whenAt(fleet, 'Activate next wave', () => {
        recovered = sicken(fleet, [first]);
      });
      whenAt(fleet, 'Plan the next wave', () => recovered(), 2);
      whenAt(fleet, 'Plan the next wave', () => autoScaling.setDesired(autoScaling.group('hello-stable'), 4, 'a test is'), 4);
      whenAt(fleet, ALL_SWITCHED, async () => {
        expect(fleet.releases('stable').filter((release) => release === 'r2')).toHaveLength(3);
        while (serving(fleet) < 4) await context.clock.sleep(1000);
      });
      whenAt(fleet, 'Take canary out after promotion', () => expect(fleet.releases('stable')).toEqual(['r2', 'r2', 'r2', 'r2']));
    },
    play: start(WITHOUT_CANARY),
    check: async (fleet, ended) => {
      expect(ended.states.slice(ended.states.indexOf('Look for late instances') + 1)[1]).toBe('Activate next wave');
      await expectPromoted(fleet, ended, 'r2');
    },
  };
}

/** Most of the group becomes sick just when all are switched: nothing goes on until it is healthy again. */
function sickAtTheEnd(): Walk {
  return {
    name: 'hosts that become sick when all are switched',
    // More hosts are sick than a deployment may make: it is the test that makes them so.
    options: { ...COMMITTED, invariants: false },
    prepare: (fleet) => {
      r2(fleet);
      let recovered = () => {};
      let sick = false;
      const setSick = (isSick: boolean) => {
        sick = isSick;
      };
      whenAt(fleet, ALL_SWITCHED, async () => {
        recovered = sicken(fleet, fleet.ids('stable').slice(1));
        setSick(true);
        await fleet.lab.account.context.clock.sleep(40_000);
      });
      whenAt(fleet, 'Plan the next wave', () => recovered(), 5);
      whenAt(fleet, 'Plan the next wave', () => setSick(false), 6);
      whenAt(fleet, 'Take canary out after promotion', () => expect(sick).toBe(false));
    },
    play: start(WITHOUT_CANARY),
    check: async (fleet, ended) => {
      expect(ended.states.slice(ended.states.indexOf('Look for late instances') + 1)[1]).toBe('Let the wave prove itself');
      await expectPromoted(fleet, ended, 'r2');
    },
  };
}

/** Lets the health page of hosts fail until the function that is returned is called; meanwhile the group does not replace them. */
function sicken(fleet: Fleet, hosts: readonly string[]): () => void {
  const { world, autoScaling } = fleet.lab.account;
  autoScaling.setSuspended(autoScaling.group(`${fleet.name}-stable`), ['ReplaceUnhealthy'], true);
  const probe = world.probe.bind(world);
  world.probe = (host) => (hosts.includes(host) ? Promise.resolve({ status: 503 }) : probe(host));
  return () => {
    world.probe = probe;
  };
}

/** The first command on a host takes half a minute longer; the function that is returned tells whether it is through. */
function slowDown(fleet: Fleet, host: string): () => boolean {
  const { world, context } = fleet.lab.account;
  const runScript = world.runScript.bind(world);
  let isThrough = false;
  world.runScript = async (instanceId, ...rest) => {
    if (instanceId !== host || isThrough) return runScript(instanceId, ...rest);
    await context.clock.sleep(30_000);
    const result = await runScript(instanceId, ...rest);
    isThrough = true;
    return result;
  };
  return () => isThrough;
}

function serving(fleet: Fleet): number {
  return fleet.lab.account.autoScaling.instances(`${fleet.name}-stable`).filter(({ lifecycleState }) => lifecycleState === 'InService')
    .length;
}

/** An execution that is stopped from outside at a state, and the recovery that follows by itself. */
function stopped(state: string, input: unknown, check: Walk['check']): Walk {
  return {
    name: `StopExecution at '${state}'`,
    options: COMMITTED,
    prepare: r2,
    play: async (fleet) => {
      const { stepFunctions } = fleet.lab.account;
      const execution = fleet.start(input);
      await fleet.enters(execution, state);
      stepFunctions.stopExecution(execution);
      await freed(fleet);
      const [recovery] = stepFunctions.executionsOf(fleet.stateMachineArn);
      return fleet.ended(recovery);
    },
    check,
  };
}

let cloned: string | undefined;

function repository(): string {
  cloned ??= repositoryWith({ v1: GOOD });
  return cloned;
}

/** Removes what the walks made on disk. */
export function removeRepository(): void {
  if (cloned !== undefined) rmSync(cloned, { recursive: true });
  cloned = undefined;
}

function expectRefusal({ status, error, outcome }: Ended, name: string, cause: RegExp): void {
  expect({ status, error, verdict: outcome.verdict }).toEqual({ status: 'FAILED', error: name, verdict: 'refused' });
  expect(outcome.cause).toMatch(cause);
}

async function expectPromoted(fleet: Fleet, { status, outcome }: Ended, release: string): Promise<void> {
  expect({ status, verdict: outcome.verdict, release: outcome.release }).toEqual({ status: 'SUCCEEDED', verdict: 'promoted', release });
  await rests(fleet, release);
}

async function expectRolledBack(fleet: Fleet, { status, error, outcome }: Ended, cause: RegExp): Promise<void> {
  expect({ status, error, verdict: outcome.verdict }).toEqual({ status: 'FAILED', error: 'RolledBack', verdict: 'rolledBack' });
  expect(outcome.cause).toMatch(cause);
  expect(outcome.cause).not.toMatch(/going back on the hosts failed/);
  await rests(fleet, 'r1');
}

/** Lets instances that drain or boot do so, and expects the fleet at rest. */
export async function rests(fleet: Fleet, release: string): Promise<void> {
  await fleet.lab.account.context.clock.sleep(15 * 60_000);
  await expectAtRest(fleet, release);
}
