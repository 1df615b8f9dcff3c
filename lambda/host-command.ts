import type { GroupRole } from '../lib/deployment/contract';
import { describeGroups } from './aws/auto-scaling';
import { handle } from './aws/handler';
import { countsOf, type HostCommand, messageFrom, resultsOf, sendCommand } from './aws/run-command';
import { readLockToGoOn, readOwnLock } from './aws/table';
import { DeploymentError } from './core/errors';
import {
  allSucceeded,
  type FailedHost,
  hostsFailed,
  isOver,
  isOverdue,
  NOT_SENT,
  type Sending,
  type SentCommand,
  unsuccessful,
} from './core/host-commands';
import type { Holder, Lock } from './core/lock';
import { COMMAND_INSTANCES } from './core/waves';

/** Sends a command to these instances, or to all of a group where none are named. */
export interface SendEvent extends Holder, Pick<HostCommand, 'command' | 'step'> {
  readonly action: 'send';
  readonly release: { readonly id: string; readonly sha256: string };
  /** Epoch by which hosts know this deployment. */
  readonly activationEpoch: number;
  readonly instances?: readonly string[];
  /** Default: stable. */
  readonly group?: GroupRole;
  /** Only to the first instance of the group. */
  readonly once?: true;
  /** Each of them must succeed: what it does is not done where it leaves. */
  readonly strict?: true;
  /** Sent also where the deployment was aborted: it leads back, or is for afterwards. */
  readonly wayBack?: true;
  readonly now: string;
}

/** Looks how far a command is. */
export interface LookEvent extends Holder {
  readonly action: 'look';
  readonly sending: Sending;
  readonly now: string;
}

/** `$.staging`, `$.activation`, `$.revert` of the state machine. */
export interface SendingProgress extends Sending {
  readonly over: boolean;
  /** Hosts in service on which a revert or sync failed; another command that fails anywhere is an error instead. */
  readonly failed: readonly string[];
}

/** Commands that may fail on a host: what follows looks after these hosts. */
const GOES_ON_WITHOUT = ['revert', 'sync'];
/** Hosts whose output is read for the cause. */
const HOSTS_TOLD = 3;

/** Sends a command to hosts, or looks how far one is: one call for 50 hosts in either case. */
export const handler = handle<SendEvent | LookEvent, SendingProgress>('host-command', async (event) =>
  event.action === 'send' ? send(event) : look(event),
);

async function send(event: SendEvent): Promise<SendingProgress> {
  const { command, step, release, activationEpoch, group = 'stable', strict = false, wayBack = false, epoch, execution, now } = event;
  await readLockFor(wayBack, { epoch, execution });
  const all = await receivers(event, group);
  const commands: SentCommand[] = [];
  for (let from = 0; from < all.length; from += COMMAND_INSTANCES) {
    const batch = all.slice(from, from + COMMAND_INSTANCES);
    commands.push(...(await sendTo({ command, step, release: release.id, sha256: release.sha256, epoch: activationEpoch }, batch)));
  }
  return { command: step ?? command, group, strict, wayBack, commands, sent: now, over: false, failed: [] };
}

async function receivers({ instances, once, step, command }: SendEvent, group: GroupRole): Promise<readonly string[]> {
  if (instances) return instances;
  const { inService } = (await describeGroups())[group];
  if (!once) return inService;
  if (inService.length === 0) {
    throw new DeploymentError(
      'HostCommandFailed',
      `'${step ?? command}' needs an instance in service in the ${group} group, and there is none`,
    );
  }
  return [[...inService].sort()[0]];
}

function readLockFor(wayBack: boolean, holder: Holder): Promise<Lock> {
  return wayBack ? readOwnLock(holder) : readLockToGoOn(holder);
}

/** One host that Systems Manager does not know makes it refuse all that are named with it: the others are then asked without it. */
async function sendTo(host: HostCommand, instances: readonly string[]): Promise<SentCommand[]> {
  const id = await sendCommand(host, instances);
  if (id !== undefined) return [{ id, instances }];
  if (instances.length === 1) return [{ id: NOT_SENT, instances }];
  const half = Math.ceil(instances.length / 2);
  return [...(await sendTo(host, instances.slice(0, half))), ...(await sendTo(host, instances.slice(half)))];
}

async function look({ sending, epoch, execution, now }: LookEvent): Promise<SendingProgress> {
  await readLockFor(sending.wayBack, { epoch, execution });
  const overdue = isOverdue(sending, now);
  const unclear: SentCommand[] = [];
  for (const command of sending.commands) {
    if (command.id === NOT_SENT) {
      unclear.push(command);
      continue;
    }
    const counts = await countsOf(command.id);
    if (!isOver(counts) && !overdue) return { ...sending, over: false, failed: [] };
    if (!counts || !allSucceeded(counts, command)) unclear.push(command);
  }
  const failed = unclear.length > 0 ? await failedHosts(unclear, sending) : [];
  if (failed.length > 0 && !GOES_ON_WITHOUT.includes(sending.command)) {
    const total = sending.commands.reduce((sum, command) => sum + command.instances.length, 0);
    throw hostsFailed(sending.command, failed, total);
  }
  return { ...sending, over: true, failed: failed.map((host) => host.instance) };
}

/** The hosts that did not succeed; those that left the group meanwhile count only where each one must. */
async function failedHosts(commands: readonly SentCommand[], { group, strict }: Sending): Promise<FailedHost[]> {
  const { inService } = (await describeGroups())[group];
  const failed: FailedHost[] = [];
  for (const command of commands) {
    const results = unsuccessful(command, command.id === NOT_SENT ? [] : await resultsOf(command.id)).filter(
      ({ instance }) => strict || inService.includes(instance),
    );
    for (const { instance, status } of results) {
      failed.push({
        instance,
        status,
        message: failed.length < HOSTS_TOLD && command.id !== NOT_SENT ? await messageFrom(command.id, instance) : '',
      });
    }
  }
  return failed;
}
