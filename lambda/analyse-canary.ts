import type { CustomMetricConfig, GroupRole } from '../lib/deployment/contract';
import { checkAlarms } from './aws/alarms';
import { describeGroups, protectStable } from './aws/auto-scaling';
import { config } from './aws/config';
import { handle } from './aws/handler';
import { healthyTargets, readRule } from './aws/load-balancing';
import { readMinutes } from './aws/metrics';
import { readLockToGoOn } from './aws/table';
import { DeploymentError } from './core/errors';
import { type CanaryDecision, decideCanary, decisive } from './core/judge/decide';
import { judge } from './core/judge/judge';
import type { MetricJudgement } from './core/judge/judgement';
import { customReadings, errorReadings, slowReadings, thresholdReadings } from './core/judge/readings';
import { split } from './core/judge/split';
import type { Holder } from './core/lock';
import { type Baseline, expectedRates } from './core/plan/baseline';
import { canaryPercent, shownPercent } from './core/rule';
import { wholeWindow } from './core/time';
import type { Traffic } from './shift-traffic';

export interface AnalyseCanaryEvent extends Holder {
  readonly step: number;
  readonly traffic: Traffic;
  readonly canaries: { readonly desired: number };
  readonly baseline: Baseline;
  readonly customMetrics: readonly CustomMetricConfig[];
  readonly now: string;
}

/** `$.analysis` of the state machine. */
export interface Analysis {
  readonly decision: CanaryDecision;
  /** What the decision rests on, with figures. */
  readonly sentence: string;
  readonly metrics: readonly MetricJudgement[];
  /** Minutes that were judged. */
  readonly minutes: number;
}

/**
 * One look: is everything still as the deployment left it, and is the canary as good as stable? All minutes since the canary
 * first got traffic are judged anew at each look, so data that comes late is not lost and a repeated look says the same.
 */
export const handler = handle<AnalyseCanaryEvent, Analysis>(
  'analyse-canary',
  async ({ step, traffic, canaries, baseline, customMetrics: custom, epoch, execution, now }) => {
    await readLockToGoOn({ epoch, execution });
    await checkAlarms();
    await checkUnchanged(traffic.weight, canaries.desired);
    const { plan, analysis } = config;
    const bounds = baseline.bounds ?? undefined;
    const { shifts } = traffic;
    const seen = await readMinutes(
      { stable: readings('stable', bounds, custom), canary: readings('canary', bounds, custom) },
      wholeWindow(shifts[0], now),
    );
    const { settled, unsettled } = split(seen, { shifts, now }, analysis);
    const judgement = judge({ settled, unsettled, shifts, expected: expectedRates(baseline), bounds, plan, analysis, custom });
    const decision = decideCanary(judgement, settled, { plan, step, shiftedAt: shifts[shifts.length - 1], now }, analysis);
    return {
      decision,
      sentence: decisive(judgement, decision)
        .map((metric) => metric.sentence)
        .join('; '),
      metrics: judgement.metrics,
      minutes: settled.canary.length,
    };
  },
);

function readings(role: GroupRole, bounds: Baseline['bounds'] | undefined, custom: readonly CustomMetricConfig[]) {
  const { loadBalancerDimension: loadBalancer, analysis, [role]: group } = config;
  return [
    ...errorReadings(loadBalancer, group),
    ...(bounds ? slowReadings(loadBalancer, group, bounds) : []),
    ...thresholdReadings(loadBalancer, group, analysis.thresholds),
    ...customReadings(custom, role),
  ];
}

/** What a `cdk deploy` or a hand in the console may have changed, and what may have died. */
async function checkUnchanged(weight: number, desired: number): Promise<void> {
  const [rule, { stable, canary }, targets] = await Promise.all([
    readRule(config.mainRuleArn),
    describeGroups(),
    healthyTargets(config.canary.targetGroupArn),
  ]);
  const found = canaryPercent(rule, config.stable.targetGroupArn, config.canary.targetGroupArn);
  if (found !== weight) {
    throw new DeploymentError(
      'Drifted',
      `the canary should have ${weight} % of the traffic, but the rule says ${shownPercent(found)}: it was changed from outside`,
    );
  }
  if (canary.desired !== desired) {
    throw new DeploymentError(
      'Drifted',
      `the canary group should have a desired capacity of ${desired}, got ${canary.desired}: it was changed from outside`,
    );
  }
  const healthy = canary.inService.filter((id) => targets.has(id)).length;
  if (healthy < desired)
    throw new DeploymentError('TooFewCanaries', `${weight} % of the traffic needs ${desired} healthy canaries, but ${healthy} are left`);
  await protectStable(stable);
}
