import { describeGroups } from './aws/auto-scaling';
import { config } from './aws/config';
import { handle } from './aws/handler';
import { readRule } from './aws/load-balancing';
import { criticalAlarms } from './aws/metrics';
import { readPointer } from './aws/releases';
import { lastDeployments, readLockToGoOn } from './aws/table';
import { releaseBefore } from './core/history';
import type { Holder } from './core/lock';
import { checkPreconditions, checkTarget, refused, usesCanary } from './core/preconditions';
import { releaseIdFor } from './core/release-id';
import type { Request } from './core/request';
import { forwardsOnlyTo } from './core/rule';

export interface CheckFleetEvent extends Holder {
  readonly request: Request;
}

/** `$.fleet` of the state machine. */
export interface CheckedFleet {
  /** The release that every instance runs; both fields are empty where there is none. */
  readonly committed: { readonly id: string; readonly sha256: string };
  /** Id of the release that goes out. */
  readonly release: string;
  readonly usesCanary: boolean;
  /** Stable instances that their owner protects from scale-in. */
  readonly protectedInstances: readonly string[];
}

/** Refuses a deployment that could not end well, before anything is done. */
export const handler = handle<CheckFleetEvent, CheckedFleet>('check-fleet', async ({ request, epoch, execution }) => {
  await readLockToGoOn({ epoch, execution });
  const [stable, canary, groups, rule, alarms] = await Promise.all([
    readPointer('stable'),
    readPointer('canary'),
    describeGroups(),
    readRule(config.mainRuleArn),
    criticalAlarms(),
  ]);
  const committed = checkPreconditions(request, config.plan, {
    epoch,
    stablePointer: stable.pointer,
    canaryPointer: canary.pointer,
    stableInService: groups.stable.inService.length,
    canaryPresent: groups.canary.present,
    canaryDesired: groups.canary.desired,
    canaryMax: groups.canary.max,
    ruleAtRest: forwardsOnlyTo(rule, config.stable.targetGroupArn),
    alarms,
  });
  const wanted =
    request.release || (request.mode === 'rollback' ? await releaseToGoBackTo(committed?.id ?? '') : releaseIdFor(request.ref, execution));
  return {
    committed: committed ?? { id: '', sha256: '' },
    release: checkTarget(wanted, committed),
    usesCanary: usesCanary(request),
    protectedInstances: groups.stable.protectsNewInstances ? [] : groups.stable.protectedInstances,
  };
});

async function releaseToGoBackTo(committed: string): Promise<string> {
  const before = releaseBefore(committed, await lastDeployments());
  if (before === undefined) throw refused(`no release before '${committed}' is on record: name the one to go back to in 'release'`);
  return before;
}
