import type { ResolvedResource } from '../../kernel/resources';
import type { LoadBalancingState } from './state';

/** The resource's `Name`, or as CloudFormation makes one up: at most 32 characters of the logical id and a random end. */
export function physicalName(state: LoadBalancingState, resource: ResolvedResource): string {
  return resource.properties.Name ?? `${resource.logicalId.slice(0, 19)}-${state.context.random.hex(12).toUpperCase()}`;
}

/** A list of `{Key, Value}` as a map. */
export function readAttributes(list: { Key: string; Value: string }[] = []): Map<string, string> {
  return new Map(list.map(({ Key, Value }) => [Key, String(Value)]));
}

/** Refuses an update that CloudFormation would carry out by replacing the resource, which the lab does not do. */
export function refuseReplacement(resource: ResolvedResource, name: string, current: unknown): void {
  const wanted = resource.properties[name];
  if (String(wanted) !== String(current)) {
    throw new Error(
      `${resource.logicalId} (${resource.type}): a change of '${name}' from ${current} to ${wanted} replaces the resource, which the lab does not do`,
    );
  }
}
