import { VirtualClock } from '../../lab/clock/virtual-clock';
import { IamService } from '../../lab/iam';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { AccessRequest, Principal } from '../../lab/kernel/service';

export const ACCOUNT = '123456789012';
export const OPERATOR: Principal = { kind: 'operator', arn: 'operator' };

export function document(...statements: object[]): object {
  return { Version: '2012-10-17', Statement: statements };
}

export function trust(service: string): object {
  return document({ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' });
}

/** An account with IAM alone, and resources that are created as CloudFormation would. */
export class Account {
  readonly iam = new IamService({
    clock: new VirtualClock(new Date(0)),
    random: new Random(1),
    region: 'eu-west-1',
    account: ACCOUNT,
    speed: 'simulated',
    events: new EventBus(),
  });
  private readonly providers = new Map(this.iam.providers().map((provider) => [provider.type, provider]));

  async create(type: string, logicalId: string, properties: Record<string, unknown>) {
    const created = await this.providers.get(type)!.create({ logicalId, type, properties });
    return { ref: created.ref, arn: created.attributes?.Arn ?? created.ref };
  }

  async update(type: string, logicalId: string, properties: Record<string, unknown>, ref: string): Promise<void> {
    await this.providers.get(type)!.update({ logicalId, type, properties }, ref);
  }

  async delete(type: string, ref: string): Promise<void> {
    await this.providers.get(type)!.delete(ref);
  }

  /** A role whose inline policy has these statements. */
  async role(logicalId: string, ...statements: object[]): Promise<Principal> {
    const { arn } = await this.create('AWS::IAM::Role', logicalId, roleProperties(...statements));
    return { kind: 'role', arn };
  }

  allows(principal: Principal, action: string, resource = '*', context: AccessRequest['context'] = {}): boolean {
    try {
      this.iam.check(principal, [{ action, resource, context }]);
      return true;
    } catch (error) {
      expect(error).toMatchObject({ name: 'AwsError', code: 'AccessDenied' });
      return false;
    }
  }
}

export function roleProperties(...statements: object[]): Record<string, unknown> {
  return {
    AssumeRolePolicyDocument: trust('lambda.amazonaws.com'),
    Policies: [{ PolicyName: 'Main', PolicyDocument: document(...statements) }],
  };
}
