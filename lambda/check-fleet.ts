import type { CustomMetricConfig } from '../lib/deployment/contract';
import { criticalAlarms } from './aws/alarms';
import { describeGroups } from './aws/auto-scaling';
import { config } from './aws/config';
import { handle } from './aws/handler';
import { readRule } from './aws/load-balancing';
import { readMinutes } from './aws/metrics';
import { readPointer } from './aws/releases';
import { lastDeployments, readLockToGoOn } from './aws/table';
import { breakingSince, releaseBefore } from './core/history';
import { boundReadings, customReadings, errorReadings } from './core/judge/readings';
import type { Holder } from './core/lock';
import { type Baseline, baselineOf, planInput } from './core/plan/baseline';
import { type Plan, planDetection } from './core/plan/plan';
import { checkDetectable, checkPreconditions, checkTarget, refused, usesCanary } from './core/preconditions';
import { releaseIdFor } from './core/release-id';
import type { Request } from './core/request';
import { forwardsOnlyTo } from './core/rule';
import { windowBefore } from './core/time';

export interface CheckFleetEvent extends Holder {
  readonly request: Request;
  readonly customMetrics: readonly CustomMetricConfig[];
  readonly now: string;
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
  /** What stable did in the hour before; null without a canary. */
  readonly baseline: Baseline | null;
  /** What the steps can notice; null without a canary. */
  readonly plan: Plan | null;
}

/** Minutes of history that a canary is planned by. */
const HISTORY_MINUTES = 60;

/** Refuses a deployment that could not end well, before anything is done. */
export const handler = handle<CheckFleetEvent, CheckedFleet>('check-fleet', async ({ request, customMetrics, epoch, execution, now }) => {
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
  if (request.mode === 'rollback' || request.release !== '') await checkFits(wanted);
  const release = checkTarget(wanted, committed);
  const baseline = usesCanary(request) ? await readBaseline(customMetrics, now) : null;
  const plan =
    baseline &&
    planDetection(
      planInput(
        baseline,
        { ...config, custom: customMetrics },
        { stableInService: groups.stable.inService.length, canaryMax: groups.canary.max },
      ),
    );
  if (plan) checkDetectable(plan, config.analysis.onUndetectable);
  return {
    committed: committed ?? { id: '', sha256: '' },
    release,
    usesCanary: usesCanary(request),
    protectedInstances: groups.stable.protectsNewInstances ? [] : groups.stable.protectedInstances,
    baseline,
    plan,
  };
});

async function releaseToGoBackTo(committed: string): Promise<string> {
  const before = releaseBefore(committed, await lastDeployments());
  if (before === undefined) throw refused(`no release before '${committed}' is on record: name the one to go back to in 'release'`);
  return before;
}

/** A release from before a breaking change of the database cannot serve any more. */
async function checkFits(release: string): Promise<void> {
  if (!config.hasDatabase) return;
  const past = await lastDeployments();
  const isNew = !past.some((one) => one.release === release && one.committed);
  const breaking = isNew ? undefined : breakingSince(release, past);
  if (breaking) throw refused(`'${release}' does not fit the database any more, which was changed for '${breaking.release}': roll forward`);
}

async function readBaseline(custom: readonly CustomMetricConfig[], now: string): Promise<Baseline> {
  const { loadBalancerDimension: loadBalancer, stable: group } = config;
  const { stable } = await readMinutes(
    { stable: [...errorReadings(loadBalancer, group), ...boundReadings(loadBalancer, group), ...customReadings(custom, 'stable')] },
    windowBefore(now, HISTORY_MINUTES, config.analysis.settleMinutes),
  );
  return baselineOf(stable, custom);
}
