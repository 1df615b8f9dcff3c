import { isDeepStrictEqual } from 'node:util';
import type { LabContext } from '../kernel/context';
import type { CreatedResource, ResolvedResource, ResourceProvider } from '../kernel/resources';
import { creationOrder } from './creation-order';
import { createInert } from './inert-types';
import { resolve, type Scope } from './intrinsics';
import { publicParameter } from './public-parameters';
import { type Json, refuseUnknown, type Template, type TemplateCheck } from './template';

interface LiveResource {
  readonly type: string;
  readonly properties: Record<string, Json>;
  readonly created: CreatedResource;
  readonly retained: boolean;
}

/**
 * A stack of the lab: creates the resources of a template in order, and on an update rewrites those,
 * and only those, whose resolved properties differ from the last template's. Like CloudFormation it compares
 * templates and ignores live state, so a touched resource goes back to what the template says.
 */
export class Stack {
  private readonly providers: ReadonlyMap<string, ResourceProvider>;
  private readonly resources = new Map<string, LiveResource>();
  private readonly stackId: string;

  constructor(
    private readonly context: LabContext,
    readonly name: string,
    providers: readonly ResourceProvider[],
    private readonly checks: readonly TemplateCheck[] = [],
  ) {
    this.providers = new Map(providers.map((provider) => [provider.type, provider]));
    this.stackId = `arn:aws:cloudformation:${context.region}:${context.account}:stack/${name}/${context.random.uuid()}`;
  }

  /** Creates the stack, or updates it to another template. Nothing is touched when the lab cannot do the whole template. */
  async deploy(template: Template): Promise<void> {
    refuseUnknown(template, new Set(this.providers.keys()), this.checks);
    const scope = this.scope(template);
    const wanted = creationOrder(template).filter((id) => this.isWanted(template, id, scope));
    for (const id of wanted) await this.put(id, template, scope);
    for (const id of [...this.resources.keys()].reverse()) {
      if (!wanted.includes(id)) await this.remove(id);
    }
    this.values = Object.fromEntries(Object.entries(template.Outputs ?? {}).map(([id, output]) => [id, resolve(output.Value, scope)]));
  }

  private values: Record<string, string> = {};

  /** The stack's outputs by logical id. */
  get outputs(): Readonly<Record<string, string>> {
    return this.values;
  }

  /** The physical name of a resource, what `Ref` gives. */
  physicalId(logicalId: string): string {
    return this.live(logicalId).created.ref;
  }

  /** Logical and physical ids of all resources of a type. */
  ofType(type: string): { readonly logicalId: string; readonly physicalId: string }[] {
    return [...this.resources]
      .filter(([, live]) => live.type === type)
      .map(([logicalId, live]) => ({ logicalId, physicalId: live.created.ref }));
  }

  private isWanted(template: Template, id: string, scope: Scope): boolean {
    const { Condition } = template.Resources[id];
    return Condition === undefined || scope.condition(Condition);
  }

  private async put(logicalId: string, template: Template, scope: Scope): Promise<void> {
    const { Type: type, Properties, DeletionPolicy } = template.Resources[logicalId];
    const properties = resolve(Properties ?? {}, scope);
    const resource: ResolvedResource = { logicalId, type, properties };
    const before = this.resources.get(logicalId);
    const retained = DeletionPolicy === 'Retain';
    if (before !== undefined && before.type !== type)
      throw new Error(`${logicalId}: a resource cannot change its type from ${before.type} to ${type}`);
    const provider = this.providers.get(type);
    let created: CreatedResource;
    if (before !== undefined && (provider === undefined || isDeepStrictEqual(before.properties, properties))) created = before.created;
    else if (provider === undefined) created = createInert(resource, { id: this.context.random.hex(17), ...this.context });
    else if (before === undefined) created = await provider.create(resource);
    else created = await provider.update(resource, before.created.ref);
    this.resources.set(logicalId, { type, properties, created, retained });
  }

  private async remove(logicalId: string): Promise<void> {
    const { type, created, retained } = this.live(logicalId);
    if (!retained) await this.providers.get(type)?.delete(created.ref);
    this.resources.delete(logicalId);
  }

  private live(logicalId: string): LiveResource {
    const live = this.resources.get(logicalId);
    if (live === undefined) throw new Error(`stack ${this.name} has no resource ${logicalId}`);
    return live;
  }

  private scope(template: Template): Scope {
    const { region, account } = this.context;
    const pseudo: Record<string, string> = {
      'AWS::Region': region,
      'AWS::AccountId': account,
      'AWS::Partition': 'aws',
      'AWS::URLSuffix': 'amazonaws.com',
      'AWS::StackName': this.name,
      'AWS::StackId': this.stackId,
    };
    const scope: Scope = {
      ref: (name) => pseudo[name] ?? this.parameter(template, name) ?? this.live(name).created.ref,
      attribute: (id, attribute) => {
        const value = this.live(id).created.attributes?.[attribute];
        if (value === undefined) throw new Error(`${id} (${this.live(id).type}): the lab does not know the attribute ${attribute}`);
        return value;
      },
      condition: (name) => {
        const condition = template.Conditions?.[name];
        if (condition === undefined) throw new Error(`the template has no condition ${name}`);
        return Boolean(resolve(condition, scope));
      },
      mapping: (map, key, second) => template.Mappings?.[map]?.[key]?.[second],
      availabilityZones: ['a', 'b', 'c'].map((letter) => region + letter),
    };
    return scope;
  }

  private parameter(template: Template, name: string): string | undefined {
    const parameter = template.Parameters?.[name];
    if (parameter === undefined) return undefined;
    if (parameter.Default === undefined) throw new Error(`parameter ${name} has no default: the lab takes no values for parameters`);
    return parameter.Type.startsWith('AWS::SSM::') ? publicParameter(parameter.Default) : parameter.Default;
  }
}
