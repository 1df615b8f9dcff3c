import type { Timer } from '../../clock/clock';
import type { LabContext } from '../../kernel/context';
import { Random } from '../../kernel/random';
import type { CloudWatchService } from '../../services/cloudwatch';
import type { ListenerRequest, LoadBalancingService } from '../../services/elb';
import type { Behaviour } from './behaviour';
import { CookieClient } from './cookie-client';
import { binomial, multinomial, poisson } from './draws';
import { addCount, addTo, type Count, noTraffic, type TrafficTotals } from './traffic-totals';

export type { Count, TrafficTotals } from './traffic-totals';

/** Taken out of the global object once: looking it up with each request is slow inside a test's sandbox. */
const { exp } = Math;

/** Collaborators of `SimulatedTraffic`. */
export interface TrafficDependencies {
  readonly loadBalancing: Pick<LoadBalancingService, 'actionFor' | 'takers' | 'route' | 'metricDimensions'>;
  readonly cloudWatch: Pick<CloudWatchService, 'recordTargetRequests'>;
  readonly world: { behaviourOf(instanceId: string): Behaviour | undefined; releaseOf(instanceId: string): string | undefined };
}

/** What clients do. */
export interface TrafficOptions {
  /** Mean number of requests a minute at a moment of the lab's time, of clients that are new with each request. 0 is no traffic. */
  readonly requestsPerMinute: (now: number) => number;
  /**
   * Clients that keep their cookies, and the mean number of requests a minute that each of them makes on top.
   *
   * @default - none
   */
  readonly cookieClients?: { readonly clients: number; readonly requestsPerMinute: number };
  /**
   * Share of the requests that fail at any moment for a reason that both groups share, e.g. a database.
   *
   * @default - none fail
   */
  readonly sharedErrorRate?: (now: number) => number;
  /** @default '/' without headers */
  readonly request?: ListenerRequest;
  /**
   * How often requests are drawn, in seconds of the lab's time.
   *
   * @default 1
   */
  readonly tickSeconds?: number;
}

/** What requests to one target group came to in one tick. */
interface Batch extends Count {
  readonly seconds: number[];
}

/**
 * Clients on a virtual clock. Requests of one tick are drawn together: their number is Poisson, they are split by the rule's
 * weights, each on its own, and spread over the group's targets in turn; errors and response times are drawn by the release of
 * each instance. Clients that keep cookies are routed one by one.
 */
export class SimulatedTraffic {
  readonly totals: TrafficTotals = noTraffic();
  private readonly random: Random;
  private readonly clients: CookieClient[];
  private readonly request: ListenerRequest;
  private readonly tickSeconds: number;
  private readonly batches = new Map<string, Batch>();
  private turn = 0;
  private timer: Timer | undefined;

  constructor(
    private readonly context: LabContext,
    private readonly dependencies: TrafficDependencies,
    private readonly options: TrafficOptions,
  ) {
    this.random = new Random(context.random.below(2 ** 32));
    this.clients = Array.from({ length: options.cookieClients?.clients ?? 0 }, () => new CookieClient());
    this.request = options.request ?? { path: '/', headers: {} };
    this.tickSeconds = options.tickSeconds ?? 1;
  }

  /** Requests come from now on. */
  start(): void {
    this.timer = this.context.clock.after(this.tickSeconds * 1000, 'traffic', () => {
      this.tick();
      this.start();
    });
  }

  stop(): void {
    this.timer?.cancel();
  }

  private tick(): void {
    const now = this.context.clock.now();
    const minutes = this.tickSeconds / 60;
    const newcomers = poisson(this.random, this.options.requestsPerMinute(now) * minutes);
    if (newcomers > 0) this.sendNewcomers(newcomers, now);
    for (const client of this.clients) {
      const requests = poisson(this.random, (this.options.cookieClients?.requestsPerMinute ?? 0) * minutes);
      for (let index = 0; index < requests; index++) this.sendCookieRequest(client, now);
    }
    this.record(now);
  }

  private sendNewcomers(requests: number, now: number): void {
    const action = this.dependencies.loadBalancing.actionFor(this.request);
    if (action.type === 'fixed-response') {
      this.refused(requests, action.status);
      return;
    }
    const shares = multinomial(
      this.random,
      requests,
      action.groups.map((group) => group.weight),
    );
    this.refused(requests - shares.reduce((sum, share) => sum + share, 0), 503);
    for (const [index, { arn }] of action.groups.entries()) this.sendToGroup(arn, shares[index], now);
  }

  private sendToGroup(targetGroupArn: string, requests: number, now: number): void {
    if (requests === 0) return;
    const targets = this.dependencies.loadBalancing.takers(targetGroupArn);
    if (targets.length === 0) {
      this.refused(requests, 503);
      return;
    }
    const each = Math.floor(requests / targets.length);
    const extra = requests % targets.length;
    const perRelease = new Map<string, { behaviour: Behaviour | undefined; requests: number }>();
    targets.forEach(({ instanceId }, index) => {
      const own = each + ((index + this.turn) % targets.length < extra ? 1 : 0);
      if (own === 0) return;
      const release = this.dependencies.world.releaseOf(instanceId) ?? 'none';
      const sum = perRelease.get(release);
      if (sum === undefined) perRelease.set(release, { behaviour: this.dependencies.world.behaviourOf(instanceId), requests: own });
      else sum.requests += own;
    });
    this.turn += extra;
    for (const [release, { behaviour, requests: own }] of perRelease) this.answer(targetGroupArn, release, behaviour, own, now);
  }

  private sendCookieRequest(client: CookieClient, now: number): void {
    const { loadBalancing, world } = this.dependencies;
    const cookie = client.header(now);
    const headers = cookie === undefined ? this.request.headers : { ...this.request.headers, cookie };
    const route = loadBalancing.route({ ...this.request, headers }, this.random);
    const { sticky } = this.totals;
    if (route.kind === 'fixed') {
      sticky.requests++;
      if (route.status === 503) sticky.unavailable++;
      this.refused(1, route.status);
      return;
    }
    client.keep(route.setCookie ?? []);
    const { instanceId, targetGroupArn } = route;
    addTo(sticky, this.answer(targetGroupArn, world.releaseOf(instanceId) ?? 'none', world.behaviourOf(instanceId), 1, now));
  }

  /** Draws how requests to instances of one release end. */
  private answer(targetGroupArn: string, release: string, behaviour: Behaviour | undefined, requests: number, now: number): Count {
    const batch = this.batch(targetGroupArn);
    const { random } = this;
    const connectionErrors = behaviour === undefined ? requests : binomial(random, requests, behaviour.connectionErrorRate);
    const answers = requests - connectionErrors;
    const shared = this.options.sharedErrorRate?.(now) ?? 0;
    const errors = behaviour === undefined ? 0 : binomial(random, answers, 1 - (1 - behaviour.errorRate) * (1 - shared));
    if (behaviour !== undefined) {
      const { median, sigma } = behaviour.latencySeconds;
      for (let index = 0; index < answers; index++) batch.seconds.push(median * exp(sigma * random.normal()));
    }
    const count = { requests, errors, connectionErrors };
    addTo(batch, count);
    addCount(this.totals, targetGroupArn, release, count);
    return count;
  }

  /** Requests that no target got. */
  private refused(requests: number, status: number): void {
    this.totals.requests += requests;
    if (status === 503) this.totals.unavailable += requests;
  }

  private batch(targetGroupArn: string): Batch {
    let batch = this.batches.get(targetGroupArn);
    if (batch === undefined) {
      batch = { requests: 0, errors: 0, connectionErrors: 0, seconds: [] };
      this.batches.set(targetGroupArn, batch);
    }
    return batch;
  }

  private record(at: number): void {
    for (const [targetGroupArn, { requests, errors, connectionErrors, seconds }] of this.batches) {
      const dimensions = this.dependencies.loadBalancing.metricDimensions(targetGroupArn);
      if (dimensions === undefined) continue;
      const answers = { 2: requests - errors - connectionErrors, 5: errors };
      this.dependencies.cloudWatch.recordTargetRequests(dimensions, { at, requests, answers, connectionErrors, seconds });
    }
    this.batches.clear();
  }
}
