import { policyProblems, type UnresolvedResource } from '../../lab/iam';
import { ACCOUNT, Account, document, roleProperties, trust } from './account';

const READ = { Effect: 'Allow', Action: 's3:GetObject', Resource: '*' };
let account: Account;

beforeEach(() => {
  account = new Account();
});

describe('roles and what is attached to them', () => {
  test('a policy of its own resource, and its removal', async () => {
    const role = await account.role('Role');
    const name = role.arn.split('/')[1];
    const { ref } = await account.create('AWS::IAM::Policy', 'Extra', {
      PolicyName: 'Extra',
      PolicyDocument: document(READ),
      Roles: [name],
    });
    expect(account.allows(role, 's3:GetObject')).toBe(true);
    await account.update('AWS::IAM::Role', 'Role', roleProperties({ ...READ, Action: 's3:PutObject' }), name);
    expect([account.allows(role, 's3:GetObject'), account.allows(role, 's3:PutObject')]).toEqual([true, true]);
    await account.update('AWS::IAM::Role', 'Role', roleProperties(), name);
    expect(account.allows(role, 's3:PutObject')).toBe(false);
    await account.delete('AWS::IAM::Policy', ref);
    expect(account.allows(role, 's3:GetObject')).toBe(false);
  });

  test('a managed policy, named by the role and naming roles', async () => {
    const naming = await account.role('Naming');
    const properties = { PolicyDocument: document(READ), Roles: [naming.arn.split('/')[1]] };
    const { ref } = await account.create('AWS::IAM::ManagedPolicy', 'Shared', properties);
    const { arn } = await account.create('AWS::IAM::Role', 'Named', {
      AssumeRolePolicyDocument: trust('x.amazonaws.com'),
      ManagedPolicyArns: [ref],
    });
    const roles = [naming, { kind: 'role' as const, arn }];
    const allowed = (action: string) => roles.map((role) => account.allows(role, action));
    expect(allowed('s3:GetObject')).toEqual([true, true]);
    await account.update(
      'AWS::IAM::ManagedPolicy',
      'Shared',
      { ...properties, PolicyDocument: document({ ...READ, Action: 's3:PutObject' }) },
      ref,
    );
    expect([allowed('s3:GetObject'), allowed('s3:PutObject')]).toEqual([
      [false, false],
      [true, true],
    ]);
  });

  test('names, paths and ARNs', async () => {
    const { ref, arn } = await account.create('AWS::IAM::Role', 'Role', { ...roleProperties(), RoleName: 'shop', Path: '/canary/' });
    expect({ ref, arn }).toEqual({ ref: 'shop', arn: `arn:aws:iam::${ACCOUNT}:role/canary/shop` });
    const profile = await account.create('AWS::IAM::InstanceProfile', 'Profile', { Roles: [ref] });
    expect(account.iam.roleOfProfile(profile.ref)).toBe(arn);
    expect(account.iam.roleOfProfile(profile.arn)).toBe(arn);
    expect(() => account.iam.roleOfProfile('other')).toThrow("there is no instance profile 'other'");
  });

  test('a role is assumed only by the services that it trusts', async () => {
    const { arn } = await account.role('Role');
    expect(account.iam.assume(arn, 'lambda.amazonaws.com')).toEqual({ kind: 'role', arn });
    expect(() => account.iam.assume(arn, 'states.amazonaws.com')).toThrow('states.amazonaws.com is not authorized to assume the role');
  });

  test('keys belong to their role, and a role that does not exist has none', async () => {
    const role = await account.role('Role');
    const key = account.iam.issueKey(role.arn, { session: true });
    expect(account.iam.principalOf(key.accessKeyId)).toEqual(role);
    expect(account.iam.secret(key.accessKeyId)).toBe(key.secretAccessKey);
    expect(key.sessionToken).toMatch(/^[A-Za-z0-9/+=]{100,}$/);
    expect(account.iam.issueKey(role.arn, { session: false }).sessionToken).toBeUndefined();
    expect(() => account.iam.issueKey(`${role.arn}x`, { session: true })).toThrow('there is no role');
    expect(() => account.iam.principalOf('AKIAX')).toThrow('security token');
  });

  test('an unknown property is refused', async () => {
    await expect(account.create('AWS::IAM::Role', 'Role', { ...roleProperties(), PermissionsBoundary: 'x' })).rejects.toThrow(
      'Role (AWS::IAM::Role): the lab does not know the properties PermissionsBoundary',
    );
  });
});

describe('what the lab cannot judge is refused with its place', () => {
  const roleWith = (statement: object): Record<string, UnresolvedResource> => ({
    Host: { Type: 'AWS::IAM::Role', Properties: roleProperties(statement) },
  });
  const PLACE = "Host (AWS::IAM::Role), policy 'Main', statement 0: ";

  test.each<[string, object, string]>([
    [
      'an unknown operator',
      { ...READ, Condition: { DateLessThan: { 'aws:SourceArn': 'x' } } },
      "the lab does not know the condition operator 'DateLessThan'",
    ],
    [
      'an unknown set operator',
      { ...READ, Condition: { 'ForSome:StringEquals': { 's3:prefix': 'x' } } },
      "the lab does not know the condition operator 'ForSome:StringEquals'",
    ],
    [
      'an unknown key',
      { ...READ, Condition: { StringEquals: { 'aws:TokenAge': '1' } } },
      "no service of the lab supplies the condition key 'aws:TokenAge'",
    ],
    [
      'a variable in a resource',
      { ...READ, Resource: 'arn:aws:s3:::b/${aws:username}/*' },
      "the lab does not know the policy variable '${aws:username}'",
    ],
    [
      'a variable in a condition',
      { ...READ, Condition: { StringLike: { 's3:prefix': '${aws:userid}' } } },
      "the lab does not know the policy variable '${aws:userid}'",
    ],
    ['an unknown element', { ...READ, Conditions: {} }, 'the lab does not know the element Conditions'],
    ['NotPrincipal', { ...READ, NotPrincipal: '*' }, 'the lab does not know the element NotPrincipal'],
    ['a principal in a role', { ...READ, Principal: '*' }, "'Principal' has no place in a policy of a role"],
    ['no effect', { Action: 's3:GetObject', Resource: '*' }, "'Effect' must be Allow or Deny, got undefined"],
    ['no action', { Effect: 'Allow', Resource: '*' }, 'exactly one of Action and NotAction is required'],
    ['Resource and NotResource', { ...READ, NotResource: '*' }, 'exactly one of Resource and NotResource is required'],
    ['a malformed action', { ...READ, Action: 'GetObject' }, "'Action' must be like service:Operation, got 'GetObject'"],
  ])('%s', (_name, statement, message) => {
    expect(policyProblems(roleWith(statement))).toEqual([PLACE + message]);
  });

  test.each<[string, UnresolvedResource, string]>([
    [
      "AWS's own managed policies",
      {
        Type: 'AWS::IAM::Role',
        Properties: {
          ...roleProperties(),
          ManagedPolicyArns: [{ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':iam::aws:policy/ReadOnlyAccess']] }],
        },
      },
      'does not have the managed policy',
    ],
    [
      'an old version of the language',
      { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: { Version: '2008-10-17', Statement: [] } } },
      "'Version' must be 2012-10-17",
    ],
    [
      'a kind of principal',
      { Type: 'AWS::S3::BucketPolicy', Properties: { PolicyDocument: document({ ...READ, Principal: { Federated: 'x' } }) } },
      "the lab does not know the kind of principal 'Federated'",
    ],
    [
      'no principal in a topic policy',
      { Type: 'AWS::SNS::TopicPolicy', Properties: { PolicyDocument: document(READ) } },
      "'Principal' is required",
    ],
    [
      'a resource in a trust policy',
      { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: document({ ...READ, Principal: '*' }) } },
      'the lab does not know the element Resource',
    ],
    [
      'a branch of a condition of the template',
      { Type: 'AWS::IAM::Policy', Properties: { PolicyDocument: document({ 'Fn::If': ['Some', READ, { ...READ, Sids: 1 }] }) } },
      'statement 1: the lab does not know the element Sids',
    ],
  ])('%s', (_name, resource, message) => {
    expect(policyProblems({ Thing: resource })).toEqual([expect.stringContaining(message)]);
  });

  test('references are no problem', () => {
    const statement = {
      ...READ,
      Resource: [{ 'Fn::GetAtt': ['B', 'Arn'] }, { 'Fn::Sub': 'arn:${AWS::Partition}:s3:::x' }],
      Condition: { StringEquals: { 's3:prefix': { Ref: 'P' } } },
    };
    expect(policyProblems(roleWith(statement))).toEqual([]);
  });

  test('creation refuses the same', async () => {
    await expect(account.role('Host', { ...READ, Condition: { IpAddress: { 'aws:SourceArn': 'x' } } })).rejects.toThrow(
      "Host (AWS::IAM::Role), policy 'Main', statement 0: the lab does not know the condition operator 'IpAddress'",
    );
    await expect(
      account.create('AWS::IAM::Role', 'R', { ...roleProperties(), ManagedPolicyArns: ['arn:aws:iam::aws:policy/X'] }),
    ).rejects.toThrow('the lab does not have the managed policy arn:aws:iam::aws:policy/X');
  });
});
