import type { Principal } from '../../lab/kernel/service';
import { ACCOUNT, Account, document, OPERATOR } from './account';

const BUCKET = 'arn:aws:s3:::bucket';
const TOPIC = `arn:aws:sns:eu-west-1:${ACCOUNT}:alerts`;
const EVENTS: Principal = { kind: 'service', arn: 'events.amazonaws.com' };
let account: Account;
let id = 0;

beforeEach(() => {
  account = new Account();
});

const role = (...statements: object[]) => account.role(`Role${id++}`, ...statements);
const allow = (Action: unknown, Resource: unknown = '*', rest: object = {}) => ({ Effect: 'Allow', Action, Resource, ...rest });
const deny = (Action: unknown, Resource: unknown = '*', rest: object = {}) => ({ Effect: 'Deny', Action, Resource, ...rest });

describe('actions and resources', () => {
  test.each<[string, object, string, string, boolean]>([
    ['an action by its name', allow('s3:GetObject'), 's3:GetObject', '*', true],
    ['an action in other case', allow('S3:getobject'), 's3:GetObject', '*', true],
    ['another action', allow('s3:GetObject'), 's3:PutObject', '*', false],
    ['an action that begins alike', allow('s3:GetObject'), 's3:GetObjectVersion', '*', false],
    ['a wildcard', allow('s3:Get*'), 's3:GetObjectVersion', '*', true],
    ['a question mark', allow('s3:GetObjec?'), 's3:GetObject', '*', true],
    ['one of a list', allow(['s3:PutObject', 's3:GetObject']), 's3:GetObject', '*', true],
    ['NotAction for others', { Effect: 'Allow', NotAction: 's3:Put*', Resource: '*' }, 's3:GetObject', '*', true],
    ['NotAction for its own', { Effect: 'Allow', NotAction: 's3:Put*', Resource: '*' }, 's3:PutObject', '*', false],
    ['a resource by its ARN', allow('s3:GetObject', `${BUCKET}/a`), 's3:GetObject', `${BUCKET}/a`, true],
    ['a resource in other case', allow('s3:GetObject', `${BUCKET}/A`), 's3:GetObject', `${BUCKET}/a`, false],
    ['objects below a prefix', allow('s3:GetObject', `${BUCKET}/releases/*`), 's3:GetObject', `${BUCKET}/releases/v1/x`, true],
    ['objects beside the prefix', allow('s3:GetObject', `${BUCKET}/releases/*`), 's3:GetObject', `${BUCKET}/fleets/x`, false],
    [
      'characters of a pattern that regular expressions know',
      allow('s3:GetObject', `${BUCKET}/a.b+`),
      's3:GetObject',
      `${BUCKET}/axbb`,
      false,
    ],
    ['a wildcard that would have to reach over a colon', allow('sns:Publish', `arn:aws:sns:*:alerts`), 'sns:Publish', TOPIC, false],
    ['a wildcard in its part of the ARN', allow('sns:Publish', `arn:aws:sns:*:${ACCOUNT}:al*`), 'sns:Publish', TOPIC, true],
    ['colons in the last part', allow('logs:X', 'arn:aws:logs:r:1:log-group:*'), 'logs:X', 'arn:aws:logs:r:1:log-group:a:b', true],
    ['an ARN where the action has no resources', allow('ec2:DescribeX', 'arn:aws:ec2:*:*:*'), 'ec2:DescribeX', '*', false],
    ['NotResource for others', { Effect: 'Allow', Action: 's3:*', NotResource: `${BUCKET}/x` }, 's3:GetObject', `${BUCKET}/a`, true],
    ['NotResource for its own', { Effect: 'Allow', Action: 's3:*', NotResource: `${BUCKET}/x` }, 's3:GetObject', `${BUCKET}/x`, false],
  ])('%s', async (_name, statement, action, resource, expected) => {
    expect(account.allows(await role(statement), action, resource)).toBe(expected);
  });

  test('nothing is allowed without a statement', async () => {
    expect(account.allows(await role(), 's3:GetObject')).toBe(false);
  });

  test('a Deny wins over an Allow, wherever it stands', async () => {
    expect(account.allows(await role(deny('s3:GetObject'), allow('s3:*')), 's3:GetObject')).toBe(false);
    expect(account.allows(await role(allow('s3:*'), deny('s3:GetObject')), 's3:GetObject')).toBe(false);
    expect(account.allows(await role(allow('s3:*'), deny('s3:GetObject')), 's3:PutObject')).toBe(true);
  });

  test('every question of a call must be allowed, and the error names the first that is not', async () => {
    const principal = await role(allow('s3:GetObject'));
    const questions = ['s3:GetObject', 's3:ListBucket'].map((action) => ({ action, resource: BUCKET }));
    expect(() => account.iam.check(principal, questions)).toThrow(
      `User: ${principal.arn} is not authorized to perform: s3:ListBucket on resource: ${BUCKET} because no policy allows the s3:ListBucket action`,
    );
  });
});

describe('conditions', () => {
  const KEY = 's3:prefix';
  type Row = [string, object, string | string[] | undefined, boolean];
  test.each<Row>([
    ['StringEquals', { StringEquals: { [KEY]: 'a' } }, 'a', true],
    ['StringEquals, other case', { StringEquals: { [KEY]: 'a' } }, 'A', false],
    ['StringEquals, key absent', { StringEquals: { [KEY]: 'a' } }, undefined, false],
    ['StringEquals, one of a list', { StringEquals: { [KEY]: ['b', 'a'] } }, 'a', true],
    ['StringEquals takes no wildcards', { StringEquals: { [KEY]: 'a*' } }, 'ab', false],
    ['StringEqualsIfExists, key absent', { StringEqualsIfExists: { [KEY]: 'a' } }, undefined, true],
    ['StringEqualsIfExists, key present', { StringEqualsIfExists: { [KEY]: 'a' } }, 'b', false],
    ['StringNotEquals', { StringNotEquals: { [KEY]: ['a', 'b'] } }, 'b', false],
    ['StringNotEquals, other value', { StringNotEquals: { [KEY]: ['a', 'b'] } }, 'c', true],
    ['StringNotEquals, key absent', { StringNotEquals: { [KEY]: 'a' } }, undefined, true],
    ['StringEqualsIgnoreCase', { StringEqualsIgnoreCase: { [KEY]: 'a' } }, 'A', true],
    ['StringNotEqualsIgnoreCase', { StringNotEqualsIgnoreCase: { [KEY]: 'a' } }, 'A', false],
    ['StringLike', { StringLike: { [KEY]: 'fleets/?*' } }, 'fleets/shop', true],
    ['StringLike, no match', { StringLike: { [KEY]: 'fleets/?*' } }, 'fleets/', false],
    ['StringNotLike', { StringNotLike: { [KEY]: 'a*' } }, 'ab', false],
    ['ArnLike', { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/x*' } }, undefined, false],
    ['Null true, key absent', { Null: { [KEY]: 'true' } }, undefined, true],
    ['Null true, key present', { Null: { [KEY]: 'true' } }, 'a', false],
    ['Null false, key present', { Null: { [KEY]: false } }, 'a', true],
    ['Null false, key absent', { Null: { [KEY]: false } }, undefined, false],
    ['NumericLessThan', { NumericLessThan: { [KEY]: 10 } }, '9', true],
    ['NumericLessThan, not below', { NumericLessThan: { [KEY]: '10' } }, '10', false],
    ['NumericLessThanEquals', { NumericLessThanEquals: { [KEY]: '10' } }, '10', true],
    ['NumericGreaterThan', { NumericGreaterThan: { [KEY]: '9' } }, '10', true],
    ['NumericGreaterThanEquals', { NumericGreaterThanEquals: { [KEY]: '10' } }, '9', false],
    ['NumericEquals', { NumericEquals: { [KEY]: '1.0' } }, '1', true],
    ['NumericNotEquals', { NumericNotEquals: { [KEY]: '1' } }, '1', false],
    ['ForAllValues, all match', { 'ForAllValues:StringEquals': { [KEY]: ['a', 'b'] } }, ['a', 'b', 'a'], true],
    ['ForAllValues, one does not', { 'ForAllValues:StringEquals': { [KEY]: ['a'] } }, ['a', 'b'], false],
    ['ForAllValues, key absent', { 'ForAllValues:StringEquals': { [KEY]: ['a'] } }, undefined, true],
    ['ForAnyValue, one matches', { 'ForAnyValue:StringLike': { [KEY]: 'a*' } }, ['b', 'ab'], true],
    ['ForAnyValue, none does', { 'ForAnyValue:StringLike': { [KEY]: 'a*' } }, ['b'], false],
    ['ForAnyValue, key absent', { 'ForAnyValue:StringEquals': { [KEY]: 'a' } }, undefined, false],
    ['ForAllValues of a negation', { 'ForAllValues:StringNotEquals': { [KEY]: 'a' } }, ['b', 'a'], false],
    ['two operators, one fails', { StringLike: { [KEY]: '*' }, StringNotEquals: { [KEY]: 'a' } }, 'a', false],
    ['two keys, one fails', { StringEquals: { [KEY]: 'a', 'aws:RequestedRegion': 'us-east-1' } }, 'a', false],
    ['keys in other case', { StringEquals: { 'S3:PREFIX': 'a', 'AWS:requestedregion': 'eu-west-1' } }, 'a', true],
    ['Bool of what the lab is', { Bool: { 'aws:SecureTransport': 'true' }, NumericGreaterThan: { 's3:TlsVersion': 1.2 } }, undefined, true],
    ['the caller itself', { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${ACCOUNT}:role/Role*` } }, undefined, true],
  ])('%s', async (_name, Condition, value, expected) => {
    const principal = await role(allow('s3:ListBucket', '*', { Condition }));
    expect(account.allows(principal, 's3:ListBucket', BUCKET, value === undefined ? {} : { [KEY]: value })).toBe(expected);
  });
});

describe('policies of resources', () => {
  const policy = (arn: string, ...statements: object[]) => account.iam.attachResourcePolicy(arn, document(...statements), 'test');

  test('a bucket policy that wants TLS and a hostile one, for objects too', async () => {
    const principal = await role(allow('s3:*'));
    policy(BUCKET, {
      ...deny('s3:*', [BUCKET, `${BUCKET}/*`], { Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
      Principal: { AWS: '*' },
    });
    expect(account.allows(principal, 's3:GetObject', `${BUCKET}/a`)).toBe(true);
    policy(BUCKET, { ...deny('s3:GetObject', `${BUCKET}/*`), Principal: '*' });
    expect(account.allows(principal, 's3:GetObject', `${BUCKET}/a`)).toBe(false);
    expect(account.allows(OPERATOR, 's3:GetObject', `${BUCKET}/a`)).toBe(false);
    expect(account.allows(OPERATOR, 's3:PutObject', `${BUCKET}/a`)).toBe(true);
    account.iam.detachResourcePolicy(BUCKET);
    expect(account.allows(principal, 's3:GetObject', `${BUCKET}/a`)).toBe(true);
  });

  test('a role may be allowed by the resource alone, but not by way of its account', async () => {
    const named = await role();
    const other = await role();
    policy(TOPIC, { ...allow('sns:Publish', TOPIC), Principal: { AWS: named.arn } });
    expect([named, other].map((principal) => account.allows(principal, 'sns:Publish', TOPIC))).toEqual([true, false]);
    policy(TOPIC, { ...allow('sns:Publish', TOPIC), Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` } });
    expect(account.allows(named, 'sns:Publish', TOPIC)).toBe(false);
    policy(TOPIC, { ...deny('sns:Publish', TOPIC), Principal: { AWS: ACCOUNT } });
    expect(account.allows(await role(allow('*')), 'sns:Publish', TOPIC)).toBe(false);
  });

  test('a service is allowed by the resource, for the source that it names', () => {
    const ask = (source: string) => account.allows(EVENTS, 'sns:Publish', TOPIC, { 'aws:SourceArn': source });
    expect(ask('arn:aws:events:r:1:rule/x')).toBe(false);
    const Condition = { ArnEquals: { 'aws:SourceArn': 'arn:aws:events:r:1:rule/x' } };
    policy(TOPIC, { ...allow('sns:Publish', TOPIC, { Condition }), Principal: { Service: 'events.amazonaws.com' } });
    expect([ask('arn:aws:events:r:1:rule/x'), ask('arn:aws:events:r:1:rule/y')]).toEqual([true, false]);
    expect(
      account.allows({ kind: 'service', arn: 'cloudwatch.amazonaws.com' }, 'sns:Publish', TOPIC, {
        'aws:SourceArn': 'arn:aws:events:r:1:rule/x',
      }),
    ).toBe(false);
  });
});

describe('the log of decisions', () => {
  test('names the statement and the patterns that decided', async () => {
    const principal = await role(allow('s3:PutObject'), allow(['s3:Get*', 's3:List*'], [`${BUCKET}/a/*`, BUCKET], { Sid: 'Read' }));
    account.allows(principal, 's3:ListBucket', BUCKET);
    account.allows(principal, 's3:DeleteObject', BUCKET);
    expect(account.iam.decisions).toEqual([
      {
        roleArn: principal.arn,
        roleLogicalId: expect.stringMatching(/^Role\d+$/),
        action: 's3:ListBucket',
        resource: BUCKET,
        allowed: true,
        statement: {
          policy: expect.stringMatching(/^Role\d+\/Main$/),
          index: 1,
          sid: 'Read',
          by: 'identity',
          action: 's3:List*',
          resource: BUCKET,
        },
      },
      expect.objectContaining({ action: 's3:DeleteObject', allowed: false, statement: undefined }),
    ]);
  });

  test('statements() lists the Allows that the log refers to', async () => {
    const principal = await account.role(
      'Host',
      deny('s3:*', `${BUCKET}/secret`),
      allow('s3:GetObject', [`${BUCKET}/a`, `${BUCKET}/b`], { Sid: 'Read', Condition: { StringEquals: { 's3:if-match': '1' } } }),
    );
    account.allows(principal, 's3:GetObject', `${BUCKET}/b`, { 's3:if-match': '1' });
    const [{ statement }] = account.iam.decisions;
    expect(account.iam.statements()).toEqual([
      {
        roleArn: principal.arn,
        roleLogicalId: 'Host',
        policy: statement!.policy,
        index: statement!.index,
        sid: 'Read',
        actions: [statement!.action],
        resources: [`${BUCKET}/a`, statement!.resource],
        conditions: ['StringEquals s3:if-match'],
      },
    ]);
  });

  test('a call that asks for nothing is a defect of the lab, not a call that is allowed', async () => {
    const principal = await account.role('Reader', allow('s3:GetObject'));
    expect(() => account.iam.check(principal, [])).toThrow('a call of ' + principal.arn + ' must ask for a permission, got none');
  });

  test('an action can be left out of one role, also of statements that come later', async () => {
    const [a, b] = [await account.role('A', allow(['s3:GetObject', 's3:PutObject'])), await account.role('B', allow('s3:GetObject'))];
    account.iam.withoutAction('A', 's3:GetObject');
    account.iam.withoutAction('C', 's3:GetObject');
    const c = await account.role('C', allow('s3:GetObject'));
    expect([a, b, c].map((principal) => account.allows(principal, 's3:GetObject'))).toEqual([false, true, false]);
    expect(account.allows(a, 's3:PutObject')).toBe(true);
  });
});
