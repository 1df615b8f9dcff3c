import { broken, faultAt } from '../scenarios/faults';
import type { Fleet, FleetOptions } from '../scenarios/fleet';
import { BAD_ERRORS, GOOD, SLOW } from '../scenarios/releases';

/** A run of a fleet that uses permissions. */
export interface Scenario {
  readonly options: FleetOptions;
  /** Brings the fleet to where the scenario begins. */
  readonly prepare?: (fleet: Fleet) => Promise<void>;
  /** What happens; an actor of the lab. */
  readonly play: (fleet: Fleet) => Promise<unknown>;
}

/** Scenarios that between them use every permission that the lab can exercise. */
export function scenarios(repository: string): Readonly<Record<string, Scenario>> {
  return {
    'a stack update': {
      options: { committed: null },
      play: async ({ lab }) => {
        const { template } = lab;
        const tagged = Object.entries(template.Resources).map(([id, resource]) =>
          resource.Type === 'AWS::StepFunctions::StateMachine'
            ? [id, { ...resource, Properties: { ...resource.Properties, Tags: [{ Key: 'team', Value: 'web' }] } }]
            : [id, resource],
        );
        await lab.stack.deploy({ ...template, Resources: Object.fromEntries(tagged) });
      },
    },
    'another instance before there is a release': {
      options: { committed: null },
      play: async (fleet) => {
        grow(fleet);
        await minutes(fleet, 10);
      },
    },
    'a release that does not exist': {
      options: {},
      play: (fleet) => fleet.ended(fleet.start({ release: 'r2' })),
    },
    'a recovery before there is a pointer': {
      options: { committed: null },
      play: async (fleet) => {
        await stopIn(fleet, fleet.start({ release: 'r1', bootstrap: true }), 'Check the fleet');
        await fleet.free();
      },
    },
    'a build that is stopped': {
      options: { committed: null, repository },
      play: async (fleet) => {
        await stopIn(fleet, fleet.start({ ref: 'v1', bootstrap: true }), 'Build release');
        await fleet.free();
      },
    },
    'the first release, built from git': {
      options: { committed: null, repository },
      play: (fleet) => fleet.ended(fleet.start({ ref: 'v1', bootstrap: true })),
    },
    'bad errors, and a second start meanwhile': {
      options: {},
      play: async (fleet) => {
        fleet.release('r2', BAD_ERRORS);
        const first = fleet.start({ release: 'r2' });
        await fleet.enters(first, 'Launch canaries');
        await fleet.ended(fleet.start({ release: 'r2' }));
        await fleet.ended(first);
      },
    },
    'an abort in mid-canary': {
      options: {},
      play: async (fleet) => {
        fleet.release('r2', GOOD);
        const execution = fleet.start({ release: 'r2' });
        await fleet.enters(execution, 'Wait a minute');
        await fleet.takeOut('customers complain');
        await fleet.ended(execution);
      },
    },
    'an execution that is stopped in mid-canary': {
      options: {},
      play: async (fleet) => {
        fleet.release('r2', SLOW);
        await stopIn(fleet, fleet.start({ release: 'r2' }), 'Wait a minute');
        await fleet.free();
      },
    },
    'a recovery that fails, and another': {
      options: {},
      play: async (fleet) => {
        faultAt(fleet, 'Find out how far it came', () => {
          throw broken();
        });
        fleet.release('r2', GOOD);
        await stopIn(fleet, fleet.start({ release: 'r2' }), 'Wait a minute');
        await fleet.free();
      },
    },
    'a rollback that is asked for': {
      options: {},
      prepare: async (fleet) => {
        fleet.release('r2', GOOD);
        await fleet.run({ release: 'r2' });
      },
      play: (fleet) => fleet.ended(fleet.start({ mode: 'rollback' })),
    },
    'a stable group that grows in every phase': {
      options: {},
      play: async (fleet) => {
        fleet.release('r2', GOOD);
        const execution = fleet.start({ release: 'r2' });
        for (const state of ['Wait a minute', 'Begin the promotion', 'Wait a minute of the bake']) {
          await fleet.enters(execution, state);
          grow(fleet);
        }
        await fleet.ended(execution);
      },
    },
    'a host that cannot be reached in the promotion': {
      options: {},
      play: async (fleet) => {
        fleet.release('r2', GOOD);
        const execution = fleet.start({ release: 'r2' });
        await fleet.enters(execution, 'Begin the promotion');
        fleet.lab.account.world.setAgentOnline(fleet.ids('stable')[0], false);
        await fleet.ended(execution);
        await minutes(fleet, 10);
      },
    },
    'a database that is saved and changed by canary': {
      options: { stack: 'market' },
      play: async (fleet) => {
        fleet.release('r2', { ...GOOD, database: { changes: ['ALTER TABLE item ADD COLUMN badge int NULL'] } });
        await fleet.ended(fleet.start({ release: 'r2' }));
      },
    },
    'a database that is changed behind the page, by an execution that is stopped': {
      options: { stack: 'market' },
      play: async (fleet) => {
        fleet.release('r2', { ...GOOD, database: { changes: ['DROP TABLE item'], breaks: true } });
        await stopIn(fleet, fleet.start({ release: 'r2', allowMaintenance: true }), 'Wait for the migration behind the page');
        await fleet.free();
      },
    },
    'a critical alarm in mid-canary': {
      options: { stack: 'second' },
      play: async (fleet) => {
        fleet.release('r2', GOOD);
        const execution = fleet.start({ release: 'r2' });
        await fleet.enters(execution, 'Wait a minute', 2);
        const { account, stack } = fleet.lab;
        account.cloudWatch.setAlarmState(stack.ofType('AWS::CloudWatch::Alarm')[0].physicalId, 'ALARM', 'checkouts fail');
        await fleet.ended(execution);
      },
    },
  };
}

function minutes(fleet: Fleet, count: number): Promise<void> {
  return fleet.lab.account.context.clock.sleep(count * 60_000);
}

async function stopIn(fleet: Fleet, execution: string, state: string): Promise<void> {
  await fleet.enters(execution, state);
  fleet.lab.account.stepFunctions.stopExecution(execution);
}

/** One stable instance more, as a scaling policy would. */
function grow(fleet: Fleet): void {
  const { autoScaling } = fleet.lab.account;
  const group = autoScaling.group(`${fleet.name}-stable`);
  autoScaling.setDesired(group, group.desired + 1, 'more customers');
}
