import * as asg from '@aws-sdk/client-auto-scaling';
import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import * as codebuild from '@aws-sdk/client-codebuild';
import * as dynamodb from '@aws-sdk/client-dynamodb';
import * as elb from '@aws-sdk/client-elastic-load-balancing-v2';
import * as eventbridge from '@aws-sdk/client-eventbridge';
import * as lambda from '@aws-sdk/client-lambda';
import * as sfn from '@aws-sdk/client-sfn';
import * as sns from '@aws-sdk/client-sns';
import * as ssm from '@aws-sdk/client-ssm';
import { AwsError, type Service } from '../../lab/kernel/service';
import { Wire } from '../../lab/wire';
import { service, TinyLab } from './lab';

const AT = new Date('2026-03-04T05:06:07.000Z');

/** Serves one operation that answers `output`, sends `input` to it with the SDK, and gives both ends. */
async function roundTrip(make: (handle: (input: never) => unknown) => Service, output: unknown, send: (config: object) => Promise<object>) {
  let received: unknown;
  const lab = await new TinyLab().start([
    make((input: never) => {
      received = input;
      if (output instanceof Error) throw output;
      return output;
    }),
  ]);
  try {
    const { $metadata, ...answer } = (await send(lab.client(lab.iam.issueOperatorKey()))) as { $metadata: { requestId?: string } };
    expect($metadata.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(lab.defects).toEqual([]);
    return { received, answer };
  } finally {
    await lab.stop();
  }
}

describe('the query protocol', () => {
  const serving = (operation: string) => (handle: (input: never) => unknown) =>
    service(asg, 'AutoScalingClient', 'autoscaling', { [operation]: handle });
  const group = {
    AutoScalingGroupName: 'a<&>"é\r\n',
    MinSize: 0,
    MaxSize: 4,
    DesiredCapacity: 2,
    DefaultCooldown: 300,
    AvailabilityZones: ['eu-west-1a', 'eu-west-1b'],
    HealthCheckType: 'ELB',
    CreatedTime: AT,
    NewInstancesProtectedFromScaleIn: false,
    Tags: [{ Key: 'k', Value: '', PropagateAtLaunch: true }],
    Instances: [],
  };

  test('lists, nested structures, dates, booleans and text that XML must escape', async () => {
    const input = {
      AutoScalingGroupNames: ['a', 'b c&=+%'],
      Filters: [{ Name: 'tag:x', Values: ['1', '2'] }],
      MaxRecords: 5,
      IncludeInstances: true,
    };
    const { received, answer } = await roundTrip(
      serving('DescribeAutoScalingGroups'),
      { AutoScalingGroups: [group], NextToken: 'next' },
      (config) => new asg.AutoScalingClient(config).send(new asg.DescribeAutoScalingGroupsCommand(input)),
    );
    expect(received).toEqual(input);
    expect(answer).toEqual({ AutoScalingGroups: [group], NextToken: 'next' });
  });

  test('maps, as SNS sends attributes', async () => {
    const input = { TopicArn: 'arn:t', Message: 'm', MessageAttributes: { a: { DataType: 'String', StringValue: 'x' } } };
    const { received, answer } = await roundTrip(
      (handle) => service(sns, 'SNSClient', 'sns', { Publish: handle }),
      { MessageId: 'id' },
      (config) => new sns.SNSClient(config).send(new sns.PublishCommand(input)),
    );
    expect(received).toEqual(input);
    expect(answer).toEqual({ MessageId: 'id' });
  });

  test('more than one target group behind a rule', async () => {
    const Actions = [
      {
        Type: 'forward' as const,
        ForwardConfig: {
          TargetGroups: [
            { TargetGroupArn: 's', Weight: 95 },
            { TargetGroupArn: 'c', Weight: 5 },
          ],
          TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: 60 },
        },
      },
    ];
    const { received, answer } = await roundTrip(
      (handle) => service(elb, 'ElasticLoadBalancingV2Client', 'elasticloadbalancing', { ModifyRule: handle }),
      { Rules: [{ RuleArn: 'r', Priority: '1', Actions }] },
      (config) => new elb.ElasticLoadBalancingV2Client(config).send(new elb.ModifyRuleCommand({ RuleArn: 'r', Actions })),
    );
    expect(received).toEqual({ RuleArn: 'r', Actions });
    expect(answer).toEqual({ Rules: [{ RuleArn: 'r', Priority: '1', Actions }] });
  });

  test('an operation without output', async () => {
    const { answer } = await roundTrip(serving('SetDesiredCapacity'), undefined, (config) =>
      new asg.AutoScalingClient(config).send(new asg.SetDesiredCapacityCommand({ AutoScalingGroupName: 'a', DesiredCapacity: 1 })),
    );
    expect(answer).toEqual({});
  });

  test('an error of the model becomes the exception of its class, by shape name and by code', async () => {
    for (const code of ['ScalingActivityInProgressFault', 'ScalingActivityInProgress']) {
      const call = roundTrip(serving('SetDesiredCapacity'), new AwsError(code, 'busy'), (config) =>
        new asg.AutoScalingClient(config).send(new asg.SetDesiredCapacityCommand({ AutoScalingGroupName: 'a', DesiredCapacity: 1 })),
      );
      const error = await call.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(asg.ScalingActivityInProgressFault);
      expect(error).toMatchObject({ message: 'busy' });
    }
  });

  test('a missing required member is refused by its path', async () => {
    const command = new asg.CreateAutoScalingGroupCommand({
      AutoScalingGroupName: 'a',
      MinSize: 0,
      MaxSize: 1,
      Tags: [{ Value: 'v' } as asg.Tag],
    });
    const call = roundTrip(serving('CreateAutoScalingGroup'), {}, (config) => new asg.AutoScalingClient(config).send(command));
    await expect(call).rejects.toMatchObject({ name: 'ValidationError', message: 'missing required: Tags.1.Key' });
  });
});

describe('the JSON protocols', () => {
  const query = {
    StartTime: AT,
    EndTime: new Date(AT.getTime() + 600_000),
    MetricDataQueries: [
      { Id: 'e', MetricStat: { Metric: { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount' }, Period: 60, Stat: 'p99.9' } },
    ],
  };

  test('1.0: numbers and dates of CloudWatch', async () => {
    const output = { MetricDataResults: [{ Id: 'e', Timestamps: [AT], Values: [0.1234567890123], StatusCode: 'Complete' }], Messages: [] };
    const { received, answer } = await roundTrip(
      (handle) => service(cloudwatch, 'CloudWatchClient', 'monitoring', { GetMetricData: handle }),
      output,
      (config) => new cloudwatch.CloudWatchClient(config).send(new cloudwatch.GetMetricDataCommand(query)),
    );
    expect(received).toEqual(query);
    expect(answer).toEqual(output);
  });

  test('CloudWatch errors carry the codes of its former protocol', async () => {
    const call = roundTrip(
      (handle) => service(cloudwatch, 'CloudWatchClient', 'monitoring', { GetMetricData: handle }),
      new AwsError('InvalidParameterValueException', 'bad'),
      (config) => new cloudwatch.CloudWatchClient(config).send(new cloudwatch.GetMetricDataCommand(query)),
    );
    const error = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(cloudwatch.InvalidParameterValueException);
    expect(error).toMatchObject({ Code: 'InvalidParameterValue', message: 'bad' });
  });

  test('large requests come compressed', async () => {
    const MetricData = Array.from({ length: 300 }, (_, index) => ({ MetricName: `m${index}`, Value: index / 3, Timestamp: AT }));
    const { received } = await roundTrip(
      (handle) => service(cloudwatch, 'CloudWatchClient', 'monitoring', { PutMetricData: handle }),
      undefined,
      (config) => {
        const client = new cloudwatch.CloudWatchClient(config);
        client.middlewareStack.add(
          (next) => (args) => {
            expect((args.request as { headers: Record<string, string> }).headers['content-encoding']).toBe('gzip');
            return next(args);
          },
          { step: 'finalizeRequest', priority: 'low' },
        );
        return client.send(new cloudwatch.PutMetricDataCommand({ Namespace: 'n', MetricData }));
      },
    );
    expect(received).toEqual({ Namespace: 'n', MetricData });
  });

  test('an error brings its members: the item that failed a condition', async () => {
    const Item = { pk: { S: 'old' }, n: { N: '12345678901234567890' }, b: { B: new Uint8Array([1, 2]) } };
    const call = roundTrip(
      (handle) => service(dynamodb, 'DynamoDBClient', 'dynamodb', { PutItem: handle }),
      new AwsError('ConditionalCheckFailedException', 'The conditional request failed', { Item }),
      (config) => new dynamodb.DynamoDBClient(config).send(new dynamodb.PutItemCommand({ TableName: 't', Item: { pk: { S: 'a' } } })),
    );
    const error = (await call.catch((thrown: unknown) => thrown)) as dynamodb.ConditionalCheckFailedException;
    expect(error).toBeInstanceOf(dynamodb.ConditionalCheckFailedException);
    expect({ ...error.Item, b: [...(error.Item?.b.B ?? [])] }).toEqual({ ...Item, b: [1, 2] });
  });

  test.each<[string, (handle: (input: never) => unknown) => Service, unknown, (config: object) => Promise<object>]>([
    [
      'Step Functions',
      (handle) => service(sfn, 'SFNClient', 'states', { StartExecution: handle }),
      { executionArn: 'e', startDate: AT },
      (config) => new sfn.SFNClient(config).send(new sfn.StartExecutionCommand({ stateMachineArn: 's', input: '{}' })),
    ],
    [
      'Systems Manager',
      (handle) => service(ssm, 'SSMClient', 'ssm', { SendCommand: handle }),
      { Command: { CommandId: 'c', Parameters: { Command: ['stage'] }, RequestedDateTime: AT } },
      (config) => new ssm.SSMClient(config).send(new ssm.SendCommandCommand({ DocumentName: 'd', Parameters: { Command: ['stage'] } })),
    ],
    [
      'CodeBuild',
      (handle) => service(codebuild, 'CodeBuildClient', 'codebuild', { StartBuild: handle }),
      { build: { id: 'p:1', buildStatus: 'IN_PROGRESS', startTime: AT } },
      (config) => new codebuild.CodeBuildClient(config).send(new codebuild.StartBuildCommand({ projectName: 'p' })),
    ],
    [
      'EventBridge',
      (handle) => service(eventbridge, 'EventBridgeClient', 'events', { PutEvents: handle }),
      { FailedEntryCount: 0, Entries: [{ EventId: 'e' }] },
      (config) =>
        new eventbridge.EventBridgeClient(config).send(new eventbridge.PutEventsCommand({ Entries: [{ Source: 's', Time: AT }] })),
    ],
  ])('%s', async (_name, make, output, send) => {
    expect((await roundTrip(make, output, send)).answer).toEqual(output);
  });
});

describe('the REST protocol of Lambda', () => {
  test('path, headers and a payload', async () => {
    const { received, answer } = await roundTrip(
      (handle) => service(lambda, 'LambdaClient', 'lambda', { Invoke: handle }),
      { StatusCode: 200, FunctionError: 'Unhandled', ExecutedVersion: '3', Payload: Buffer.from('{"e":1}') },
      (config) =>
        new lambda.LambdaClient(config).send(
          new lambda.InvokeCommand({
            FunctionName: 'arn:aws:lambda:eu-west-1:1:function:f:3',
            Payload: '{"a":1}',
            InvocationType: 'RequestResponse',
          }),
        ),
    );
    expect({
      ...(received as lambda.InvokeCommandInput),
      Payload: Buffer.from((received as { Payload: Uint8Array }).Payload).toString(),
    }).toEqual({
      FunctionName: 'arn:aws:lambda:eu-west-1:1:function:f:3',
      InvocationType: 'RequestResponse',
      Payload: '{"a":1}',
    });
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled', ExecutedVersion: '3' });
    expect(Buffer.from((answer as lambda.InvokeCommandOutput).Payload!).toString()).toBe('{"e":1}');
  });

  test('an error of the model becomes the exception of its class', async () => {
    const call = roundTrip(
      (handle) => service(lambda, 'LambdaClient', 'lambda', { Invoke: handle }),
      new AwsError('TooManyRequestsException', 'Rate Exceeded.', { Reason: 'ConcurrentInvocationLimitExceeded' }),
      (config) => new lambda.LambdaClient(config).send(new lambda.InvokeCommand({ FunctionName: 'f' })),
    );
    const error = await call.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(lambda.TooManyRequestsException);
    expect(error).toMatchObject({ Reason: 'ConcurrentInvocationLimitExceeded', message: 'Rate Exceeded.' });
  });
});

describe('what is not there', () => {
  test('an operation that the lab does not implement is named', async () => {
    const call = roundTrip(
      (handle) => service(sfn, 'SFNClient', 'states', { StartExecution: handle }),
      {},
      (config) => new sfn.SFNClient(config).send(new sfn.ListActivitiesCommand({})),
    );
    await expect(call).rejects.toMatchObject({ name: 'NotImplemented', message: 'the lab does not implement states:ListActivities' });
  });

  test('a service that the lab does not have is named', async () => {
    const call = roundTrip(
      (handle) => service(sfn, 'SFNClient', 'states', { StartExecution: handle }),
      {},
      (config) => new dynamodb.DynamoDBClient(config).send(new dynamodb.ListTablesCommand({})),
    );
    await expect(call).rejects.toThrow("the lab has no service 'dynamodb'; it has s3, states");
  });

  test('a handler for an operation that the SDK does not know is a defect of the lab', () => {
    const lab = new TinyLab();
    const odd = service(sfn, 'SFNClient', 'states', { StartMachine: () => ({}) });
    expect(() => new Wire(lab.context, { services: [odd], iam: lab.iam })).toThrow('SFNClient has no operation StartMachine');
  });

  test('an error that is no answer of AWS is reported as a defect', async () => {
    const broken = service(sfn, 'SFNClient', 'states', {
      StartExecution: () => {
        throw new TypeError('oops');
      },
    });
    const lab = await new TinyLab().start([broken]);
    const client = new sfn.SFNClient(lab.client(lab.iam.issueOperatorKey()));
    const call = client.send(new sfn.StartExecutionCommand({ stateMachineArn: 's' }));
    await expect(call).rejects.toMatchObject({ name: 'InternalFailure', $metadata: { httpStatusCode: 500 } });
    expect(lab.defects).toEqual([new TypeError('oops')]);
    await lab.stop();
  });
});
