/**
 * What a call through the wire costs: verification, decoding, permissions and dispatch. Prints microseconds a call and asserts nothing.
 *
 *   npx tsx bench/wire.ts
 */

import * as autoscaling from '@aws-sdk/client-auto-scaling';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import * as sfn from '@aws-sdk/client-sfn';
import { VirtualClock } from '../lab/clock/virtual-clock';
import { IamService } from '../lab/iam';
import { EventBus } from '../lab/kernel/event-bus';
import { Random } from '../lab/kernel/random';
import type { Service } from '../lab/kernel/service';
import { S3Service } from '../lab/services/s3';
import { serveWire, Wire, type WireRequest } from '../lab/wire';

const CALLS = 3000;
const region = 'eu-west-1';
const context = {
  clock: new VirtualClock(new Date(0)),
  random: new Random(1),
  region,
  account: '123456789012',
  speed: 'simulated' as const,
  events: new EventBus(),
};

function single(sdk: object, client: string, signingName: string, operation: string, action: string, output: object): Service {
  const operations = { [operation]: { authorize: () => [{ action, resource: '*' }], handle: () => output } };
  return { sdk: sdk as Record<string, unknown>, client, signingName, operations };
}

async function main(): Promise<void> {
  const iam = new IamService(context);
  const s3 = new S3Service(context, { iam });
  s3.createBucket('bucket');
  s3.putObject('bucket', 'fleets/shop/stable', Buffer.alloc(300, 'x'));
  const started = { executionArn: 'e', startDate: new Date(0) };
  const services = [
    s3,
    single(autoscaling, 'AutoScalingClient', 'autoscaling', 'SetDesiredCapacity', 'autoscaling:SetDesiredCapacity', {}),
    single(sfn, 'SFNClient', 'states', 'StartExecution', 'states:StartExecution', started),
  ];
  const wire = new Wire(context, { services, iam });
  let last: WireRequest | undefined;
  const keep = {
    handle(request: WireRequest) {
      last = request;
      return wire.handle(request);
    },
  };
  const { url, close } = await serveWire(keep);
  const [role] = iam.providers();
  const statement = (action: string) => ({ Effect: 'Allow', Action: action, Resource: '*' });
  const actions = ['s3:GetObject', 'autoscaling:SetDesiredCapacity', 'states:StartExecution'];
  const Version = '2012-10-17';
  const trust = { Version, Statement: { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' } };
  const Policies = [{ PolicyName: 'Bench', PolicyDocument: { Version, Statement: actions.map(statement) } }];
  const { attributes } = await role.create({
    logicalId: 'Role',
    type: role.type,
    properties: { AssumeRolePolicyDocument: trust, Policies },
  });
  const { expires: _, ...credentials } = iam.issueKey(attributes!.Arn, { session: true });
  const config = { region, endpoint: url, credentials };
  const calls: Record<string, () => Promise<unknown>> = {
    's3 GetObject': async () => {
      const { Body } = await s3Client.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'fleets/shop/stable' }));
      return Body!.transformToByteArray();
    },
    'autoscaling SetDesiredCapacity': () =>
      groups.send(new autoscaling.SetDesiredCapacityCommand({ AutoScalingGroupName: 'a', DesiredCapacity: 1 })),
    'states StartExecution': () => machines.send(new sfn.StartExecutionCommand({ stateMachineArn: 's', input: '{}' })),
  };
  const s3Client = new S3Client(config);
  const groups = new autoscaling.AutoScalingClient(config);
  const machines = new sfn.SFNClient(config);
  for (const [name, call] of Object.entries(calls)) {
    await call();
    const overHttp = await microseconds(call);
    const inside = await microseconds(() => wire.handle(last!));
    console.log(`${name.padEnd(32)} wire ${inside.toFixed(0).padStart(5)} us   with SDK and HTTP ${overHttp.toFixed(0).padStart(5)} us`);
  }
  for (const client of [s3Client, groups, machines]) client.destroy();
  await close();
}

async function microseconds(call: () => Promise<unknown>): Promise<number> {
  for (let warmUp = 0; warmUp < CALLS / 10; warmUp++) await call();
  const start = process.hrtime.bigint();
  for (let count = 0; count < CALLS; count++) await call();
  return Number(process.hrtime.bigint() - start) / 1000 / CALLS;
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
