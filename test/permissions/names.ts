import type { Decision, StatementSummary } from '../../lab/iam';
import type { Fleet } from '../scenarios/fleet';

/** What one statement allows one role, in words that are the same for every stack of the library. */
export interface Permission {
  readonly role: string;
  readonly action: string;
  readonly resource: string;
  /** Operators and keys of the statement's conditions. */
  readonly conditions: readonly string[];
}

/** The second stack's constructs by the names that the reference application gives them. */
const CONSTRUCTS: Readonly<Record<string, string>> = { Releases: 'Build', Shop: 'Fleet', Rollout: 'Deployment', News: 'DeploymentTopic' };

/** Puts names in place of a stack's physical ids. */
export class Names {
  private readonly physical: readonly (readonly [id: string, name: string])[];

  constructor(private readonly fleet: Fleet) {
    const { stack, template } = fleet.lab;
    this.physical = Object.keys(template.Resources)
      .map((logicalId) => [stack.physicalId(logicalId), `<${nameOf(logicalId)}>`] as const)
      .sort(([one], [other]) => other.length - one.length);
  }

  /** The first word of a role's description: a function's name, or `deployments`, `stable-instances`, `builds` .... */
  role(logicalId: string): string {
    return String(this.fleet.lab.template.Resources[logicalId].Properties?.Description).split(' ')[0];
  }

  resource(arn: string): string {
    const named = this.physical.reduce((text, [id, name]) => text.replaceAll(id, name), arn);
    return named
      .replace(/^arn:aws:([a-z0-9-]+):[a-z0-9-]*:\d*:/, '$1:')
      .replace(/[0-9a-f]{64}(\.[0-9a-z]+)?$/, '<asset>')
      .replace(new RegExp(`\\b${this.fleet.name}\\b`, 'g'), '<fleet>');
  }

  permissionsOf({ roleLogicalId, actions, resources, conditions }: StatementSummary): Permission[] {
    const role = this.role(roleLogicalId);
    return actions.flatMap((action) => resources.map((arn) => ({ role, action, resource: this.resource(arn), conditions })));
  }

  /** The permission by which a role's call was allowed; undefined for other callers, and for calls that were not. */
  used({ roleLogicalId, allowed, statement }: Decision): Omit<Permission, 'conditions'> | undefined {
    if (roleLogicalId === undefined || !allowed || statement?.by !== 'identity') return undefined;
    return { role: this.role(roleLogicalId), action: statement.action!, resource: this.resource(statement.resource!) };
  }
}

/** One line for a permission: what tables and failures show. */
export function line({ role, action, resource }: Omit<Permission, 'conditions'>): string {
  return `${role} ${action} ${resource}`;
}

function nameOf(logicalId: string): string {
  const name = logicalId.replace(/[0-9A-F]{8}([0-9a-f]{32})?$/, '');
  const [construct] = Object.keys(CONSTRUCTS).filter((prefix) => name.startsWith(prefix));
  return construct === undefined ? name : CONSTRUCTS[construct] + name.slice(construct.length);
}
