import { VirtualClock } from '../../lab/clock/virtual-clock';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { Call } from '../../lab/kernel/service';
import { SecretsManagerService } from '../../lab/services/secretsmanager';
import { modelOf } from '../../lab/wire/model';

const CALL: Call = { principal: { kind: 'operator', arn: 'operator' }, requestId: 'r', headers: {} };
let service: SecretsManagerService;

beforeEach(() => {
  const clock = new VirtualClock(new Date('2026-01-01T00:00:00Z'));
  service = new SecretsManagerService({
    clock,
    random: new Random(1),
    region: 'eu-west-1',
    account: '123456789012',
    speed: 'simulated',
    events: new EventBus(),
  });
});

const get = (SecretId: string, more = {}) => service.operations.GetSecretValue.handle({ SecretId, ...more }, CALL);

test('a secret is found by its name, its ARN and its ARN without the end', () => {
  const secretArn = service.put('shop/settings', 'text');
  expect(secretArn).toMatch(/^arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop\/settings-[0-9a-f]{6}$/);
  for (const id of ['shop/settings', secretArn, secretArn.slice(0, -7)]) {
    expect(get(id)).toMatchObject({ ARN: secretArn, Name: 'shop/settings', SecretString: 'text' });
    expect(service.operations.GetSecretValue.authorize({ SecretId: id }, CALL)).toEqual([
      { action: 'secretsmanager:GetSecretValue', resource: secretArn },
    ]);
  }
});

test('a value that is put again takes the place of the one before', () => {
  service.put('a', 'one');
  service.put('a', 'two');
  expect(get('a')).toMatchObject({ SecretString: 'two' });
});

test('what is not there, or is not in the lab, is an error', () => {
  service.put('a', 'one');
  expect(() => get('b')).toThrow("Secrets Manager can't find the specified secret.");
  expect(() => get('a', { VersionStage: 'AWSPREVIOUS' })).toThrow('the lab has only the current version of a secret, got AWSPREVIOUS');
});

test('a secret of a template has the text that the template gives, or one that is made up', () => {
  const [provider] = service.providers();
  const create = (properties: object) => provider!.create({ logicalId: 'Secret', type: provider!.type, properties }) as { ref: string };
  expect(get(create({ Name: 'plain', SecretString: 'text' }).ref)).toMatchObject({ SecretString: 'text' });
  expect(get(create({ GenerateSecretString: {} }).ref)).toMatchObject({ SecretString: expect.stringMatching(/^[0-9a-f]{32}$/) });
  expect(() => create({ ReplicaRegions: [] })).toThrow('does not know the properties ReplicaRegions');
});

test('its wire format is that of the service', () => {
  const model = modelOf(service);
  expect([model.protocol, model.target]).toEqual(['aws.protocols#awsJson1_1', 'secretsmanager']);
  expect([...model.operations.keys()]).toEqual(['GetSecretValue']);
});
