import type { ResolvedResource } from '../kernel/resources';

/** How decisions call an inline policy of a role: `<logical id>/<policy>`. */
export function policyName(logicalId: string, policy: string): string {
  return `${logicalId}/${policy}`;
}

/** Where a policy stands in the template, for errors. */
export function policyPlace({ logicalId, type }: Pick<ResolvedResource, 'logicalId' | 'type'>, policy: string): string {
  return `${logicalId} (${type}), policy '${policy}'`;
}
