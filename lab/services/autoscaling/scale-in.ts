import { type Group, type Instance, inService } from './model';

/**
 * Instances that scale-in takes, at most `count`: those in service and not protected.
 *
 * The default termination policy, simplified: of the zone with the most instances, the one on the oldest version of the
 * launch template, then the one launched first. Instances that are still pending are not taken; they are once they are
 * in service, if they are still too many.
 */
export function chooseForScaleIn(group: Group, count: number): Instance[] {
  const candidates = inService(group).filter((instance) => !instance.protectedFromScaleIn);
  const serving = new Map<string, number>();
  for (const { availabilityZone } of inService(group)) serving.set(availabilityZone, (serving.get(availabilityZone) ?? 0) + 1);
  const chosen: Instance[] = [];
  while (chosen.length < count && candidates.length > 0) {
    const inZone = (instance: Instance) => serving.get(instance.availabilityZone) as number;
    candidates.sort((a, b) => inZone(b) - inZone(a) || a.template.version - b.template.version || a.launchedAt - b.launchedAt);
    const next = candidates.shift() as Instance;
    serving.set(next.availabilityZone, inZone(next) - 1);
    chosen.push(next);
  }
  return chosen;
}
