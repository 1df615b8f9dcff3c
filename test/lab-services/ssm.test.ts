import type {
  Command,
  DescribeInstanceInformationCommandOutput,
  GetCommandInvocationCommandOutput,
  ListCommandInvocationsCommandOutput,
} from '@aws-sdk/client-ssm';
import { VirtualClock } from '../../lab/clock/virtual-clock';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { Call } from '../../lab/kernel/service';
import type { ScriptResult, World } from '../../lab/kernel/world';
import { SsmService } from '../../lab/services/ssm/ssm-service';

const CALL: Call = { principal: { kind: 'operator', arn: 'operator' }, requestId: 'r', headers: {} };
const DOCUMENT = {
  schemaVersion: '2.2',
  parameters: {
    Command: { type: 'String', allowedPattern: '^(stage|status)$', interpolationType: 'ENV_VAR' },
    Release: { type: 'String', default: '', allowedPattern: '^[a-z0-9-]*$', interpolationType: 'ENV_VAR' },
  },
  mainSteps: [
    {
      action: 'aws:runShellScript',
      name: 'host',
      precondition: { StringEquals: ['platformType', 'Linux'] },
      inputs: { timeoutSeconds: '600', runCommand: ['#!/bin/bash', 'echo "$SSM_Command"'] },
    },
  ],
};

let clock: VirtualClock;
let ssm: SsmService;
let offline: Set<string>;
let most: number;
let now: number;
let scripts: { instanceId: string; script: string; environment: Readonly<Record<string, string>>; timeoutSeconds: number }[];
/** What a script does on an instance; 10 seconds and success unless a test says otherwise. */
let outcome: (instanceId: string) => { seconds: number; result: ScriptResult };

beforeEach(() => {
  clock = new VirtualClock(new Date('2026-01-01T00:00:00Z'));
  offline = new Set();
  scripts = [];
  most = now = 0;
  outcome = () => ({ seconds: 10, result: { exitCode: 0, stdout: 'done\n', stderr: '' } });
  const world: Pick<World, 'runScript' | 'agentOnline'> = {
    agentOnline: (instanceId) => !offline.has(instanceId),
    runScript: async (instanceId, script, environment, timeoutSeconds) => {
      scripts.push({ instanceId, script, environment, timeoutSeconds });
      most = Math.max(most, ++now);
      const { seconds, result } = outcome(instanceId);
      await clock.sleep(seconds * 1000);
      now--;
      return result;
    },
  };
  ssm = new SsmService(
    { clock, random: new Random(1), region: 'eu-west-1', account: '123456789012', speed: 'simulated', events: new EventBus() },
    {
      world: world as World,
      instances: {
        groupOf: (instanceId) => (instanceId.startsWith('i-') ? 'shop-stable' : undefined),
        instancesOf: (group) => (group === 'shop-stable' ? ids(3) : []),
        inService: () => false,
        all: () => ids(3),
      },
    },
  );
});

afterEach(() => clock.stop());

const ids = (count: number) => Array.from({ length: count }, (_, i) => `i-${i + 1}`);

async function call<T>(operation: string, input: unknown): Promise<T> {
  return ssm.operations[operation].handle(input, CALL) as Promise<T>;
}

async function createDocument(content: unknown = DOCUMENT, name = 'host'): Promise<void> {
  await provider('AWS::SSM::Document').create({
    logicalId: 'Document',
    type: 'AWS::SSM::Document',
    properties: { Name: name, DocumentType: 'Command', UpdateMethod: 'NewVersion', Content: content },
  });
}

function provider(type: string) {
  return ssm.providers().find((candidate) => candidate.type === type)!;
}

async function send(input: Record<string, unknown> = {}): Promise<string> {
  await createDocument().catch(() => undefined);
  const { Command } = await call<{ Command: Command }>('SendCommand', {
    DocumentName: 'host',
    InstanceIds: ids(3),
    Parameters: { Command: ['stage'] },
    ...input,
  });
  return Command.CommandId!;
}

async function describe1(commandId: string): Promise<Command> {
  return (await call<{ Commands: Command[] }>('ListCommands', { CommandId: commandId })).Commands[0];
}

const invocation = (CommandId: string, InstanceId: string) =>
  call<GetCommandInvocationCommandOutput>('GetCommandInvocation', { CommandId, InstanceId });

/** Sends a command and lets an hour pass. */
async function carryOut(input: Record<string, unknown> = {}): Promise<string> {
  return clock.run(async () => {
    const commandId = await send(input);
    await clock.sleep(3_700_000);
    return commandId;
  });
}

describe('commands', () => {
  test('run on every instance with the parameters as environment variables', async () => {
    const commandId = await carryOut();
    expect(await describe1(commandId)).toMatchObject({
      Status: 'Success',
      StatusDetails: 'Success',
      TargetCount: 3,
      CompletedCount: 3,
      ErrorCount: 0,
      DeliveryTimedOutCount: 0,
    });
    expect(scripts.map(({ instanceId }) => instanceId).sort()).toEqual(ids(3));
    expect(scripts[0]).toMatchObject({
      script: '#!/bin/bash\necho "$SSM_Command"',
      environment: { SSM_Command: 'stage', SSM_Release: '' },
      timeoutSeconds: 600,
    });
    expect(await invocation(commandId, 'i-2')).toMatchObject({
      Status: 'Success',
      ResponseCode: 0,
      StandardOutputContent: 'done\n',
      PluginName: 'host',
    });
  });

  test('take no longer than the slowest instance and the delivery, and show their progress', async () => {
    await clock.run(async () => {
      const commandId = await send();
      expect(await describe1(commandId)).toMatchObject({ Status: 'Pending', CompletedCount: 0 });
      await clock.sleep(5000);
      expect(await describe1(commandId)).toMatchObject({ Status: 'InProgress', CompletedCount: 0 });
      expect(await invocation(commandId, 'i-1')).toMatchObject({ Status: 'InProgress', ResponseCode: -1 });
      await clock.sleep(8000);
      expect(await describe1(commandId)).toMatchObject({ Status: 'Success', CompletedCount: 3 });
    });
  });

  test.each([
    ['2', 2],
    ['34%', 1],
    ['100%', 3],
    ['1%', 1],
  ])('run on at most MaxConcurrency %s instances at a time', async (MaxConcurrency, expected) => {
    await carryOut({ MaxConcurrency });
    expect(most).toBe(expected);
  });

  test('stop after more than MaxErrors errors', async () => {
    outcome = (instanceId) => ({
      seconds: 1,
      result: { exitCode: instanceId === 'i-1' ? 65 : 0, stdout: '', stderr: 'asg-canary-host: bad' },
    });
    const commandId = await carryOut({ MaxConcurrency: '1' });
    expect(await describe1(commandId)).toMatchObject({ Status: 'Failed', StatusDetails: 'Failed', CompletedCount: 3, ErrorCount: 1 });
    expect(await invocation(commandId, 'i-1')).toMatchObject({
      Status: 'Failed',
      ResponseCode: 65,
      StandardErrorContent: 'asg-canary-host: bad',
    });
    expect(await invocation(commandId, 'i-2')).toMatchObject({ Status: 'Cancelled', StatusDetails: 'Terminated' });
    expect(scripts).toHaveLength(1);
  });

  test('go on while errors stay within MaxErrors, and are incomplete then', async () => {
    outcome = (instanceId) => ({ seconds: 1, result: { exitCode: instanceId === 'i-1' ? 1 : 0, stdout: '', stderr: '' } });
    expect(await describe1(await carryOut({ MaxConcurrency: '1', MaxErrors: '34%' }))).toMatchObject({
      StatusDetails: 'Incomplete',
      ErrorCount: 1,
    });
    expect(scripts).toHaveLength(3);
  });

  test('that run out of time are errors', async () => {
    outcome = () => ({ seconds: 600, result: { exitCode: undefined, stdout: 'half', stderr: '' } });
    const commandId = await carryOut({ InstanceIds: ['i-1'] });
    expect(await describe1(commandId)).toMatchObject({ Status: 'Failed', ErrorCount: 1 });
    expect(await invocation(commandId, 'i-1')).toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'ExecutionTimedOut',
      StandardOutputContent: 'half',
    });
  });

  test('wait for an agent that is offline, and time out without counting as an error', async () => {
    await clock.run(async () => {
      await send({ InstanceIds: ['i-2'] });
      offline.add('i-2');
      const late = await send({ TimeoutSeconds: 30 });
      const patient = await send({ TimeoutSeconds: 90 });
      await clock.sleep(40_000);
      expect(await describe1(late)).toMatchObject({
        StatusDetails: 'Incomplete',
        CompletedCount: 3,
        ErrorCount: 0,
        DeliveryTimedOutCount: 1,
      });
      expect(await invocation(late, 'i-2')).toMatchObject({ Status: 'TimedOut', StatusDetails: 'DeliveryTimedOut' });
      expect(await describe1(patient)).toMatchObject({ Status: 'InProgress', CompletedCount: 2 });
      offline.clear();
      await clock.sleep(20_000);
      expect(await describe1(patient)).toMatchObject({ Status: 'Success' });
    });
  });

  test('that are cancelled begin on no further instance', async () => {
    await clock.run(async () => {
      const commandId = await send({ MaxConcurrency: '1' });
      await clock.sleep(5000);
      await call('CancelCommand', { CommandId: commandId });
      expect(await describe1(commandId)).toMatchObject({ Status: 'Cancelling' });
      await clock.sleep(60_000);
      expect(await describe1(commandId)).toMatchObject({ Status: 'Cancelled', CompletedCount: 3, ErrorCount: 0 });
    });
    expect(scripts).toHaveLength(1);
  });

  test('reach a group by its tag', async () => {
    const Targets = [{ Key: 'tag:aws:autoscaling:groupName', Values: ['shop-stable'] }];
    expect(await describe1(await carryOut({ InstanceIds: undefined, Targets }))).toMatchObject({ Status: 'Success', TargetCount: 3 });
    const none = [{ Key: 'tag:aws:autoscaling:groupName', Values: ['other'] }];
    expect(await describe1(await carryOut({ InstanceIds: undefined, Targets: none }))).toMatchObject({
      StatusDetails: 'NoInstancesInTag',
      TargetCount: 0,
    });
  });

  test('list their invocations in pages, with output cut to 2,500 characters', async () => {
    outcome = () => ({ seconds: 1, result: { exitCode: 0, stdout: 'a'.repeat(3000), stderr: '' } });
    const commandId = await carryOut();
    const first = await call<ListCommandInvocationsCommandOutput>('ListCommandInvocations', {
      CommandId: commandId,
      MaxResults: 2,
      Details: true,
    });
    expect(first.CommandInvocations?.map((item) => item.InstanceId)).toEqual(['i-1', 'i-2']);
    expect(first.CommandInvocations?.[0].CommandPlugins?.[0].Output).toBe('a'.repeat(2500));
    const second = await call<ListCommandInvocationsCommandOutput>('ListCommandInvocations', {
      CommandId: commandId,
      MaxResults: 2,
      NextToken: first.NextToken,
    });
    expect(second).toMatchObject({ CommandInvocations: [{ InstanceId: 'i-3', CommandPlugins: [] }], NextToken: undefined });
  });

  test.each([
    ['InvalidParameters', { Parameters: { Command: ['activate'] } }],
    ['InvalidParameters', { Parameters: { Command: ['stage', 'stage'] } }],
    ['InvalidParameters', { Parameters: {} }],
    ['InvalidParameters', { Parameters: { Command: ['stage'], Other: ['x'] } }],
    ['InvalidParameters', { Parameters: { Command: ['stage'], Release: ['$(reboot)'] } }],
    ['InvalidInstanceId', { InstanceIds: ['i-1', 'gone'] }],
    ['InvalidDocument', { DocumentName: 'none' }],
    ['InvalidDocument', { DocumentHash: 'f'.repeat(64) }],
    ['InvalidDocumentVersion', { DocumentVersion: '7' }],
    ['ValidationException', { InstanceIds: ids(51) }],
    ['ValidationException', { TimeoutSeconds: 29 }],
    ['ValidationException', { MaxErrors: '-1' }],
    ['ValidationException', { MaxConcurrency: '0' }],
    ['ValidationException', { InstanceIds: undefined }],
    ['NotImplemented', { OutputS3BucketName: 'logs' }],
  ])('are refused with %s: %j', async (code, input) => {
    await expect(send(input)).rejects.toMatchObject({ code });
    expect(scripts).toEqual([]);
  });

  test('ask IAM for the document and for each instance with its group', () => {
    expect(ssm.operations.SendCommand.authorize({ DocumentName: 'host', InstanceIds: ['i-1', 'gone'] }, CALL)).toEqual([
      { action: 'ssm:SendCommand', resource: 'arn:aws:ssm:eu-west-1:123456789012:document/host' },
      {
        action: 'ssm:SendCommand',
        resource: 'arn:aws:ec2:eu-west-1:123456789012:instance/i-1',
        context: { 'ssm:resourceTag/aws:autoscaling:groupName': 'shop-stable' },
      },
      { action: 'ssm:SendCommand', resource: 'arn:aws:ec2:eu-west-1:123456789012:instance/gone', context: undefined },
    ]);
  });

  test('tell nothing of what was not sent', async () => {
    await expect(invocation('none', 'i-1')).rejects.toMatchObject({ code: 'InvalidCommandId' });
    await expect(invocation(await carryOut({ InstanceIds: ['i-1'] }), 'i-2')).rejects.toMatchObject({ code: 'InvocationDoesNotExist' });
  });
});

test('an instance counts as managed once its agent has reported', async () => {
  offline.add('i-3');
  const list = async () => {
    const { InstanceInformationList = [] } = await call<DescribeInstanceInformationCommandOutput>('DescribeInstanceInformation', {});
    return InstanceInformationList.map((item) => `${item.InstanceId} ${item.PingStatus}`);
  };
  expect(await list()).toEqual(['i-1 Online', 'i-2 Online']);
  offline.delete('i-3');
  expect(await list()).toEqual(['i-1 Online', 'i-2 Online', 'i-3 Online']);
  offline.add('i-3');
  expect(await list()).toEqual(['i-1 Online', 'i-2 Online', 'i-3 ConnectionLost']);
});

describe('documents', () => {
  const step = DOCUMENT.mainSteps[0];
  const withInputs = (inputs: object) => ({ ...DOCUMENT, mainSteps: [{ ...step, inputs: { ...step.inputs, ...inputs } }] });
  test.each([
    ['the lab refuses {{ }}', withInputs({ runCommand: ['echo {{ Command }}'] })],
    ["'timeoutSeconds' must be", withInputs({ timeoutSeconds: '0' })],
    ['does not know workingDirectory', withInputs({ workingDirectory: '/' })],
    ["'schemaVersion' must be 2.2", { ...DOCUMENT, schemaVersion: '0.3' }],
    ["'action' must be aws:runShellScript", { ...DOCUMENT, mainSteps: [{ ...step, action: 'aws:runPowerShellScript' }] }],
    ["'mainSteps' must hold one step", { ...DOCUMENT, mainSteps: [step, step] }],
    ["'interpolationType' must be ENV_VAR", { ...DOCUMENT, parameters: { Command: { type: 'String' } } }],
    ["'type' must be String", { ...DOCUMENT, parameters: { Command: { type: 'StringList', interpolationType: 'ENV_VAR' } } }],
    ['does not know files', { ...DOCUMENT, files: {} }],
    ["'Content' must be JSON", 'schemaVersion: 2.2'],
  ])('are refused at load: %s', async (message, content) => {
    await expect(createDocument(content)).rejects.toThrow(message);
  });

  test('get a new default version when their content changes', async () => {
    await createDocument();
    const before = ssm.documents.find('host');
    const changed = withInputs({ timeoutSeconds: '60' });
    const properties = { Name: 'host', DocumentType: 'Command', UpdateMethod: 'NewVersion', Content: changed };
    await provider('AWS::SSM::Document').update({ logicalId: 'Document', type: 'AWS::SSM::Document', properties }, 'host');
    expect(ssm.documents.find('host')).toMatchObject({ version: '2', content: { timeoutSeconds: 60 } });
    expect(ssm.documents.find('host', '1', before.hash)).toBe(before);
    await carryOut({ DocumentVersion: '1' });
    expect(scripts[0].timeoutSeconds).toBe(600);
  });
});

describe('parameters', () => {
  const create = (Value: string) =>
    provider('AWS::SSM::Parameter').create({
      logicalId: 'P',
      type: 'AWS::SSM::Parameter',
      properties: { Name: '/asg-canary/shop', Type: 'String', Value },
    });

  test('are read by name and by ARN', async () => {
    expect(await create('{}')).toEqual({ ref: '/asg-canary/shop', attributes: { Type: 'String', Value: '{}' } });
    const ARN = 'arn:aws:ssm:eu-west-1:123456789012:parameter/asg-canary/shop';
    for (const Name of ['/asg-canary/shop', ARN]) {
      expect(await call('GetParameter', { Name })).toMatchObject({ Parameter: { Name: '/asg-canary/shop', Value: '{}', Version: 1, ARN } });
      expect(ssm.operations.GetParameter.authorize({ Name }, CALL)).toEqual([{ action: 'ssm:GetParameter', resource: ARN }]);
    }
    await expect(call('GetParameter', { Name: '/other' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
  });

  test('are overwritten only where that is asked for', async () => {
    await call('PutParameter', { Name: 'a', Value: '1', Type: 'String' });
    await expect(call('PutParameter', { Name: 'a', Value: '2' })).rejects.toMatchObject({ code: 'ParameterAlreadyExists' });
    expect(await call('PutParameter', { Name: 'a', Value: '3', Overwrite: true })).toMatchObject({ Version: 2 });
    expect(ssm.parameters.value('a')).toBe('3');
    await expect(call('PutParameter', { Name: 'b', Value: 'x'.repeat(4097), Type: 'String' })).rejects.toMatchObject({
      code: 'ValidationException',
    });
  });
});
