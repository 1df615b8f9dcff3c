import type { LabContext } from '../kernel/context';
import { type CreatedResource, type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../kernel/resources';
import { loadPolicy, type Statement } from './policy';
import { policyName, policyPlace } from './policy-place';
import type { RoleRegistry } from './role-registry';

const ROLE = ['AssumeRolePolicyDocument', 'Description', 'ManagedPolicyArns', 'MaxSessionDuration', 'Path', 'Policies', 'RoleName', 'Tags'];
const PROFILE = ['InstanceProfileName', 'Path', 'Roles'];

/** `AWS::IAM::Role`, with inline policies. Managed policies are those of the template: the lab does not have AWS's own. */
export function roleProvider(context: LabContext, roles: RoleRegistry): ResourceProvider {
  return {
    type: 'AWS::IAM::Role',
    create(resource) {
      const { AssumeRolePolicyDocument: trust, RoleName, Path = '/' } = resource.properties;
      const policies = policiesOf(resource, roles);
      const name = RoleName ?? `${resource.logicalId}-${context.random.hex(12)}`;
      const arn = `arn:aws:iam::${context.account}:role${Path}${name}`;
      const id = `AROA${context.random.hex(17).toUpperCase()}`;
      const place = policyPlace(resource, 'AssumeRolePolicyDocument');
      roles.add({
        name,
        arn,
        id,
        logicalId: resource.logicalId,
        trust: loadPolicy(trust, { name: 'trust', place, kind: 'trust' }),
        policies,
      });
      return { ref: name, attributes: { Arn: arn, RoleId: id } };
    },
    update(resource, name) {
      const role = roles.byName(name);
      for (const policy of role.policies.keys()) if (!policy.startsWith('policy:')) role.policies.delete(policy);
      for (const [policy, statements] of policiesOf(resource, roles)) role.policies.set(policy, statements);
      const place = policyPlace(resource, 'AssumeRolePolicyDocument');
      role.trust = loadPolicy(resource.properties.AssumeRolePolicyDocument, { name: 'trust', place, kind: 'trust' });
      return { ref: name, attributes: { Arn: role.arn, RoleId: role.id } };
    },
    delete: (name) => roles.remove(name),
  };
}

function policiesOf(resource: ResolvedResource, roles: RoleRegistry): Map<string, readonly Statement[]> {
  refuseUnknownProperties(resource, ROLE);
  const { Policies = [], ManagedPolicyArns = [] } = resource.properties;
  const policies = new Map<string, readonly Statement[]>();
  for (const { PolicyName, PolicyDocument } of Policies) {
    const name = policyName(resource.logicalId, PolicyName);
    policies.set(`inline:${PolicyName}`, loadPolicy(PolicyDocument, { name, place: policyPlace(resource, PolicyName), kind: 'identity' }));
  }
  for (const arn of ManagedPolicyArns) {
    const statements = roles.managed.get(arn);
    if (statements === undefined)
      throw new Error(`${resource.logicalId} (${resource.type}): the lab does not have the managed policy ${arn}`);
    policies.set(arn, statements);
  }
  return policies;
}

/** `AWS::IAM::InstanceProfile`. */
export function instanceProfileProvider(context: LabContext, roles: RoleRegistry): ResourceProvider {
  const put = (resource: ResolvedResource, name: string): CreatedResource => {
    refuseUnknownProperties(resource, PROFILE);
    const { Roles, Path = '/' } = resource.properties;
    if (Roles?.length !== 1)
      throw new Error(`${resource.logicalId} (${resource.type}): 'Roles' must have one role, got ${JSON.stringify(Roles)}`);
    const arn = `arn:aws:iam::${context.account}:instance-profile${Path}${name}`;
    roles.profiles.set(name, roles.byName(Roles[0]).name).set(arn, Roles[0]);
    return { ref: name, attributes: { Arn: arn } };
  };
  return {
    type: 'AWS::IAM::InstanceProfile',
    create: (resource) => put(resource, resource.properties.InstanceProfileName ?? `${resource.logicalId}-${context.random.hex(12)}`),
    update: put,
    delete(name) {
      for (const key of roles.profiles.keys()) if (key === name || key.endsWith(`/${name}`)) roles.profiles.delete(key);
    },
  };
}
