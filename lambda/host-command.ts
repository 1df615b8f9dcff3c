import { describeGroups } from './aws/auto-scaling';
import { handle } from './aws/handler';
import { countsOf, type HostCommand, messageFrom, resultsOf, sendCommand } from './aws/run-command';
import { readLockToGoOn, readOwnLock } from './aws/table';
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
import type { Holder } from './core/lock';
import { COMMAND_INSTANCES } from './core/waves';

/** Sends a command to these instances, or to all stable ones where none are named. */
export interface SendEvent extends Holder, Pick<HostCommand, 'command'> {
  readonly action: 'send';
  readonly release: { readonly id: string; readonly sha256: string };
  /** Epoch by which hosts know this deployment. */
  readonly activationEpoch: number;
  readonly instances?: readonly string[];
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

/** Hosts whose output is read for the cause. */
const HOSTS_TOLD = 3;

/** Sends a command to hosts, or looks how far one is: one call for 50 hosts in either case. */
export const handler = handle<SendEvent | LookEvent, SendingProgress>('host-command', async (event) =>
  event.action === 'send' ? send(event) : look(event),
);

async function send({ command, release, activationEpoch, instances, epoch, execution, now }: SendEvent): Promise<SendingProgress> {
  const holder = { epoch, execution };
  await (command === 'stage' || command === 'activate' ? readLockToGoOn(holder) : readOwnLock(holder));
  const all = instances ?? (await describeGroups()).stable.inService;
  const commands: SentCommand[] = [];
  for (let from = 0; from < all.length; from += COMMAND_INSTANCES) {
    const batch = all.slice(from, from + COMMAND_INSTANCES);
    commands.push(...(await sendTo({ command, release: release.id, sha256: release.sha256, epoch: activationEpoch }, batch)));
  }
  return { command, commands, sent: now, over: false, failed: [] };
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
  const isWayBack = sending.command === 'revert' || sending.command === 'sync';
  await (isWayBack ? readOwnLock({ epoch, execution }) : readLockToGoOn({ epoch, execution }));
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
  const failed = unclear.length > 0 ? await failedHosts(unclear) : [];
  if (failed.length > 0 && !isWayBack) {
    const total = sending.commands.reduce((sum, command) => sum + command.instances.length, 0);
    throw hostsFailed(sending.command, failed, total);
  }
  return { ...sending, over: true, failed: failed.map((host) => host.instance) };
}

/** The hosts that did not succeed; those that left the group meanwhile do not count. */
async function failedHosts(commands: readonly SentCommand[]): Promise<FailedHost[]> {
  const { stable } = await describeGroups();
  const failed: FailedHost[] = [];
  for (const command of commands) {
    const results = unsuccessful(command, command.id === NOT_SENT ? [] : await resultsOf(command.id)).filter(({ instance }) =>
      stable.inService.includes(instance),
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
