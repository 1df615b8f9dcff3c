import type { Command } from '@aws-sdk/client-ssm';
import { ScaledClock } from '../../lab/clock/scaled-clock';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { Call } from '../../lab/kernel/service';
import { SsmService } from '../../lab/services/ssm';
import { ProcessWorld } from '../../lab/world/live/process-world';

const CALL: Call = { principal: { kind: 'operator', arn: 'operator' }, requestId: 'r', headers: {} };

test('Run Command runs the script of a document on a real instance, with its parameters and a real time-out', async () => {
  const clock = new ScaledClock(new Date('2026-01-01T00:00:00Z'), 600, (error) => {
    throw error;
  });
  const context = {
    clock,
    random: new Random(1),
    region: 'eu-west-1',
    account: '123456789012',
    speed: 'live' as const,
    events: new EventBus(),
  };
  const world = new ProcessWorld(context, {
    credentials: { issueKey: () => ({ accessKeyId: 'ASIA', secretAccessKey: 'secret' }) },
    endpoint: () => 'http://127.0.0.1:9',
  });
  const instances = { groupOf: () => 'shop-stable', instancesOf: () => ['i-1'], inService: () => true, all: () => ['i-1'] };
  const ssm = new SsmService(context, { world, instances });
  const runCommand = ['#!/bin/bash', 'echo "$SSM_Command on $ASG_CANARY_ROOT"', '[[ $SSM_Command != sleep ]] || sleep 30'];
  const Content = {
    schemaVersion: '2.2',
    parameters: { Command: { type: 'String', allowedPattern: '^[a-z]+$', interpolationType: 'ENV_VAR' } },
    mainSteps: [{ action: 'aws:runShellScript', name: 'run', inputs: { timeoutSeconds: 1, runCommand } }],
  };
  await ssm
    .providers()[1]
    .create({ logicalId: 'D', type: 'AWS::SSM::Document', properties: { Name: 'host', DocumentType: 'Command', Content } });
  try {
    const booted = new Promise<void>((resolve) => {
      const look = setInterval(() => {
        if (!world.agentOnline('i-1')) return;
        clearInterval(look);
        resolve();
      }, 10);
    });
    world.launch({
      instanceId: 'i-1',
      group: 'shop-stable',
      address: '127.86.0.1',
      userData: '#!/bin/bash\n',
      roleArn: 'r',
      imageId: 'ami-1',
      availabilityZone: 'a',
    });
    await booted;
    for (const [command, status, code] of [
      ['status', 'Success', 0],
      ['sleep', 'TimedOut', -1],
    ]) {
      const input = { DocumentName: 'host', InstanceIds: ['i-1'], Parameters: { Command: [command] } };
      const { Command } = (await ssm.operations.SendCommand.handle(input, CALL)) as { Command: Command };
      const ask = () => ssm.operations.GetCommandInvocation.handle({ CommandId: Command.CommandId, InstanceId: 'i-1' }, CALL);
      while (['Pending', 'InProgress'].includes((await ask()).Status)) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await ask()).toMatchObject({
        Status: status,
        ResponseCode: code,
        StandardOutputContent: `${command} on ${world.rootOf('i-1')}\n`,
      });
    }
  } finally {
    await world.stop();
    clock.stop();
  }
});
