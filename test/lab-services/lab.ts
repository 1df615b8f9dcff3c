import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Clock } from '../../lab/clock/clock';
import { VirtualClock } from '../../lab/clock/virtual-clock';
import type { LabContext } from '../../lab/kernel/context';
import { EventBus } from '../../lab/kernel/event-bus';
import { Random } from '../../lab/kernel/random';
import type { ResolvedResource, ResourceProvider } from '../../lab/kernel/resources';
import { type AccessRequest, AwsError, type Principal } from '../../lab/kernel/service';

export const START = new Date('2026-01-02T03:04:05.000Z');
export const OPERATOR: Principal = { kind: 'operator', arn: 'operator' };

/** A lab's context in virtual time. */
export function simulated(seed = 1): LabContext & { clock: VirtualClock } {
  return {
    clock: new VirtualClock(START),
    random: new Random(seed),
    region: 'eu-west-1',
    account: '111122223333',
    speed: 'simulated',
    events: new EventBus(),
  };
}

export function live(clock: Clock): LabContext {
  return { ...simulated(), clock, speed: 'live' };
}

/** A role that no service may assume. */
export const UNTRUSTING = 'arn:aws:iam::111122223333:role/untrusting';

/** An IAM that allows what is listed, as `role action resource`, or everything. */
export class FakeIam {
  readonly asked: string[] = [];
  constructor(private readonly allowed: readonly string[] | 'all' = 'all') {}

  check(principal: Principal, requests: readonly AccessRequest[]): void {
    for (const { action, resource } of requests) {
      this.asked.push(`${action} ${resource}`);
      if (this.allowed !== 'all' && !this.allowed.includes(`${action} ${resource}`)) {
        throw new AwsError('AccessDenied', `User: ${principal.arn} is not authorized to perform: ${action} on resource: ${resource}`);
      }
    }
  }

  assume(roleArn: string, service: string): Principal {
    if (roleArn === UNTRUSTING) throw new AwsError('AccessDenied', `${service} is not authorized to assume the role ${roleArn}`);
    return { kind: 'role', arn: roleArn };
  }

  attachResourcePolicy(): void {}
  detachResourcePolicy(): void {}
}

/** Creates resources as CloudFormation would. */
export class Stack {
  private readonly providers: Map<string, ResourceProvider>;

  constructor(...services: { providers(): ResourceProvider[] }[]) {
    this.providers = new Map(services.flatMap((service) => service.providers()).map((provider) => [provider.type, provider]));
  }

  async create(type: string, logicalId: string, properties: Record<string, unknown>): Promise<string> {
    return (await this.provider(type).create(this.resource(type, logicalId, properties))).ref;
  }

  async update(type: string, logicalId: string, properties: Record<string, unknown>, physicalId: string): Promise<string> {
    return (await this.provider(type).update(this.resource(type, logicalId, properties), physicalId)).ref;
  }

  async delete(type: string, physicalId: string): Promise<void> {
    await this.provider(type).delete(physicalId);
  }

  private resource(type: string, logicalId: string, properties: Record<string, unknown>): ResolvedResource {
    return { logicalId, type, properties };
  }

  private provider(type: string): ResourceProvider {
    const provider = this.providers.get(type);
    if (!provider) throw new Error(`no provider of ${type}`);
    return provider;
  }
}

const folders: string[] = [];

/** A bundle of one file. */
export function bundle(source: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'bundle-'));
  folders.push(folder);
  writeFileSync(path.join(folder, 'index.js'), source);
  return folder;
}

/** Removes what `bundle` made. */
export function removeBundles(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
