import type { LabContext } from '../kernel/context';
import { type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../kernel/resources';
import { loadPolicy, type Statement } from './policy';
import { policyPlace } from './policy-place';
import type { RoleRegistry } from './role-registry';

const POLICY = ['PolicyDocument', 'PolicyName', 'Roles'];
const MANAGED_POLICY = ['Description', 'ManagedPolicyName', 'Path', 'PolicyDocument', 'Roles'];

/** `AWS::IAM::Policy`: an inline policy of several roles. */
export function policyProvider(roles: RoleRegistry): ResourceProvider {
  const detach = (ref: string) => detachAll(roles, `policy:${ref}`);
  const put = (resource: ResolvedResource) => {
    refuseUnknownProperties(resource, POLICY);
    detach(resource.logicalId);
    attach(roles, resource, `policy:${resource.logicalId}`, statementsOf(resource));
    return { ref: resource.logicalId, attributes: { Id: resource.logicalId } };
  };
  return { type: 'AWS::IAM::Policy', create: put, update: put, delete: detach };
}

/** `AWS::IAM::ManagedPolicy` of the template. */
export function managedPolicyProvider(context: LabContext, roles: RoleRegistry): ResourceProvider {
  const put = (resource: ResolvedResource, arn: string) => {
    refuseUnknownProperties(resource, MANAGED_POLICY);
    const statements = statementsOf(resource);
    for (const role of roles.all()) if (role.policies.has(arn)) role.policies.set(arn, statements);
    roles.managed.set(arn, statements);
    detachAll(roles, `policy:${arn}`);
    attach(roles, resource, `policy:${arn}`, statements);
    return { ref: arn, attributes: { PolicyArn: arn, PolicyId: arn } };
  };
  return {
    type: 'AWS::IAM::ManagedPolicy',
    create(resource) {
      const { ManagedPolicyName = `${resource.logicalId}-${context.random.hex(12)}`, Path = '/' } = resource.properties;
      return put(resource, `arn:aws:iam::${context.account}:policy${Path}${ManagedPolicyName}`);
    },
    update: put,
    delete(arn) {
      detachAll(roles, arn);
      detachAll(roles, `policy:${arn}`);
      roles.managed.delete(arn);
    },
  };
}

function statementsOf(resource: ResolvedResource): Statement[] {
  const name = resource.logicalId;
  return loadPolicy(resource.properties.PolicyDocument, { name, place: policyPlace(resource, name), kind: 'identity' });
}

function attach(roles: RoleRegistry, resource: ResolvedResource, key: string, statements: readonly Statement[]): void {
  for (const name of resource.properties.Roles ?? []) roles.byName(name).policies.set(key, statements);
}

function detachAll(roles: RoleRegistry, key: string): void {
  for (const role of roles.all()) role.policies.delete(key);
}
