import type { SimulatedLab } from '../../lab/simulated-lab';
import type { WireCall } from '../../lab/wire/wire';

/** What the promises are measured by: the plan that the stack was synthesized with. */
export interface Promised {
  readonly fleet: string;
  readonly minCanary: number;
  readonly wavePercent: number;
}

/** How long a canary group without any healthy target may stay in the main rule: a look comes each minute. */
const NOTICE_SECONDS = 120;

/**
 * Watches a lab while anything runs in it: at each call to the wire and at each change of a target's health it checks what
 * must hold for every prefix of a run. What does not hold is kept in `breaches`.
 */
export class Invariants {
  readonly breaches: string[] = [];
  private readonly mainRule: string;
  private readonly canaryTargets: string;
  private readonly stableTargets: string;
  private hasReadBack = true;
  private highestAllowed = 0;
  private lastWeight = 0;
  private readonly everHealthy = new Set<string>();
  private withoutCanarySince: number | undefined;
  private readonly epochs = new Map<string, number>();

  constructor(
    private readonly lab: SimulatedLab,
    private readonly promised: Promised,
  ) {
    const { ssm, wire, loadBalancing } = lab.account;
    const parameter = JSON.parse(ssm.parameters.value(`/asg-canary/${promised.fleet}`)!);
    this.mainRule = parameter.mainRuleArn;
    this.canaryTargets = parameter.canaryTargetGroupArn;
    const groups = lab.stack.ofType('AWS::ElasticLoadBalancingV2::TargetGroup').map(({ physicalId }) => physicalId);
    this.stableTargets = groups.find((arn) => arn !== this.canaryTargets)!;
    wire.onCall((call) => this.called(call));
    loadBalancing.onHealth(() => this.look());
  }

  private called({ operation, input }: WireCall): void {
    this.look();
    if (operation === 'ModifyRule' && input.RuleArn === this.mainRule) this.ruleIsWritten(percentOf(input.Actions, this.canaryTargets));
    if (operation === 'DescribeRules') this.hasReadBack = true;
    if (operation === 'SetDesiredCapacity') this.capacityIsSet(input.AutoScalingGroupName, input.DesiredCapacity);
    if (operation === 'PutObject' && input.Key.startsWith('fleets/')) this.pointerIsWritten(input.Key, textOf(input.Body));
  }

  /** Promise 7: weight rises only onto enough healthy canaries, and only after the last write was read back. */
  private ruleIsWritten(weight: number): void {
    if (weight > this.configuredWeight()) {
      const needed = Math.max(this.promised.minCanary, Math.ceil((this.inService('stable').length * weight) / (100 - weight)));
      const healthy = this.healthy('canary').length;
      if (healthy < needed) this.breach(`the weight rises to ${weight} % onto ${healthy} healthy canaries, but it needs ${needed}`);
      if (!this.hasReadBack) this.breach(`the weight rises to ${weight} % before the last one was read back`);
      this.highestAllowed = weight;
    }
    this.hasReadBack = false;
  }

  private capacityIsSet(group: string, desired: number): void {
    if (group !== `${this.promised.fleet}-canary`) this.breach(`the capacity of ${group} is set, which a deployment must leave alone`);
    const weight = Math.max(this.configuredWeight(), this.effectiveWeight());
    const before = (this.lab.account.autoScaling.dump()[group] as { desired: number }).desired;
    if (desired < before && weight > 0)
      this.breach(`canaries go down from ${before} to ${desired} while customers are sent there with ${weight} %`);
  }

  /** Promises 5 and 10: epochs only rise, and instances boot the new release only when all others run it, or are behind the page. */
  private pointerIsWritten(key: string, text: string): void {
    const { epoch, phase, candidate } = Object.fromEntries(text.split('\n').map((line) => line.split('=', 2)));
    const before = this.epochs.get(key) ?? 0;
    if (Number(epoch) < before) this.breach(`${key} goes back from epoch ${before} to ${epoch}`);
    this.epochs.set(key, Number(epoch));
    const { world } = this.lab.account;
    const others = this.inService('stable').filter((id) => world.releaseOf(id) !== candidate && !world.isInMaintenance(id));
    if (key.endsWith('/stable') && phase === 'promoted' && others.length > 0)
      this.breach(`${key} says that ${candidate} is promoted, but ${others.join(', ')} run another release`);
  }

  /** What must hold at any moment. */
  private look(): void {
    this.checkFloor();
    this.checkWeight();
    this.checkCanary();
    this.checkDatabase();
  }

  /** No customer reaches code that does not fit the database, but for the maintenance page. */
  private checkDatabase(): void {
    const { world } = this.lab.account;
    const unfit = this.inService('stable').filter((id) => !world.isInMaintenance(id) && !world.database.fits(world.releaseOf(id) ?? ''));
    if (unfit.length > 0) this.breach(`${unfit.join(', ')} serve code that does not fit the database`);
  }

  /** Promise 8: of the stable instances that have been healthy and are still in service, one wave may be unhealthy, no more. */
  private checkFloor(): void {
    const healthy = this.healthy('stable');
    for (const id of healthy) this.everHealthy.add(id);
    const size = this.inService('stable').filter((id) => this.everHealthy.has(id)).length;
    const floor = size - Math.ceil((size * this.promised.wavePercent) / 100);
    if (healthy.length < floor) this.breach(`${healthy.length} of ${size} stable instances are healthy, the floor is ${floor}`);
  }

  /** Promise 9: nothing but the deployment raises the weight. */
  private checkWeight(): void {
    const weight = this.configuredWeight();
    if (weight > this.lastWeight && weight > this.highestAllowed)
      this.breach(`the weight rose from ${this.lastWeight} % to ${weight} %, but not by the deployment`);
    this.lastWeight = weight;
  }

  /** Fault 11: no healthy canary, no canary in the main rule. */
  private checkCanary(): void {
    const now = this.lab.account.context.clock.now();
    const isBare = this.configuredWeight() > 0 && this.healthy('canary').length === 0;
    this.withoutCanarySince = isBare ? (this.withoutCanarySince ?? now) : undefined;
    if (this.withoutCanarySince !== undefined && now - this.withoutCanarySince > NOTICE_SECONDS * 1000)
      this.breach(`the main rule names the canary, of which no target has been healthy for ${NOTICE_SECONDS} s`);
  }

  private inService(group: string): string[] {
    const all = this.lab.account.autoScaling.instances(`${this.promised.fleet}-${group}`);
    return all.filter(({ lifecycleState }) => lifecycleState === 'InService').map(({ instanceId }) => instanceId);
  }

  private healthy(group: 'stable' | 'canary'): string[] {
    const serving = new Set(this.inService(group));
    const targets = this.lab.account.loadBalancing.targets(group === 'stable' ? this.stableTargets : this.canaryTargets);
    return targets.filter(({ state, instanceId }) => state === 'healthy' && serving.has(instanceId)).map(({ instanceId }) => instanceId);
  }

  private configuredWeight(): number {
    const rule = this.lab.account.loadBalancing.dump().rules[this.mainRule] as { groups: { group: string; weight: number }[] };
    return share(rule.groups.map(({ group, weight }) => ({ weight, isCanary: group === this.canaryTargets.split('/')[1] })));
  }

  private effectiveWeight(): number {
    const action = this.lab.account.loadBalancing.actionFor({ path: '/', headers: {} });
    if (!('groups' in action)) return 0;
    return share(action.groups.map(({ arn, weight }) => ({ weight, isCanary: arn === this.canaryTargets })));
  }

  private breach(message: string): void {
    if (this.breaches.length < 10) this.breaches.push(`${new Date(this.lab.account.context.clock.now()).toISOString()} ${message}`);
  }
}

function percentOf(
  actions: { TargetGroupArn?: string; ForwardConfig?: { TargetGroups?: { TargetGroupArn: string; Weight?: number }[] } }[],
  canary: string,
): number {
  const [action] = actions;
  const groups = action.ForwardConfig?.TargetGroups ?? [{ TargetGroupArn: action.TargetGroupArn!, Weight: 1 }];
  return share(groups.map(({ TargetGroupArn, Weight = 1 }) => ({ weight: Weight, isCanary: TargetGroupArn === canary })));
}

function share(groups: readonly { weight: number; isCanary: boolean }[]): number {
  const total = groups.reduce((sum, { weight }) => sum + weight, 0);
  const canary = groups.filter(({ isCanary }) => isCanary).reduce((sum, { weight }) => sum + weight, 0);
  return total === 0 ? 0 : (100 * canary) / total;
}

function textOf(body: unknown): string {
  return typeof body === 'string' ? body : Buffer.from(body as Uint8Array).toString();
}
