import {
  GetCommandInvocationCommand,
  ListCommandsCommand,
  paginateListCommandInvocations,
  SendCommandCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { type CommandCounts, type HostResult, lastLine, type ReleaseStep } from '../core/host-commands';
import { CLIENT_OPTIONS } from './client-options';
import { config } from './config';

const client = new SSMClient(CLIENT_OPTIONS);
/** How long a host may be unreachable before it counts as failed. */
const DELIVERY_SECONDS = 300;

/** What the host program is called with. */
export interface HostCommand {
  readonly command: 'stage' | 'activate' | 'revert' | 'sync' | 'prune' | 'step';
  /** With `step`: which one of the release's. */
  readonly step?: ReleaseStep;
  readonly release: string;
  readonly sha256: string;
  readonly epoch: number;
}

/**
 * Sends one command to at most 50 instances and returns its id; undefined where one of them is not registered with Systems
 * Manager, or not any more. A retry sends it twice, which hosts do not mind.
 */
export async function sendCommand(host: HostCommand, instances: readonly string[]): Promise<string | undefined> {
  try {
    const answer = await client.send(commandFor(host, instances));
    return answer.Command!.CommandId!;
  } catch (error) {
    if ((error as Error).name === 'InvalidInstanceId') return undefined;
    throw error;
  }
}

function commandFor(host: HostCommand, instances: readonly string[]): SendCommandCommand {
  return new SendCommandCommand({
    DocumentName: config.document,
    InstanceIds: [...instances],
    Comment: `${host.step ?? host.command} ${host.release} in epoch ${host.epoch}`.slice(0, 100),
    TimeoutSeconds: DELIVERY_SECONDS,
    MaxConcurrency: '50',
    MaxErrors: '100%',
    Parameters: {
      Command: [host.command],
      ...(host.step && { Step: [host.step] }),
      Release: [host.release],
      Sha256: [host.sha256],
      Epoch: [String(host.epoch)],
      HostSha256: [config.hostSha256],
    },
  });
}

/** The counts of a command; undefined while Systems Manager does not show it yet. One call, whatever the number of hosts. */
export async function countsOf(commandId: string): Promise<CommandCounts | undefined> {
  const answer = await client.send(new ListCommandsCommand({ CommandId: commandId }));
  const command = answer.Commands?.[0];
  if (!command) return undefined;
  return {
    status: command.Status ?? 'Pending',
    targets: command.TargetCount ?? 0,
    completed: command.CompletedCount ?? 0,
    errors: command.ErrorCount ?? 0,
    undelivered: command.DeliveryTimedOutCount ?? 0,
  };
}

/** How a command ended on each host. Only called for a command that did not succeed everywhere. */
export async function resultsOf(commandId: string): Promise<HostResult[]> {
  const results: HostResult[] = [];
  for await (const page of paginateListCommandInvocations({ client }, { CommandId: commandId })) {
    for (const invocation of page.CommandInvocations ?? [])
      results.push({ instance: invocation.InstanceId!, status: invocation.Status ?? 'Pending' });
  }
  return results;
}

/** What a command wrote to its standard output on one host. */
export async function outputOf(commandId: string, instance: string): Promise<string> {
  const answer = await client.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instance }));
  return answer.StandardOutputContent ?? '';
}

/** The last line that the host program wrote to its standard error; empty where the command did not get that far. */
export async function messageFrom(commandId: string, instance: string): Promise<string> {
  try {
    const answer = await client.send(new GetCommandInvocationCommand({ CommandId: commandId, InstanceId: instance }));
    return lastLine(answer.StandardErrorContent ?? '');
  } catch (error) {
    if ((error as Error).name === 'InvocationDoesNotExist') return '';
    throw error;
  }
}
