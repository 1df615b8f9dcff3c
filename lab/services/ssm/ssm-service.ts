import * as sdk from '@aws-sdk/client-ssm';
import { arn, type LabContext } from '../../kernel/context';
import type { ResourceProvider } from '../../kernel/resources';
import { type AccessRequest, AwsError, type Operation, type Service } from '../../kernel/service';
import type { World } from '../../kernel/world';
import { targetGroups } from './command-request';
import { Commands } from './commands';
import { Documents } from './documents';
import { checkRange, page, refuseUnknownMembers } from './members';
import { Parameters } from './parameters';

/** What Systems Manager knows of instances: those that exist, and the Auto Scaling group in whose tag they stand. */
export interface ManagedInstances {
  /** Name of an instance's group; undefined where there is no such instance (any more). */
  groupOf(instanceId: string): string | undefined;
  /** Ids of the instances of a group. */
  instancesOf(group: string): readonly string[];
  /** Whether an instance is in service, so that its agent must have reported at some time. */
  inService(instanceId: string): boolean;
  /** Ids of all instances. */
  all(): readonly string[];
}

export interface SsmDependencies {
  readonly world: World;
  readonly instances: ManagedInstances;
}

/** Systems Manager: parameters, Command documents, and Run Command over the instances of the world. */
export class SsmService implements Service {
  readonly signingName = 'ssm';
  readonly sdk: Record<string, unknown> = sdk;
  readonly client = 'SSMClient';
  readonly operations: Readonly<Record<string, Operation>>;
  readonly parameters: Parameters;
  readonly documents: Documents;
  readonly commands: Commands;
  /** Instances whose agent has reported once: commands to them wait while they are offline. */
  private readonly registered = new Set<string>();
  private readonly strangers = new Set<string>();

  constructor(
    private readonly context: LabContext,
    private readonly dependencies: SsmDependencies,
  ) {
    this.parameters = new Parameters(context);
    this.documents = new Documents(context);
    this.commands = new Commands(context, dependencies.world, this.documents);
    const unscoped = (action: string) => () => [{ action: `ssm:${action}`, resource: '*' }];
    this.operations = {
      ...this.parameters.operations,
      SendCommand: {
        authorize: (input: sdk.SendCommandCommandInput) => this.authorizeSend(input),
        handle: (input: sdk.SendCommandCommandInput) => this.commands.send(input, this.managedTargets(input)),
      },
      ListCommands: { authorize: unscoped('ListCommands'), handle: (input) => this.commands.list(input) },
      ListCommandInvocations: { authorize: unscoped('ListCommandInvocations'), handle: (input) => this.commands.listInvocations(input) },
      GetCommandInvocation: { authorize: unscoped('GetCommandInvocation'), handle: (input) => this.commands.invocation(input) },
      CancelCommand: {
        authorize: unscoped('CancelCommand'),
        handle: (input) => {
          this.commands.cancel(input);
          return {};
        },
      },
      DescribeInstanceInformation: {
        authorize: unscoped('DescribeInstanceInformation'),
        handle: (input: sdk.DescribeInstanceInformationCommandInput) => this.describeInstances(input),
      },
    };
  }

  providers(): ResourceProvider[] {
    return [this.parameters.provider(), this.documents.provider()];
  }

  /** Lets an instance be unknown to Systems Manager, in service or not: its agent never registered, or was deregistered. */
  deregister(instanceId: string): void {
    this.strangers.add(instanceId);
  }

  /** SendCommand asks for the document and for each instance, with the tag that Auto Scaling puts on it. */
  private authorizeSend(input: sdk.SendCommandCommandInput): AccessRequest[] {
    const instances = this.targets(input).map((instanceId) => {
      const group = this.dependencies.instances.groupOf(instanceId);
      return {
        action: 'ssm:SendCommand',
        resource: arn(this.context, 'ec2', `instance/${instanceId}`),
        context: group === undefined ? undefined : { 'ssm:resourceTag/aws:autoscaling:groupName': group },
      };
    });
    return [{ action: 'ssm:SendCommand', resource: this.documents.arn(String(input.DocumentName)) }, ...instances];
  }

  private targets(input: sdk.SendCommandCommandInput): string[] {
    return input.InstanceIds ?? targetGroups(input).flatMap((group) => this.dependencies.instances.instancesOf(group));
  }

  /** Named instances must be managed; those behind a tag that are not are left out, as on AWS. */
  private managedTargets(input: sdk.SendCommandCommandInput): string[] {
    const targets = [...new Set(this.targets(input))];
    const strange = targets.filter((instanceId) => !this.isManaged(instanceId));
    if (input.InstanceIds !== undefined && strange.length > 0) {
      throw new AwsError(
        'InvalidInstanceId',
        `Instances [[${strange.join(', ')}]] not in a valid state for account ${this.context.account}`,
      );
    }
    return targets.filter((instanceId) => !strange.includes(instanceId));
  }

  private isManaged(instanceId: string): boolean {
    const { instances, world } = this.dependencies;
    if (instances.groupOf(instanceId) === undefined || this.strangers.has(instanceId)) return false;
    if (world.agentOnline(instanceId) || instances.inService(instanceId)) this.registered.add(instanceId);
    return this.registered.has(instanceId);
  }

  private describeInstances(
    input: sdk.DescribeInstanceInformationCommandInput,
  ): Omit<sdk.DescribeInstanceInformationCommandOutput, '$metadata'> {
    refuseUnknownMembers('DescribeInstanceInformation', input, ['Filters', 'MaxResults', 'NextToken']);
    checkRange('MaxResults', input.MaxResults, 5, 50);
    const wanted = (input.Filters ?? []).map(({ Key, Values = [] }) => {
      if (Key !== 'InstanceIds') throw new AwsError('NotImplemented', `'Filters' must name InstanceIds in the lab, got ${Key}`);
      return Values;
    });
    const { world, instances } = this.dependencies;
    const found = instances.all().filter((id) => this.isManaged(id) && wanted.every((ids) => ids.includes(id)));
    const { items, NextToken } = page(found, input.MaxResults ?? 50, input.NextToken);
    return {
      NextToken,
      InstanceInformationList: items.map((InstanceId) => ({
        InstanceId,
        PingStatus: world.agentOnline(InstanceId) ? ('Online' as const) : ('ConnectionLost' as const),
        PlatformType: 'Linux' as const,
        ResourceType: 'EC2Instance' as const,
      })),
    };
  }
}
