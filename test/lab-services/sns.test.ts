import * as sdk from '@aws-sdk/client-sns';
import type { Principal } from '../../lab/kernel/service';
import { SnsService } from '../../lab/services/sns';
import { TinyLab } from '../wire/lab';

const EVENTS: Principal = { kind: 'service', arn: 'events.amazonaws.com' };
const RULE = 'arn:aws:events:eu-west-1:123456789012:rule/r';
let lab: TinyLab;
let service: SnsService;
let topic: string;

const create = (type: string, id: string, properties: Record<string, unknown>) => lab.create(type, id, properties, service.providers());

beforeEach(async () => {
  lab = new TinyLab();
  service = new SnsService(lab.context, { iam: lab.iam });
  await lab.start([service]);
  topic = (await create('AWS::SNS::Topic', 'Alerts', { DisplayName: 'alerts' })).ref;
});
afterEach(async () => {
  expect(lab.defects).toEqual([]);
  await lab.stop();
});

const publish = (input: sdk.PublishCommandInput, key = lab.iam.issueOperatorKey()) =>
  new sdk.SNSClient(lab.client(key)).send(new sdk.PublishCommand(input));

test('messages are recorded in order', async () => {
  expect(topic).toMatch(/^arn:aws:sns:eu-west-1:123456789012:Alerts-[0-9a-f]{12}$/);
  const { MessageId } = await publish({ TopicArn: topic, Subject: 'rolled back', Message: 'error rate 8 % é' });
  await publish({ TopicArn: topic, Message: 'second' });
  expect(service.messages).toEqual([
    { messageId: MessageId, topicArn: topic, subject: 'rolled back', message: 'error rate 8 % é', at: lab.context.clock.now() },
    expect.objectContaining({ subject: undefined, message: 'second' }),
  ]);
});

test('a role needs sns:Publish on the topic', async () => {
  const allowed = await lab.role('Allowed', [{ Effect: 'Allow', Action: 'sns:Publish', Resource: topic }]);
  const denied = await lab.role('Denied', []);
  await publish({ TopicArn: topic, Message: 'm' }, lab.iam.issueKey(allowed, { session: true }));
  const call = publish({ TopicArn: topic, Message: 'm' }, lab.iam.issueKey(denied, { session: true }));
  await expect(call).rejects.toMatchObject({ name: 'AuthorizationErrorException', $metadata: { httpStatusCode: 403 } });
  expect(service.messages).toHaveLength(1);
});

test('a service needs the policy of the topic', async () => {
  expect(() => service.publishAs(EVENTS, topic, 'm', RULE)).toThrow('is not authorized to perform: sns:Publish');
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sns:Publish',
    Resource: topic,
    Condition: { ArnEquals: { 'aws:SourceArn': RULE } },
  };
  const { ref } = await create('AWS::SNS::TopicPolicy', 'Policy', {
    Topics: [topic],
    PolicyDocument: { Version: '2012-10-17', Statement },
  });
  service.publishAs(EVENTS, topic, 'm', RULE);
  expect(() => service.publishAs(EVENTS, topic, 'm', `${RULE}2`)).toThrow('is not authorized');
  service
    .providers()
    .find(({ type }) => type === 'AWS::SNS::TopicPolicy')!
    .delete(ref);
  expect(() => service.publishAs(EVENTS, topic, 'm', RULE)).toThrow('is not authorized');
});

test.each<[string, Partial<sdk.PublishCommandInput>, string]>([
  ['an unknown topic', { TopicArn: 'arn:aws:sns:eu-west-1:123456789012:other' }, 'NotFoundException'],
  ['an empty message', { Message: '' }, 'InvalidParameterException'],
  ['a message that is too long', { Message: 'é'.repeat(131_073) }, 'InvalidParameterException'],
  ['a subject of two lines', { Subject: 'a\nb' }, 'InvalidParameterException'],
  ['what the lab would ignore', { MessageStructure: 'json' }, 'NotImplemented'],
])('%s is refused', async (_name, input, error) => {
  await expect(publish({ TopicArn: topic, Message: 'm', ...input })).rejects.toMatchObject({ name: error });
  expect(service.messages).toEqual([]);
});

test('people may subscribe, functions may not', async () => {
  const subscribe = (Protocol: string) => create('AWS::SNS::Subscription', 'S', { TopicArn: topic, Protocol, Endpoint: 'x' });
  await expect(subscribe('email')).resolves.toEqual({ ref: expect.stringContaining(`${topic}:`) });
  await expect(subscribe('lambda')).rejects.toThrow("'Protocol' must be one of email, email-json, sms in the lab, got lambda");
});
