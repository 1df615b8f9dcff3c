import { arn, type LabContext } from '../../kernel/context';
import { type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import { AwsError, type Principal } from '../../kernel/service';
import { loadDefinition } from '../../states/load';
import type { Machine } from '../../states/model';
import { integrationOf, START_BUILD_SYNC, type TaskServices } from './integrations';

/** A state machine as it is now. Executions keep the one that they began with. */
export interface StateMachine {
  readonly name: string;
  readonly arn: string;
  readonly definition: string;
  readonly machine: Machine;
  readonly roleArn: string;
  readonly createdAt: Date;
}

const PROPERTIES = [
  'DefinitionString',
  'DefinitionSubstitutions',
  'LoggingConfiguration',
  'RoleArn',
  'StateMachineName',
  'StateMachineType',
  'Tags',
  'TracingConfiguration',
];

/** AWS::StepFunctions::StateMachine. The definition is checked when it is created: what the lab cannot do is said there. */
export function stateMachineProvider(context: LabContext, services: TaskServices, machines: Map<string, StateMachine>): ResourceProvider {
  const put = (resource: ResolvedResource, name: string) => {
    const machine = load(context, services, resource, name);
    machines.set(machine.arn, machine);
    return { ref: machine.arn, attributes: { Arn: machine.arn, Name: name } };
  };
  return {
    type: 'AWS::StepFunctions::StateMachine',
    create: (resource) =>
      put(resource, resource.properties.StateMachineName ?? `${resource.logicalId.slice(0, 67)}-${context.random.hex(12)}`),
    update: (resource, physicalId) => put(resource, physicalId.split(':').at(-1) as string),
    delete: (physicalId) => void machines.delete(physicalId),
  };
}

function load(context: LabContext, services: TaskServices, resource: ResolvedResource, name: string): StateMachine {
  refuseUnknownProperties(resource, PROPERTIES);
  const { DefinitionString, DefinitionSubstitutions, RoleArn, StateMachineType } = resource.properties;
  if (StateMachineType !== undefined && StateMachineType !== 'STANDARD') {
    throw new Error(`${resource.logicalId}: 'StateMachineType' must be STANDARD in the lab, got ${StateMachineType}`);
  }
  const definition = substitute(DefinitionString, DefinitionSubstitutions ?? {});
  const role = services.iam.assume(RoleArn, 'states.amazonaws.com');
  const resources = new Set<string>();
  const machine = loadDefinition(definition, (task, parameters) => {
    resources.add(task);
    return integrationOf(context, services, role, task, parameters);
  });
  if (resources.has(START_BUILD_SYNC)) checkManagedRule(context, services, role);
  return {
    name,
    arn: arn(context, 'states', `stateMachine:${name}`),
    definition,
    machine,
    roleArn: RoleArn,
    createdAt: new Date(context.clock.now()),
  };
}

function substitute(definition: string, substitutions: Readonly<Record<string, unknown>>): string {
  return definition.replace(/\$\{([A-Za-z0-9_-]+)\}/g, (found, name: string) =>
    Object.hasOwn(substitutions, name) ? String(substitutions[name]) : found,
  );
}

/**
 * A `.sync` integration hears of the job's end by a rule that Step Functions manages in the role's name.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/connect-codebuild.html
 */
function checkManagedRule(context: LabContext, { iam }: TaskServices, role: Principal): void {
  const resource = arn(context, 'events', 'rule/StepFunctionsGetEventForCodeBuildStartBuildRule');
  try {
    iam.check(
      role,
      ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'].map((action) => ({ action, resource })),
    );
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw new AwsError('AccessDeniedException', `'${role.arn}' is not authorized to create managed-rule: ${error.message}`);
  }
}
