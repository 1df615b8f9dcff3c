/**
 * Instances that may be replaced because they could not go back: at most a third of the group at once, and never the only one.
 * The others take the committed release from their pointer by themselves.
 */
export function replaceable(failed: readonly string[], inService: readonly string[]): string[] {
  const present = failed.filter((id) => inService.includes(id));
  return inService.length < 2 ? [] : present.slice(0, Math.max(1, Math.floor(inService.length / 3)));
}
