import { Random } from '../../lab/kernel/random';
import { LoadBalancingService } from '../../lab/services/elb';
import { call, create, FakeWorld, simulatedContext, update } from './machines';

const TYPE = 'AWS::ElasticLoadBalancingV2';

/** A load balancer with two target groups: the main rule names `stable`, the preview rule too. */
async function loadBalancer(options: { deregistrationDelay?: string; speed?: 'live' | 'simulated' } = {}) {
  const context = { ...simulatedContext(), speed: options.speed ?? 'simulated' };
  const world = new FakeWorld();
  const service = new LoadBalancingService(context, { world });
  const providers = service.providers();
  const balancer = await create(providers, `${TYPE}::LoadBalancer`, 'Balancer', { Type: 'application', Name: 'shop' });
  const listener = await create(providers, `${TYPE}::Listener`, 'Listener', {
    LoadBalancerArn: balancer.ref,
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [
      { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404', MessageBody: 'nothing here', ContentType: 'text/plain' } },
    ],
  });
  const group = async (name: string) =>
    (
      await create(providers, `${TYPE}::TargetGroup`, name, {
        Name: name,
        Port: 8080,
        Protocol: 'HTTP',
        TargetType: 'instance',
        HealthCheckPath: '/health',
        HealthCheckIntervalSeconds: 10,
        HealthyThresholdCount: 2,
        UnhealthyThresholdCount: 3,
        Matcher: { HttpCode: '200-299' },
        TargetGroupAttributes: [{ Key: 'deregistration_delay.timeout_seconds', Value: options.deregistrationDelay ?? '30' }],
      })
    ).ref;
  const stable = await group('stable');
  const canary = await group('canary');
  const forward = [{ Type: 'forward', TargetGroupArn: stable }];
  const preview = await create(providers, `${TYPE}::ListenerRule`, 'Preview', {
    ListenerArn: listener.ref,
    Priority: 100,
    Conditions: [{ Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'X-Preview', Values: ['secret'] } }],
    Actions: forward,
  });
  const main = await create(providers, `${TYPE}::ListenerRule`, 'Main', {
    ListenerArn: listener.ref,
    Priority: '10000',
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    Actions: forward,
  });
  const split = (stableWeight: number, canaryWeight: number, stickySeconds?: number) =>
    call(service, 'ModifyRule', {
      RuleArn: main.ref,
      Actions: [
        {
          Type: 'forward',
          ForwardConfig: {
            TargetGroups: [
              { TargetGroupArn: stable, Weight: stableWeight },
              { TargetGroupArn: canary, Weight: canaryWeight },
            ],
            ...(stickySeconds && { TargetGroupStickinessConfig: { Enabled: true, DurationSeconds: stickySeconds } }),
          },
        },
      ],
    });
  const healthOf = async (arn: string) =>
    (await call(service, 'DescribeTargetHealth', { TargetGroupArn: arn })).TargetHealthDescriptions.map(
      (one: { TargetHealth: { State: string; Reason?: string } }) => [one.TargetHealth.State, one.TargetHealth.Reason],
    );
  const at = (seconds: number) => context.clock.run(() => context.clock.sleep(seconds * 1000));
  return { context, world, service, providers, listener, stable, canary, preview, main, split, healthOf, at };
}

type Lab = Awaited<ReturnType<typeof loadBalancer>>;

/** Registers targets and lets them become healthy. */
async function healthy({ service, at, stable, canary }: Lab, stableIds: string[], canaryIds: string[]) {
  for (const id of stableIds) service.register(stable, id);
  for (const id of canaryIds) service.register(canary, id);
  await at(60);
}

function routes({ service }: Lab, count: number, headers: Record<string, string> = {}) {
  const random = new Random(7);
  return Array.from({ length: count }, () => service.route({ path: '/cart?id=1', headers }, random));
}

function shareOf(arn: string, all: ReturnType<typeof routes>): number {
  return all.filter((route) => route.kind === 'forward' && route.targetGroupArn === arn).length / all.length;
}

/** The `Cookie` header that a client sends which was last served by this group. */
function cookieFrom(lab: Lab, arn: string): string {
  const route = routes(lab, 200).find((candidate) => candidate.kind === 'forward' && candidate.targetGroupArn === arn);
  if (route?.kind !== 'forward' || route.setCookie === undefined) throw new Error('no sticky answer of that group');
  return route.setCookie[0].split(';')[0];
}

describe('weights', () => {
  test.each([
    [90, 10],
    [999, 1],
    [0, 5],
    [50, 50],
  ])('%d to %d split requests so', async (stableWeight, canaryWeight) => {
    const lab = await loadBalancer();
    await lab.split(stableWeight, canaryWeight);
    await healthy(lab, ['i-1'], ['i-2']);
    const expected = canaryWeight / (stableWeight + canaryWeight);
    expect(Math.abs(shareOf(lab.canary, routes(lab, 20_000)) - expected)).toBeLessThan(0.011);
  });

  test.each([[-1], [1000], [1.5]])('%d is refused and changes nothing', async (weight) => {
    const lab = await loadBalancer();
    const before = lab.service.dump();
    await expect(lab.split(90, weight)).rejects.toMatchObject({
      code: 'ValidationError',
      message: expect.stringContaining(`got ${weight}`),
    });
    expect(lab.service.dump()).toEqual(before);
  });

  test('of six groups are refused', async () => {
    const lab = await loadBalancer();
    const TargetGroups = Array.from({ length: 6 }, (_, index) => ({ TargetGroupArn: `${lab.stable}${index}`, Weight: 1 }));
    const modify = call(lab.service, 'ModifyRule', {
      RuleArn: lab.main.ref,
      Actions: [{ Type: 'forward', ForwardConfig: { TargetGroups } }],
    });
    await expect(modify).rejects.toThrow('1 to 5 target groups, got 6');
  });

  test('that are all 0 get 503', async () => {
    const lab = await loadBalancer();
    await lab.split(0, 0);
    await healthy(lab, ['i-1'], ['i-2']);
    expect(routes(lab, 1)[0]).toMatchObject({ kind: 'fixed', status: 503 });
  });

  test('are read back at once and take effect a little later', async () => {
    const lab = await loadBalancer();
    await healthy(lab, ['i-1'], ['i-2']);
    await lab.split(0, 1);
    const { Rules } = await call(lab.service, 'DescribeRules', { RuleArns: [lab.main.ref] });
    expect(Rules[0].Actions[0].ForwardConfig.TargetGroups[1]).toEqual({ TargetGroupArn: lab.canary, Weight: 1 });
    expect(shareOf(lab.canary, routes(lab, 100))).toBe(0);
    await lab.at(5);
    expect(shareOf(lab.canary, routes(lab, 100))).toBe(1);
  });

  test('take effect at once at live speed', async () => {
    const lab = await loadBalancer({ speed: 'live' });
    await healthy(lab, ['i-1'], ['i-2']);
    await lab.split(0, 1);
    expect(shareOf(lab.canary, routes(lab, 100))).toBe(1);
  });

  test('a write replaces the whole action, stickiness too', async () => {
    const lab = await loadBalancer();
    await lab.split(1, 1, 600);
    await lab.split(1, 1);
    const { Rules } = await call(lab.service, 'DescribeRules', { RuleArns: [lab.main.ref] });
    expect(Rules[0].Actions[0].ForwardConfig.TargetGroupStickinessConfig).toEqual({ Enabled: false });
  });
});

describe('conditions', () => {
  test.each([
    ['/', {}, 'stable'],
    ['/', { 'x-preview': 'SECRET' }, 'preview'],
    ['/', { 'x-preview': 'other' }, 'stable'],
  ])('%s %j meets the %s rule', async (path, headers, expected) => {
    const lab = await loadBalancer();
    await call(lab.service, 'ModifyRule', { RuleArn: lab.preview.ref, Actions: [{ Type: 'forward', TargetGroupArn: lab.canary }] });
    await healthy(lab, ['i-1'], ['i-2']);
    const route = lab.service.route({ path, headers }, new Random(1));
    expect(route).toMatchObject({ targetGroupArn: expected === 'preview' ? lab.canary : lab.stable });
  });

  test('of other kinds are refused when the template is loaded', async () => {
    const lab = await loadBalancer();
    const rule = create(lab.providers, `${TYPE}::ListenerRule`, 'Other', {
      ListenerArn: lab.listener.ref,
      Priority: 5,
      Conditions: [{ Field: 'source-ip', SourceIpConfig: { Values: ['10.0.0.0/8'] } }],
      Actions: [{ Type: 'forward', TargetGroupArn: lab.stable }],
    });
    await expect(rule).rejects.toThrow('source-ip');
  });

  test('that no rule meets get the default action', async () => {
    const lab = await loadBalancer();
    await call(lab.service, 'ModifyRule', {
      RuleArn: lab.main.ref,
      Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: ['*.example.com'] } }],
    });
    await healthy(lab, ['i-1'], []);
    expect(lab.service.route({ path: '/', headers: { host: 'other.test' } }, new Random(1))).toMatchObject({
      status: 404,
      body: 'nothing here',
    });
    expect(lab.service.route({ path: '/', headers: { host: 'shop.EXAMPLE.com:80' } }, new Random(1))).toMatchObject({ instanceId: 'i-1' });
  });
});

describe('target health', () => {
  test('goes from initial to healthy after the threshold of checks', async () => {
    const lab = await loadBalancer();
    lab.service.register(lab.stable, 'i-1');
    expect(await lab.healthOf(lab.stable)).toEqual([['initial', 'Elb.RegistrationInProgress']]);
    await lab.at(2);
    expect(await lab.healthOf(lab.stable)).toEqual([['initial', 'Elb.InitialHealthChecking']]);
    await lab.at(10);
    expect(await lab.healthOf(lab.stable)).toEqual([['healthy', undefined]]);
  });

  test.each([
    [500, 'Target.ResponseCodeMismatch'],
    [undefined, 'Target.FailedHealthChecks'],
  ])('answer %s is %s after three checks, and healthy again after two good ones', async (status, reason) => {
    const lab = await loadBalancer();
    await healthy(lab, ['i-1'], []);
    lab.world.status.set('i-1', status);
    await lab.at(20);
    expect(await lab.healthOf(lab.stable)).toEqual([['healthy', undefined]]);
    await lab.at(11);
    expect(await lab.healthOf(lab.stable)).toEqual([['unhealthy', reason]]);
    lab.world.status.set('i-1', 204);
    await lab.at(20);
    expect(await lab.healthOf(lab.stable)).toEqual([['healthy', undefined]]);
  });

  test('is unused, and not checked, while no rule names the group', async () => {
    const lab = await loadBalancer();
    lab.service.register(lab.canary, 'i-2');
    await lab.at(60);
    expect(await lab.healthOf(lab.canary)).toEqual([['unused', 'Target.NotInUse']]);
    expect(lab.world.probes).toBe(0);
    await lab.split(100, 0);
    await lab.at(20);
    expect(await lab.healthOf(lab.canary)).toEqual([['healthy', undefined]]);
    await call(lab.service, 'ModifyRule', { RuleArn: lab.main.ref, Actions: [{ Type: 'forward', TargetGroupArn: lab.stable }] });
    await lab.at(5);
    expect(await lab.healthOf(lab.canary)).toEqual([['unused', 'Target.NotInUse']]);
    await lab.at(30);
    const probes = lab.world.probes;
    await lab.at(60);
    expect(lab.world.probes).toBe(probes);
  });

  test('a target that drains takes no request and leaves after the delay', async () => {
    const lab = await loadBalancer({ deregistrationDelay: '120' });
    await healthy(lab, ['i-1', 'i-2'], []);
    const { clock } = lab.context;
    const seconds = await clock.run(async () => {
      const begun = clock.now();
      const drained = lab.service.deregister(lab.stable, 'i-1');
      expect(await lab.healthOf(lab.stable)).toContainEqual(['draining', 'Target.DeregistrationInProgress']);
      expect(new Set(routes(lab, 50).map((route) => route.kind === 'forward' && route.instanceId))).toEqual(new Set(['i-2']));
      await clock.waitFor(drained);
      return (clock.now() - begun) / 1000;
    });
    expect(seconds).toBe(120);
    expect(await lab.healthOf(lab.stable)).toEqual([['healthy', undefined]]);
  });

  test('the last target of a group takes no request while it drains', async () => {
    const lab = await loadBalancer();
    await healthy(lab, ['i-1'], []);
    void lab.service.deregister(lab.stable, 'i-1');
    expect(routes(lab, 1)[0]).toMatchObject({ kind: 'fixed', status: 503 });
  });

  test('of a target that is not registered is unused', async () => {
    const lab = await loadBalancer();
    const { TargetHealthDescriptions } = await call(lab.service, 'DescribeTargetHealth', {
      TargetGroupArn: lab.stable,
      Targets: [{ Id: 'i-9' }],
    });
    expect(TargetHealthDescriptions[0].TargetHealth).toMatchObject({ State: 'unused', Reason: 'Target.NotRegistered' });
  });

  test('all unhealthy fails open, none registered gets 503', async () => {
    const lab = await loadBalancer();
    expect(routes(lab, 1)[0]).toMatchObject({ kind: 'fixed', status: 503 });
    await healthy(lab, ['i-1', 'i-2'], []);
    lab.world.status.set('i-1', 500);
    await lab.at(60);
    expect(new Set(routes(lab, 20).map((route) => route.kind === 'forward' && route.instanceId))).toEqual(new Set(['i-2']));
    lab.world.status.set('i-2', 500);
    await lab.at(60);
    expect(new Set(routes(lab, 20).map((route) => route.kind === 'forward' && route.instanceId))).toEqual(new Set(['i-1', 'i-2']));
  });
});

describe('stickiness', () => {
  test('keeps a client to its group, also at weight 0', async () => {
    const lab = await loadBalancer();
    await lab.split(50, 50, 600);
    await healthy(lab, ['i-1'], ['i-2']);
    const cookie = cookieFrom(lab, lab.canary);
    expect(shareOf(lab.canary, routes(lab, 100, { cookie }))).toBe(1);
    await lab.split(100, 0, 600);
    await lab.at(5);
    expect(shareOf(lab.canary, routes(lab, 100, { cookie }))).toBe(1);
    expect(shareOf(lab.canary, routes(lab, 100))).toBe(0);
  });

  test('ignores the cookie of a group that left the action', async () => {
    const lab = await loadBalancer();
    await lab.split(50, 50, 600);
    await healthy(lab, ['i-1'], ['i-2']);
    const cookie = cookieFrom(lab, lab.canary);
    await call(lab.service, 'ModifyRule', { RuleArn: lab.main.ref, Actions: [{ Type: 'forward', TargetGroupArn: lab.stable }] });
    await lab.at(5);
    expect(shareOf(lab.stable, routes(lab, 100, { cookie }))).toBe(1);
  });

  test.each([
    ['has no targets', async (lab: Lab) => void lab.service.deregister(lab.canary, 'i-2')],
    ['has only unhealthy ones', async (lab: Lab) => void lab.world.status.set('i-2', 500)],
  ])('a client gets 503 while its group %s', async (_, breakIt) => {
    const lab = await loadBalancer();
    await lab.split(50, 50, 600);
    await healthy(lab, ['i-1'], ['i-2']);
    const cookie = cookieFrom(lab, lab.canary);
    await breakIt(lab);
    await lab.at(60);
    for (const route of routes(lab, 50, { cookie })) expect(route).toMatchObject({ kind: 'fixed', status: 503 });
  });

  test('ends when the cookie expires', async () => {
    const lab = await loadBalancer();
    await lab.split(99, 1, 300);
    await healthy(lab, ['i-1'], ['i-2']);
    await lab.split(50, 50, 300);
    await lab.at(5);
    const cookie = cookieFrom(lab, lab.canary);
    await lab.split(100, 0, 300);
    await lab.at(301);
    expect(shareOf(lab.canary, routes(lab, 100, { cookie }))).toBe(0);
  });

  test('needs a duration of up to a week', async () => {
    const lab = await loadBalancer();
    await expect(lab.split(1, 1, 604_801)).rejects.toThrow("'DurationSeconds' must be a whole number from 1 to 604800, got 604801");
  });
});

test('requests go to the targets of a group in turn', async () => {
  const lab = await loadBalancer();
  await healthy(lab, ['i-1', 'i-2', 'i-3'], []);
  const counts = new Map<string, number>();
  for (const route of routes(lab, 300)) if (route.kind === 'forward') counts.set(route.instanceId, (counts.get(route.instanceId) ?? 0) + 1);
  expect([...counts.values()]).toEqual([100, 100, 100]);
});

test('an update of the template rewrites a rule, whatever weights it had', async () => {
  const lab = await loadBalancer();
  const before = lab.service.dump();
  await lab.split(90, 10);
  expect(lab.service.dump()).not.toEqual(before);
  await update(lab.providers, `${TYPE}::ListenerRule`, lab.main.ref, {
    ListenerArn: lab.listener.ref,
    Priority: 10_000,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/*'] } }],
    Actions: [{ Type: 'forward', TargetGroupArn: lab.stable }],
    Tags: [{ Key: 'git-sha', Value: 'abc' }],
  });
  expect(lab.service.dump()).toEqual(before);
});

test('properties that the lab does not know are refused', async () => {
  const lab = await loadBalancer();
  const group = create(lab.providers, `${TYPE}::TargetGroup`, 'Lambda', { TargetType: 'lambda', Protocol: 'HTTP', Port: 1 });
  await expect(group).rejects.toThrow('target groups of instances');
  const unknown = create(lab.providers, `${TYPE}::TargetGroup`, 'Odd', { Port: 1, Protocol: 'HTTP', Oddity: 1 });
  await expect(unknown).rejects.toThrow('Oddity');
});

test('a rule that does not exist is not found', async () => {
  const { service } = await loadBalancer();
  await expect(call(service, 'ModifyRule', { RuleArn: 'arn:none', Actions: [] })).rejects.toMatchObject({ code: 'RuleNotFoundException' });
});

test('a health check that hangs does not hold up those of other targets', async () => {
  const lab = await loadBalancer();
  await healthy(lab, ['i-1', 'i-2'], []);
  const probe = lab.world.probe.bind(lab.world);
  lab.world.probe = async (instanceId) => {
    if (instanceId === 'i-1') await lab.context.clock.sleep(100_000);
    return probe(instanceId);
  };
  lab.world.status.set('i-2', 500);
  await lab.at(60);
  expect((await lab.healthOf(lab.stable)).map(([state]: [string]) => state)).toEqual(['healthy', 'unhealthy']);
});
