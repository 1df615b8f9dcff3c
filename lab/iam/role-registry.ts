import type { Statement } from './policy';

/** A role of the template with the policies that are attached to it. */
export interface Role {
  readonly name: string;
  readonly arn: string;
  readonly id: string;
  readonly logicalId: string;
  trust: readonly Statement[];
  /**
   * Statements by what holds them: `inline:<name>` and managed policies' ARNs for those that the role itself names,
   * `policy:<logical id or ARN>` for policies that name the role.
   */
  readonly policies: Map<string, readonly Statement[]>;
}

/** The roles of a lab, by name and by ARN, and what instance profiles and managed policies refer to. */
export class RoleRegistry {
  readonly managed = new Map<string, readonly Statement[]>();
  /** Names of roles by the ARN and by the name of their instance profile. */
  readonly profiles = new Map<string, string>();
  private readonly roles = new Map<string, Role>();

  add(role: Role): void {
    if (this.roles.has(role.name)) throw new Error(`role ${role.name} exists already`);
    this.roles.set(role.name, role);
  }

  remove(name: string): void {
    this.roles.delete(name);
  }

  /** @throws Error for a role that the template does not have */
  byName(name: string): Role {
    const role = this.roles.get(name);
    if (role === undefined) throw new Error(`there is no role '${name}'`);
    return role;
  }

  byArn(arn: string): Role | undefined {
    const role = this.roles.get(arn.slice(arn.lastIndexOf('/') + 1));
    return role?.arn === arn ? role : undefined;
  }

  all(): IterableIterator<Role> {
    return this.roles.values();
  }

  statementsOf(role: Role): readonly Statement[] {
    return [...role.policies.values()].flat();
  }
}
