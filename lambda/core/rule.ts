/** A forward action of a listener rule, as both reading and writing see it. */
export interface ForwardAction {
  readonly Type?: string;
  readonly TargetGroupArn?: string;
  readonly ForwardConfig?: {
    readonly TargetGroups?: readonly { readonly TargetGroupArn?: string; readonly Weight?: number }[];
    readonly TargetGroupStickinessConfig?: { readonly Enabled?: boolean; readonly DurationSeconds?: number };
  };
}

/** The only group of a rule at rest, written as the template writes it. */
export function onlyTo(targetGroupArn: string): ForwardAction[] {
  return [{ Type: 'forward', TargetGroupArn: targetGroupArn }];
}

/** Both groups, with the canary's share in percent. A sticky client keeps to its group for so many seconds; 0 is off. */
export function split(stableArn: string, canaryArn: string, canaryPercent: number, stickinessSeconds: number): ForwardAction[] {
  return [
    {
      Type: 'forward',
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: stableArn, Weight: 100 - canaryPercent },
          { TargetGroupArn: canaryArn, Weight: canaryPercent },
        ],
        ...(stickinessSeconds > 0 && { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: stickinessSeconds } }),
      },
    },
  ];
}

/** The target groups that a rule forwards to, with their weights. A group alone has weight 1. */
export function weightsOf(actions: readonly ForwardAction[] | undefined): Record<string, number> {
  const forward = (actions ?? []).find((action) => action.Type === 'forward');
  const groups = forward?.ForwardConfig?.TargetGroups ?? [];
  if (groups.length > 0) return Object.fromEntries(groups.map((group) => [group.TargetGroupArn, group.Weight ?? 1]));
  return forward?.TargetGroupArn ? { [forward.TargetGroupArn]: 1 } : {};
}

/** True where the rule forwards to this group and no other, whatever the weights. */
export function forwardsOnlyTo(actions: readonly ForwardAction[] | undefined, targetGroupArn: string): boolean {
  const groups = Object.keys(weightsOf(actions));
  return groups.length === 1 && groups[0] === targetGroupArn;
}

/** The canary's share of the traffic in percent; undefined where the rule names other groups or gives stable nothing. */
export function canaryPercent(actions: readonly ForwardAction[] | undefined, stableArn: string, canaryArn: string): number | undefined {
  const weights = weightsOf(actions);
  const stable = weights[stableArn];
  const others = Object.keys(weights).filter((group) => group !== stableArn && group !== canaryArn);
  if (!stable || others.length > 0) return undefined;
  const canary = weights[canaryArn];
  return canary === undefined ? 0 : (100 * canary) / (stable + canary);
}

/** A share as `canaryPercent` gives it, for people. */
export function shownPercent(percent: number | undefined): string {
  return percent === undefined ? 'something else altogether' : `${percent} %`;
}
