import { readBehaviour } from '../../lab/world/simulated/behaviour';
import { call, START } from '../lab-services/machines';
import { fleet } from './fleet';

const MINUTE = 60_000;

/** v1 on the stable group and v2, which fails in 8 % of its answers and is slow, on the canary group; both are in service. */
async function running(options: Parameters<typeof fleet>[0] = {}) {
  const lab = await fleet({ stable: 3, canary: 1, ...options });
  const v1 = ['v1', lab.release('v1', { 'behaviour.json': '{"errorRate":0.002,"latencySeconds":{"median":0.1,"sigma":0.5}}' })] as const;
  const v2 = ['v2', lab.release('v2', { 'behaviour.json': '{"errorRate":0.08,"latencySeconds":{"median":0.4,"sigma":0.3}}' })] as const;
  lab.point('stable', 2, 'deploying', v1, v2);
  lab.point('canary', 2, 'deploying', v1, v2);
  await lab.clock.run(async () => {
    await lab.start();
    await lab.settled();
  });
  const minutes = (count: number) => lab.clock.run(() => lab.clock.sleep(count * MINUTE));
  const metric = async (group: 'stable' | 'canary', MetricName: string, Stat: string): Promise<number | undefined> => {
    const dimensions = lab.loadBalancing.metricDimensions(lab.arns[group]) ?? {};
    const { MetricDataResults } = await call(lab.cloudWatch, 'GetMetricData', {
      MetricDataQueries: [
        {
          Id: 'm',
          MetricStat: {
            Metric: {
              Namespace: 'AWS/ApplicationELB',
              MetricName,
              Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: 86_400,
            Stat,
          },
        },
      ],
      StartTime: new Date(START),
      EndTime: new Date(START + 86_400_000),
    });
    return MetricDataResults[0].Values[0];
  };
  return { ...lab, v1, v2, minutes, metric };
}

test('traffic follows the weights, errors and times follow the releases, and metrics agree with what clients saw', async () => {
  const lab = await running();
  await lab.split(90, 10);
  await lab.minutes(1);
  const traffic = lab.traffic({ requestsPerMinute: () => 3000 });
  traffic.start();
  await lab.minutes(30);
  traffic.stop();
  await lab.minutes(5);
  const { totals } = traffic;
  const { v1, v2 } = totals.byRelease;
  expect(Math.abs(totals.requests - 90_000)).toBeLessThan(1500);
  expect(Math.abs(v2.requests / totals.requests - 0.1)).toBeLessThan(0.005);
  expect(Math.abs(v2.errors / v2.requests - 0.08)).toBeLessThan(0.01);
  expect(Math.abs(v1.errors / v1.requests - 0.002)).toBeLessThan(0.001);
  expect(totals.unavailable).toBe(0);
  expect(await lab.metric('canary', 'RequestCount', 'Sum')).toBe(v2.requests);
  expect(await lab.metric('canary', 'HTTPCode_Target_5XX_Count', 'Sum')).toBe(v2.errors);
  expect(await lab.metric('stable', 'HTTPCode_Target_2XX_Count', 'Sum')).toBe(v1.requests - v1.errors);
  expect(await lab.metric('stable', 'TargetResponseTime', 'p50')).toBeCloseTo(0.1, 2);
  expect(await lab.metric('canary', 'TargetResponseTime', 'p95')).toBeCloseTo(0.4 * Math.exp(0.3 * 1.645), 1);
});

test('one seed gives one run, another seed another', async () => {
  const run = async (seed: number) => {
    const lab = await running({ seed, timer: true });
    await lab.split(80, 20, 600);
    const traffic = lab.traffic({ requestsPerMinute: () => 600, cookieClients: { clients: 5, requestsPerMinute: 6 } });
    traffic.start();
    await lab.minutes(10);
    return { totals: traffic.totals, rules: lab.loadBalancing.dump(), groups: lab.autoScaling.dump(), calls: lab.calls };
  };
  const first = await run(11);
  expect(await run(11)).toEqual(first);
  expect((await run(12)).totals).not.toEqual(first.totals);
});

test('no rate is no traffic and no metrics', async () => {
  const lab = await running();
  const traffic = lab.traffic({ requestsPerMinute: () => 0 });
  traffic.start();
  await lab.minutes(10);
  expect(traffic.totals.requests).toBe(0);
  expect(await lab.metric('stable', 'RequestCount', 'Sum')).toBeUndefined();
});

test('an error that both groups share hits both', async () => {
  const lab = await running();
  await lab.split(50, 50);
  const from = lab.clock.now() + 5 * MINUTE;
  const traffic = lab.traffic({ requestsPerMinute: () => 3000, sharedErrorRate: (now) => (now >= from ? 0.5 : 0) });
  traffic.start();
  await lab.minutes(5);
  const before = traffic.totals.byRelease.v1.errors;
  await lab.minutes(5);
  expect(before).toBeLessThan(60);
  const { v1, v2 } = traffic.totals.byRelease;
  expect(v1.errors / v1.requests).toBeGreaterThan(0.2);
  expect(v2.errors / v2.requests).toBeGreaterThan(0.2);
});

test('a group that has lost its instances answers with no connection until the health checks see it, then with 503', async () => {
  const lab = await running();
  await lab.split(50, 50);
  await lab.minutes(1);
  const traffic = lab.traffic({ requestsPerMinute: () => 6000 });
  traffic.start();
  const [{ instanceId }] = lab.autoScaling.instances('shop-canary');
  await lab.clock.run(async () => lab.world.terminate(instanceId));
  await lab.minutes(1);
  expect(traffic.totals.connectionErrors).toBeGreaterThan(1000);
  expect(traffic.totals.unavailable).toBe(0);
  lab.autoScaling.loseInstance(instanceId);
  const atLoss = traffic.totals.connectionErrors;
  await lab.minutes(0.5);
  expect(traffic.totals.unavailable).toBeGreaterThan(1000);
  expect(traffic.totals.connectionErrors).toBe(atLoss);
});

describe('clients that keep their cookies', () => {
  const cookieClients = { clients: 50, requestsPerMinute: 12 };

  test('stay with their group, and lose it with 503 where the group is emptied behind a rule that names it', async () => {
    const lab = await running();
    await lab.split(50, 50, 3600);
    await lab.minutes(1);
    const traffic = lab.traffic({ requestsPerMinute: () => 0, cookieClients });
    traffic.start();
    await lab.minutes(5);
    await lab.split(100, 0, 3600);
    await lab.minutes(1);
    const before = traffic.totals.byTargetGroup[lab.arns.canary].requests;
    await lab.minutes(5);
    expect(traffic.totals.byTargetGroup[lab.arns.canary].requests).toBeGreaterThan(before + 500);
    await call(lab.autoScaling, 'SetDesiredCapacity', { AutoScalingGroupName: 'shop-canary', DesiredCapacity: 0 });
    await lab.minutes(5);
    expect(traffic.totals.sticky.unavailable).toBeGreaterThan(500);
  });

  test('see no 503 where the group leaves the rule first', async () => {
    const lab = await running();
    await lab.split(50, 50, 3600);
    await lab.minutes(1);
    const traffic = lab.traffic({ requestsPerMinute: () => 0, cookieClients });
    traffic.start();
    await lab.minutes(5);
    expect(traffic.totals.byTargetGroup[lab.arns.canary].requests).toBeGreaterThan(500);
    await lab.stableOnly();
    await lab.minutes(1);
    await call(lab.autoScaling, 'SetDesiredCapacity', { AutoScalingGroupName: 'shop-canary', DesiredCapacity: 0 });
    await lab.minutes(10);
    expect(traffic.totals.sticky).toMatchObject({ unavailable: 0, connectionErrors: 0 });
    expect(traffic.totals.sticky.requests).toBeGreaterThan(8000);
  });
});

test('an hour with 100 instances and 60,000 requests a minute costs a few seconds', async () => {
  const lab = await running({ stable: 90, canary: 10 });
  await lab.split(90, 10, 3600);
  await lab.minutes(1);
  const traffic = lab.traffic({ requestsPerMinute: () => 60_000, cookieClients: { clients: 100, requestsPerMinute: 6 } });
  traffic.start();
  const begun = process.hrtime.bigint();
  await lab.minutes(60);
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  console.info(`one simulated hour of 100 instances at 60,000 requests a minute: ${seconds.toFixed(2)} s`);
  expect(traffic.totals.requests).toBeGreaterThan(3_500_000);
  expect(seconds).toBeLessThan(10);
});

test.each([
  ['{"errorRate":2}', "'errorRate' must be from 0 to 1, got 2"],
  ['{"latencySeconds":{"median":0,"sigma":1}}', 'median above 0'],
  ['{"healthy":"yes"}', "'healthy' must be true or false"],
  ['{"speed":1}', 'got speed'],
])('behaviour %s is refused', (text, message) => {
  expect(() => readBehaviour(text)).toThrow(message);
});
