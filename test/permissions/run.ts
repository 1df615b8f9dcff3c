import type { Decision } from '../../lab/iam';
import { Fleet } from '../scenarios/fleet';
import { line, Names, type Permission } from './names';
import type { Scenario } from './scenarios';

/** A permission to do without: every statement of the role loses the action. */
export interface Loss {
  readonly role: string;
  readonly action: string;
}

/** What a scenario did. */
export interface Run {
  /** Everything that the stack's roles may do. */
  readonly granted: readonly Permission[];
  /** Permissions that were used at any time, as lines. */
  readonly used: ReadonlySet<string>;
  /** `role action` of what the scenario itself used, with the number of decisions from the start of the lab to the first use. */
  readonly usedInPlay: ReadonlyMap<string, number>;
  /** `role action` of calls that were denied. */
  readonly denied: readonly string[];
  /** How everything ended, without what differs from run to run. */
  readonly ending: unknown;
  /** Milliseconds of simulated time. */
  readonly took: number;
}

const MINUTE = 60_000;
/** No scenario takes longer. */
const LONGEST = 240 * MINUTE;
/** Time for what a scenario leaves behind: an execution's last state, machines that shut down. */
const AFTERWARDS = 5 * MINUTE;

/**
 * Plays a scenario.
 *
 * @param loss is in force from where the scenario begins
 * @param patience milliseconds of simulated time after which the ending is taken as it is
 */
export async function run(scenario: Scenario, loss?: Loss, patience = LONGEST): Promise<Run> {
  const fleet = await Fleet.create({ ...scenario.options, invariants: loss === undefined });
  const names = new Names(fleet);
  const { iam } = fleet.lab.account;
  await scenario.prepare?.(fleet);
  if (loss !== undefined) withoutPermission(fleet, names, loss);
  const begin = iam.decisions.length;
  const { clock } = fleet.lab.account.context;
  const began = clock.now();
  const failure = await play(scenario, fleet, patience);
  if (failure !== undefined && loss === undefined) throw failure;
  const took = clock.now() - began;
  const result: Run = {
    granted: iam.statements().flatMap((statement) => names.permissionsOf(statement)),
    used: new Set(iam.decisions.flatMap((decision) => names.used(decision) ?? []).map(line)),
    usedInPlay: firstUses(names, iam.decisions, begin),
    denied: iam.decisions.flatMap(({ allowed, roleLogicalId, action }) =>
      allowed ? [] : [`${roleLogicalId && names.role(roleLogicalId)} ${action}`],
    ),
    ending: { ...endingOf(fleet), failure: failure?.message },
    took,
  };
  await fleet.close();
  return result;
}

/** What the scenario failed with: a fleet that lost a permission may never come to where the scenario waits for it. */
async function play(scenario: Scenario, fleet: Fleet, patience: number): Promise<Error | undefined> {
  const { clock } = fleet.lab.account.context;
  let failure: Error | undefined;
  await fleet.lab.run(async () => {
    const over = new Promise<void>((resolve) => {
      const limit = clock.after(patience, 'end of patience', () => resolve());
      clock.spawn('scenario', async () => {
        await scenario.play(fleet).catch((error) => {
          failure = error;
        });
        limit.cancel();
        resolve();
      });
    });
    await clock.waitFor(over);
    await clock.sleep(AFTERWARDS);
  });
  return failure;
}

function withoutPermission(fleet: Fleet, names: Names, { role, action }: Loss): void {
  const { iam } = fleet.lab.account;
  const ids = new Set(iam.statements().map(({ roleLogicalId }) => roleLogicalId));
  for (const id of ids) if (names.role(id) === role) iam.withoutAction(id, action);
}

function firstUses(names: Names, decisions: readonly Decision[], begin: number): Map<string, number> {
  const first = new Map<string, number>();
  decisions.forEach((decision, index) => {
    const used = index < begin ? undefined : names.used(decision);
    const key = used && `${used.role} ${used.action}`;
    if (key !== undefined && !first.has(key)) first.set(key, index);
  });
  return first;
}

function endingOf(fleet: Fleet): object {
  const { stepFunctions, sns, s3, autoScaling } = fleet.lab.account;
  return {
    executions: stepFunctions.executionsOf(fleet.stateMachineArn).map((executionArn) => {
      const { status, error, output, cause } = stepFunctions.describeExecution(executionArn);
      return { status, error, outcome: sentenceOf(output ?? cause) };
    }),
    held: (fleet.lock()?.holder?.S ?? '') !== '',
    told: sns.messages.length,
    published: [...s3.objects(fleet.bucket).keys()].filter((key) => key.endsWith('/manifest')).length,
    weight: fleet.canaryWeight(),
    inService: autoScaling.instances(`${fleet.name}-stable`).filter(({ lifecycleState }) => lifecycleState === 'InService').length,
    canaries: fleet.ids('canary').length,
    releases: [...new Set(fleet.releases('stable'))].sort(),
  };
}

/** The cause of an outcome, or the first words of another error; figures and ids differ from run to run. */
function sentenceOf(text = ''): string {
  let cause = text;
  try {
    cause = JSON.parse(text).cause ?? text;
  } catch {}
  return cause.replace(/\b[0-9a-f-]{8,}\b/g, '#').replace(/[\d.,]+/g, '#');
}
