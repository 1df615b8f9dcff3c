import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { VirtualClock } from '../../lab/clock/virtual-clock';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { Call } from '../../lab/kernel/service';
import { DynamoDbService } from '../../lab/services/dynamodb';
import { parseCondition } from '../../lab/services/dynamodb/condition';
import { parseUpdate } from '../../lab/services/dynamodb/update';

const CALL: Call = { principal: { kind: 'operator', arn: 'operator' }, requestId: 'r', headers: {} };

async function tableNamed(name: string) {
  const service = new DynamoDbService({
    clock: new VirtualClock(new Date(0)),
    random: new Random(1),
    region: 'eu-west-1',
    account: '123456789012',
    speed: 'simulated',
    events: new EventBus(),
  });
  const [provider] = service.providers();
  await provider.create({
    logicalId: 'T',
    type: 'AWS::DynamoDB::Table',
    properties: {
      TableName: name,
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: 'pk', AttributeType: 'S' },
        { AttributeName: 'sk', AttributeType: 'S' },
      ],
    },
  });
  const send = async (operation: string, input: object) => service.operations[operation].handle({ TableName: name, ...input }, CALL);
  return { service, send };
}

const KEY = { pk: { S: 'fleet#shop' }, sk: { S: 'lock' } };

test('a lock is taken once: the second writer fails and sees the first one', async () => {
  const { send } = await tableNamed('t');
  const take = (holder: string) =>
    send('UpdateItem', {
      Key: KEY,
      UpdateExpression: 'SET epoch = if_not_exists(epoch, :zero) + :one, holder = :h',
      ConditionExpression: 'attribute_not_exists(holder) OR holder = :none',
      ExpressionAttributeValues: { ':zero': { N: '0' }, ':one': { N: '1' }, ':h': { S: holder }, ':none': { S: '' } },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
  expect(await take('a')).toEqual({ Attributes: { ...KEY, epoch: { N: '1' }, holder: { S: 'a' } } });
  await expect(take('b')).rejects.toMatchObject({ code: 'ConditionalCheckFailedException', members: { Item: { holder: { S: 'a' } } } });
});

test('a query gives one partition by sort key, newest first and in pages', async () => {
  const { send } = await tableNamed('t');
  for (const [pk, sk] of [
    ['f', 'd#2'],
    ['f', 'd#1'],
    ['f', 'lock'],
    ['g', 'd#3'],
    ['f', 'd#3'],
  ])
    await send('PutItem', { Item: { pk: { S: pk }, sk: { S: sk } } });
  const query = {
    KeyConditionExpression: 'pk = :p AND begins_with(sk, :d)',
    ExpressionAttributeValues: { ':p': { S: 'f' }, ':d': { S: 'd#' } },
    ScanIndexForward: false,
    Limit: 2,
  };
  const first = await send('Query', query);
  expect(first.Items.map((item: typeof KEY) => item.sk.S)).toEqual(['d#3', 'd#2']);
  const second = await send('Query', { ...query, ExclusiveStartKey: first.LastEvaluatedKey });
  expect(second.Items.map((item: typeof KEY) => item.sk.S)).toEqual(['d#1']);
  expect(second.LastEvaluatedKey).toBeUndefined();
});

test.each([
  ['GetItem', { Key: KEY }],
  ['PutItem', { Item: { ...KEY, a: { S: 'x' } } }],
  [
    'Query',
    {
      KeyConditionExpression: '#p = :p',
      ExpressionAttributeNames: { '#p': 'pk' },
      ExpressionAttributeValues: { ':p': { S: 'fleet#shop' } },
    },
  ],
])('%s asks IAM with the partition key as leading key', async (operation, input) => {
  const { service } = await tableNamed('t');
  expect(service.operations[operation].authorize({ TableName: 't', ...input }, CALL)).toEqual([
    {
      action: `dynamodb:${operation}`,
      resource: 'arn:aws:dynamodb:eu-west-1:123456789012:table/t',
      context: { 'dynamodb:LeadingKeys': ['fleet#shop'] },
    },
  ]);
});

test('what is read back is a copy', async () => {
  const { send, service } = await tableNamed('t');
  await send('PutItem', { Item: { ...KEY, m: { M: { a: { S: '1' } } } } });
  (await send('GetItem', { Key: KEY })).Item.m.M.a.S = 'changed';
  expect(service.items('t')[0].m.M?.a).toEqual({ S: '1' });
});

const ITEM = { n: { N: '5' }, s: { S: 'abc' }, m: { M: { x: { N: '1' } } }, l: { L: [{ S: 'a' }] } };
const VALUES: Record<string, AttributeValue> = { ':4': { N: '4' }, ':5': { N: '5.0' }, ':ab': { S: 'ab' }, ':abc': { S: 'abc' } };

test.each<[string, boolean]>([
  ['n = :5', true],
  ['n <> :5', false],
  ['absent = :5', false],
  ['absent <> :5', true],
  ['n > :4 AND s = :abc', true],
  ['n < :4 OR s = :abc', true],
  ['NOT n = :5', false],
  ['n BETWEEN :4 AND :5', true],
  ['s IN (:ab, :abc)', true],
  ['attribute_exists(m.x)', true],
  ['attribute_not_exists(m.y)', true],
  ['begins_with(s, :ab)', true],
  ['n > :ab', false],
  ['(n = :4 OR n = :5) AND NOT attribute_exists(#q)', true],
])('condition %s is %s', (text, expected) => {
  expect(parseCondition(text, { values: VALUES, names: { '#q': 'quite-missing' } })(ITEM)).toBe(expected);
});

test.each<[string, object]>([
  ['SET n = n + :4', { ...ITEM, n: { N: '9' } }],
  ['SET n = n - :4, t = :ab', { ...ITEM, n: { N: '1' }, t: { S: 'ab' } }],
  ['SET m.y = :ab REMOVE s', { n: ITEM.n, l: ITEM.l, m: { M: { x: { N: '1' }, y: { S: 'ab' } } } }],
  ['SET n = if_not_exists(n, :4)', ITEM],
  ['SET l = list_append(l, l)', { ...ITEM, l: { L: [{ S: 'a' }, { S: 'a' }] } }],
  ['ADD c :4', { ...ITEM, c: { N: '4' } }],
])('update %s', (text, expected) => {
  expect(parseUpdate(text, { values: VALUES })(ITEM)).toEqual(expected);
});

test.each(['n = ', 'n = :nine', 'size(n) = :4', 'n LIKE :4', 'status = :4', 'n = :4 extra', 'n = :4 & s = :ab'])(
  'condition %s is refused',
  (text) => {
    expect(() => parseCondition(text, { values: VALUES })).toThrow(/Invalid expression|reserved keyword/);
  },
);

test.each(['SET n', 'DELETE n :4', 'SET n = missing', 'ADD s :4', 'SET deep.er = :4'])('update %s is refused', (text) => {
  expect(() => parseUpdate(text, { values: VALUES })(ITEM)).toThrow(expect.objectContaining({ code: 'ValidationException' }));
});

test('a member that the lab would have to ignore is refused', async () => {
  const { send } = await tableNamed('t');
  await expect(send('GetItem', { Key: KEY, ProjectionExpression: 'a' })).rejects.toThrow(
    'the lab does not know ProjectionExpression of GetItem',
  );
});
