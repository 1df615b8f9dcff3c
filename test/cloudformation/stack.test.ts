import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { VirtualClock } from '../../lab/clock/virtual-clock';
import { AssetPublisher } from '../../lab/cloudformation/assets';
import { resolve, type Scope } from '../../lab/cloudformation/intrinsics';
import { Stack } from '../../lab/cloudformation/stack';
import type { Json, Template } from '../../lab/cloudformation/template';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { ResolvedResource, ResourceProvider } from '../../lab/kernel/resources';

const CONTEXT = {
  clock: new VirtualClock(new Date(0)),
  random: new Random(1),
  region: 'eu-west-1',
  account: '123456789012',
  speed: 'simulated' as const,
  events: new EventBus(),
};

/** Records what CloudFormation asks of it. */
class Things implements ResourceProvider {
  readonly type = 'Test::Thing';
  readonly log: string[] = [];
  create({ logicalId, properties }: ResolvedResource) {
    this.log.push(`create ${logicalId} ${JSON.stringify(properties)}`);
    return { ref: `thing-${logicalId}`, attributes: { Arn: `arn:${logicalId}` } };
  }
  update({ logicalId, properties }: ResolvedResource, physicalId: string) {
    this.log.push(`update ${logicalId} ${JSON.stringify(properties)}`);
    return { ref: physicalId, attributes: { Arn: `arn:${logicalId}` } };
  }
  delete(physicalId: string) {
    this.log.push(`delete ${physicalId}`);
  }
}

const thing = (properties: Record<string, Json>, rest: object = {}) => ({ Type: 'Test::Thing', Properties: properties, ...rest });

function stackOf() {
  const things = new Things();
  return { things, stack: new Stack(CONTEXT, 'Test', [things]) };
}

test('resources are created after what they refer to, with references resolved', async () => {
  const { things, stack } = stackOf();
  await stack.deploy({
    Resources: {
      C: thing({ text: { 'Fn::Sub': '${B.Arn}/${AWS::Region}' } }),
      B: thing({ a: { Ref: 'A' } }),
      A: thing({}, { DependsOn: 'Net' }),
      Net: { Type: 'AWS::EC2::VPC' },
    },
    Outputs: { Arn: { Value: { 'Fn::GetAtt': ['C', 'Arn'] } } },
  });
  expect(things.log).toEqual(['create A {}', 'create B {"a":"thing-A"}', 'create C {"text":"arn:B/eu-west-1"}']);
  expect(stack.outputs).toEqual({ Arn: 'arn:C' });
});

test('an update rewrites the touched resource alone, and deletes what left the template unless it is retained', async () => {
  const { things, stack } = stackOf();
  const template = (tag: string): Template => ({ Resources: { A: thing({ size: 1 }), B: thing({ Tags: [{ Key: 'git', Value: tag }] }) } });
  await stack.deploy({ Resources: { ...template('1').Resources, Old: thing({}), Kept: thing({}, { DeletionPolicy: 'Retain' }) } });
  things.log.length = 0;
  await stack.deploy(template('2'));
  expect(things.log).toEqual(['update B {"Tags":[{"Key":"git","Value":"2"}]}', 'delete thing-Old']);
});

test.each<[string, Template, RegExp]>([
  [
    'an unknown resource type',
    { Resources: { Q: { Type: 'AWS::SQS::Queue' }, A: thing({}) } },
    /Q: resource type AWS::SQS::Queue is not supported/,
  ],
  ['a creation policy', { Resources: { A: thing({}, { CreationPolicy: {} }) } }, /A: attribute CreationPolicy/],
  ['an unknown section', { Resources: {}, Transform: 'x' } as Template, /section Transform/],
  [
    'an unknown public parameter',
    { Resources: {}, Parameters: { P: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/mine' } } },
    /\/mine/,
  ],
  ['an unknown rule', { Resources: {}, Rules: { Mine: {} } }, /rule Mine/],
])('%s is refused before anything is created', async (_name, template, message) => {
  const { things, stack } = stackOf();
  await expect(stack.deploy(template)).rejects.toThrow(message);
  expect(things.log).toEqual([]);
});

test('what a further check finds is refused too', async () => {
  const things = new Things();
  const stack = new Stack(CONTEXT, 'Test', [things], [(resources) => Object.keys(resources).map((id) => `${id} is not to my taste`)]);
  await expect(stack.deploy({ Resources: { A: thing({}) } })).rejects.toThrow('A is not to my taste');
  expect(things.log).toEqual([]);
});

test('a circle is an error that names it', async () => {
  const { stack } = stackOf();
  const template = { Resources: { A: thing({ b: { Ref: 'B' } }), B: thing({ a: { Ref: 'A' } }) } };
  await expect(stack.deploy(template)).rejects.toThrow(/A -> B -> A/);
});

const SCOPE: Scope = {
  ref: (name) => `ref:${name}`,
  attribute: (id, attribute) => `att:${id}.${attribute}`,
  condition: (name) => name === 'Yes',
  mapping: (map, key, second) => `${map}/${key}/${second}`,
  availabilityZones: ['x-a', 'x-b'],
};

test.each<[string, Json, Json]>([
  ['Ref', { Ref: 'A' }, 'ref:A'],
  ['GetAtt with dots', { 'Fn::GetAtt': 'A.B.C' }, 'att:A.B.C'],
  ['Join', { 'Fn::Join': ['-', ['a', { Ref: 'B' }]] }, 'a-ref:B'],
  ['Select of Split', { 'Fn::Select': [1, { 'Fn::Split': ['/', 'a/b/c'] }] }, 'b'],
  ['Select of GetAZs', { 'Fn::Select': [0, { 'Fn::GetAZs': '' }] }, 'x-a'],
  ['Sub with variables and a literal', { 'Fn::Sub': ['${x}-${A}-${!y}', { x: { Ref: 'X' } }] }, 'ref:X-ref:A-${y}'],
  ['Base64', { 'Fn::Base64': { Ref: 'A' } }, Buffer.from('ref:A').toString('base64')],
  ['If', { 'Fn::If': ['Yes', 1, 2] }, 1],
  ['If without a value', { a: { 'Fn::If': ['No', 1, { Ref: 'AWS::NoValue' }] }, b: 2 }, { b: 2 }],
  ['Not of Equals', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }, true],
  ['FindInMap', { 'Fn::FindInMap': ['m', 'k', 's'] }, 'm/k/s'],
  ['an IAM condition block', { Condition: { StringEquals: { a: { Ref: 'B' } } } }, { Condition: { StringEquals: { a: 'ref:B' } } }],
])('%s resolves', (_name, value, expected) => {
  expect(resolve(value, SCOPE)).toEqual(expected);
});

test('an unknown function is refused', () => {
  expect(() => resolve({ 'Fn::ImportValue': 'x' }, SCOPE)).toThrow('the lab does not know the function Fn::ImportValue');
});

test('assets are published: files as objects, zipped folders as a look-up', () => {
  const assembly = mkdtempSync(path.join(tmpdir(), 'asg-canary-assets-'));
  try {
    mkdirSync(path.join(assembly, 'asset.f'));
    writeFileSync(path.join(assembly, 'asset.h'), 'program');
    const destinations = (objectKey: string) => ({ d: { bucketName: 'assets-${AWS::AccountId}-${AWS::Region}', objectKey } });
    const files = {
      f: { source: { path: 'asset.f', packaging: 'zip' }, destinations: destinations('f.zip') },
      h: { source: { path: 'asset.h', packaging: 'file' }, destinations: destinations('h') },
    };
    writeFileSync(path.join(assembly, 'S.assets.json'), JSON.stringify({ files, dockerImages: {} }));
    const objects = new Map<string, string>();
    const store = {
      createBucket: () => {},
      putObject: (bucket: string, key: string, body: Uint8Array) => void objects.set(`${bucket}/${key}`, Buffer.from(body).toString()),
    };
    const publisher = new AssetPublisher(store, CONTEXT);
    publisher.publish(assembly, 'S');
    expect([...objects]).toEqual([['assets-123456789012-eu-west-1/h', 'program']]);
    expect(publisher.folder('assets-123456789012-eu-west-1', 'f.zip')).toBe(path.join(assembly, 'asset.f'));
    expect(() => publisher.folder('assets-123456789012-eu-west-1', 'h')).toThrow('no published asset');
  } finally {
    rmSync(assembly, { recursive: true });
  }
});
