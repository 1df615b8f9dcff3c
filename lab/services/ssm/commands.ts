import type {
  CancelCommandCommandInput,
  Command,
  CommandInvocation,
  GetCommandInvocationCommandInput,
  GetCommandInvocationCommandOutput,
  ListCommandInvocationsCommandInput,
  ListCommandsCommandInput,
  SendCommandCommandInput,
} from '@aws-sdk/client-ssm';
import type { LabContext } from '../../kernel/context';
import { AwsError } from '../../kernel/service';
import type { World } from '../../kernel/world';
import { checkRequest, parameterEnvironment, share } from './command-request';
import { CommandRun, type Invocation } from './command-run';
import type { Documents, DocumentVersion } from './documents';
import { checkRange, page, refuseUnknownMembers } from './members';

interface Sent {
  readonly commandId: string;
  readonly input: SendCommandCommandInput;
  readonly document: DocumentVersion;
  readonly run: CommandRun;
  readonly requestedAt: number;
}

/** Delivery time-out where none is given, in seconds. */
const DELIVERY_SECONDS = 3600;
/** Characters of a plugin's output in ListCommandInvocations. */
const PLUGIN_OUTPUT = 2500;

/** Run Command: what was sent, and what became of it. */
export class Commands {
  private readonly sent = new Map<string, Sent>();

  constructor(
    private readonly context: LabContext,
    private readonly world: World,
    private readonly documents: Documents,
  ) {}

  /** Sends a command to these instances, which the caller has resolved. */
  send(input: SendCommandCommandInput, instanceIds: readonly string[]): { Command: Command } {
    checkRequest(input);
    const document = this.documents.find(String(input.DocumentName), input.DocumentVersion, input.DocumentHash);
    const environment = parameterEnvironment(document.name, document.content, input.Parameters ?? {});
    const run = new CommandRun(this.context, this.world, {
      instanceIds,
      script: document.content.script,
      environment,
      executionSeconds: document.content.timeoutSeconds,
      deliverySeconds: input.TimeoutSeconds ?? DELIVERY_SECONDS,
      maxConcurrency: Math.max(1, share(input.MaxConcurrency ?? '50', instanceIds.length)),
      maxErrors: share(input.MaxErrors ?? '0', instanceIds.length),
    });
    const sent = { commandId: this.context.random.uuid(), input, document, run, requestedAt: this.context.clock.now() };
    this.sent.set(sent.commandId, sent);
    run.start();
    return { Command: command(sent) };
  }

  list(input: ListCommandsCommandInput): { Commands: Command[]; NextToken: string | undefined } {
    refuseUnknownMembers('ListCommands', input, ['CommandId', 'InstanceId', 'MaxResults', 'NextToken']);
    checkRange('MaxResults', input.MaxResults, 1, 50);
    const chosen = this.chosen(input.CommandId).filter(
      ({ run }) => input.InstanceId === undefined || of(run, input.InstanceId) !== undefined,
    );
    const { items, NextToken } = page(chosen, input.MaxResults ?? 50, input.NextToken);
    return { Commands: items.map(command), NextToken };
  }

  listInvocations(input: ListCommandInvocationsCommandInput): { CommandInvocations: CommandInvocation[]; NextToken: string | undefined } {
    refuseUnknownMembers('ListCommandInvocations', input, ['CommandId', 'InstanceId', 'MaxResults', 'NextToken', 'Details']);
    checkRange('MaxResults', input.MaxResults, 1, 50);
    const all = this.chosen(input.CommandId).flatMap((sent) =>
      sent.run.invocations
        .filter(({ instanceId }) => input.InstanceId === undefined || instanceId === input.InstanceId)
        .map((invocation) => invocationItem(sent, invocation, input.Details === true)),
    );
    const { items, NextToken } = page(all, input.MaxResults ?? 50, input.NextToken);
    return { CommandInvocations: items, NextToken };
  }

  invocation(input: GetCommandInvocationCommandInput): Omit<GetCommandInvocationCommandOutput, '$metadata'> {
    refuseUnknownMembers('GetCommandInvocation', input, ['CommandId', 'InstanceId', 'PluginName']);
    const sent = this.sent.get(String(input.CommandId));
    if (sent === undefined) throw new AwsError('InvalidCommandId', `there is no command ${input.CommandId}`);
    const found = of(sent.run, String(input.InstanceId));
    if (found === undefined) throw new AwsError('InvocationDoesNotExist', `command ${input.CommandId} was not sent to ${input.InstanceId}`);
    const { content } = sent.document;
    if (input.PluginName !== undefined && input.PluginName !== content.stepName) {
      throw new AwsError('InvalidPluginName', `document ${sent.document.name} has no step ${input.PluginName}`);
    }
    return {
      CommandId: sent.commandId,
      InstanceId: found.instanceId,
      Comment: sent.input.Comment ?? '',
      DocumentName: sent.document.name,
      DocumentVersion: sent.document.version,
      PluginName: content.stepName,
      ResponseCode: found.responseCode,
      ExecutionStartDateTime: time(found.startedAt)?.toISOString() ?? '',
      ExecutionEndDateTime: time(found.endedAt)?.toISOString() ?? '',
      Status: found.status,
      StatusDetails: found.details,
      StandardOutputContent: found.stdout,
      StandardErrorContent: found.stderr,
    };
  }

  cancel(input: CancelCommandCommandInput): void {
    refuseUnknownMembers('CancelCommand', input, ['CommandId', 'InstanceIds']);
    const sent = this.sent.get(String(input.CommandId));
    if (sent === undefined) throw new AwsError('InvalidCommandId', `there is no command ${input.CommandId}`);
    sent.run.cancel(input.InstanceIds);
  }

  private chosen(commandId: string | undefined): Sent[] {
    if (commandId === undefined) return [...this.sent.values()].reverse();
    const sent = this.sent.get(commandId);
    if (sent === undefined) throw new AwsError('InvalidCommandId', `there is no command ${commandId}`);
    return [sent];
  }
}

function of(run: CommandRun, instanceId: string): Invocation | undefined {
  return run.invocations.find((invocation) => invocation.instanceId === instanceId);
}

function time(ms: number | undefined): Date | undefined {
  return ms === undefined ? undefined : new Date(ms);
}

function command({ commandId, input, document, run, requestedAt }: Sent): Command {
  const { status, details } = run.status;
  const delivery = input.TimeoutSeconds ?? DELIVERY_SECONDS;
  return {
    CommandId: commandId,
    DocumentName: document.name,
    DocumentVersion: input.DocumentVersion ?? '$DEFAULT',
    Comment: input.Comment ?? '',
    ExpiresAfter: new Date(requestedAt + (delivery + document.content.timeoutSeconds) * 1000),
    Parameters: input.Parameters ?? {},
    InstanceIds: input.InstanceIds ?? [],
    Targets: input.Targets ?? [],
    RequestedDateTime: new Date(requestedAt),
    Status: status,
    StatusDetails: details,
    MaxConcurrency: input.MaxConcurrency ?? '50',
    MaxErrors: input.MaxErrors ?? '0',
    TargetCount: run.invocations.length,
    CompletedCount: run.completedCount,
    ErrorCount: run.errorCount,
    DeliveryTimedOutCount: run.deliveryTimedOutCount,
    TimeoutSeconds: delivery,
  };
}

function invocationItem(sent: Sent, invocation: Invocation, withPlugins: boolean): CommandInvocation {
  const { instanceId, status, details, responseCode, stdout, stderr, startedAt, endedAt } = invocation;
  const output = stderr === '' ? stdout : `${stdout}\n----------ERROR-------\n${stderr}`;
  const plugin = {
    Name: sent.document.content.stepName,
    Status: status === 'Delayed' || status === 'Cancelling' ? ('InProgress' as const) : status,
    StatusDetails: details,
    ResponseCode: responseCode,
    ResponseStartDateTime: time(startedAt),
    ResponseFinishDateTime: time(endedAt),
    Output: output.slice(0, PLUGIN_OUTPUT),
  };
  return {
    CommandId: sent.commandId,
    InstanceId: instanceId,
    Comment: sent.input.Comment ?? '',
    DocumentName: sent.document.name,
    DocumentVersion: sent.document.version,
    RequestedDateTime: new Date(sent.requestedAt),
    Status: status,
    StatusDetails: details,
    CommandPlugins: withPlugins ? [plugin] : [],
  };
}
