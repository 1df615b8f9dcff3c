import { type ResolvedResource, type ResourceProvider, refuseUnknownProperties } from '../../kernel/resources';
import type { FunctionRecord, FunctionStore, Permission } from './function-store';

/** Where a function's resource policy is kept. */
export interface FunctionPolicies {
  attachResourcePolicy(arn: string, document: unknown, place: string): void;
  detachResourcePolicy(arn: string): void;
}

/** AWS::Lambda::Permission: a statement of the policy of a function, a version or an alias; each has a policy of its own. */
export function permissionProvider(store: FunctionStore, policies: FunctionPolicies): ResourceProvider {
  const remove = (ref: string) => {
    const [name, id] = ref.split('|');
    const record = store.get(name);
    const removed = record.permissions.filter((permission) => permission.id === id);
    record.permissions.splice(0, record.permissions.length, ...record.permissions.filter((permission) => permission.id !== id));
    for (const { target } of removed) attach(policies, record, target);
  };
  const put = (resource: ResolvedResource) => {
    refuseUnknownProperties(resource, ['Action', 'FunctionName', 'Principal', 'SourceAccount', 'SourceArn']);
    const { Action, FunctionName, Principal, SourceAccount, SourceArn } = resource.properties;
    const { record, arn } = store.find(FunctionName);
    const permission = { id: resource.logicalId, target: arn, action: Action, principal: Principal, sourceArn: SourceArn };
    record.permissions.push({ ...permission, sourceAccount: SourceAccount });
    attach(policies, record, arn);
    return { ref: `${record.name}|${permission.id}` };
  };
  return {
    type: 'AWS::Lambda::Permission',
    create: put,
    update(resource, ref) {
      remove(ref);
      return put(resource);
    },
    delete: remove,
  };
}

function attach(policies: FunctionPolicies, record: FunctionRecord, target: string): void {
  const permissions = record.permissions.filter((permission) => permission.target === target);
  const document = { Version: '2012-10-17', Statement: permissions.map(statementOf) };
  if (permissions.length === 0) policies.detachResourcePolicy(target);
  else policies.attachResourcePolicy(target, document, `the policy of ${target}`);
}

/** As Lambda itself writes the statement. */
function statementOf({ id, target, action, principal, sourceArn, sourceAccount }: Permission): Record<string, unknown> {
  const Condition = {
    ...(sourceArn !== undefined && { ArnLike: { 'AWS:SourceArn': sourceArn } }),
    ...(sourceAccount !== undefined && { StringEquals: { 'AWS:SourceAccount': sourceAccount } }),
  };
  return {
    Sid: id,
    Effect: 'Allow',
    Principal: { [principal.endsWith('.amazonaws.com') ? 'Service' : 'AWS']: principal },
    Action: action,
    Resource: target,
    ...(Object.keys(Condition).length > 0 && { Condition }),
  };
}
