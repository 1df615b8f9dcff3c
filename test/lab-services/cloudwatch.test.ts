import type { GetMetricDataInput } from '@aws-sdk/client-cloudwatch';
import fc from 'fast-check';
import { Random } from '../../lab/kernel/random';
import { CloudWatchService } from '../../lab/services/cloudwatch';
import { Distribution } from '../../lab/services/cloudwatch/distribution';
import { call, create, START, simulatedContext } from './machines';

const DIMENSIONS = { TargetGroup: 'targetgroup/canary/1', LoadBalancer: 'app/shop/2' };
const MINUTE = 60_000;

function cloudWatch() {
  const context = simulatedContext();
  const service = new CloudWatchService(context);
  const at = (minutes: number) => context.clock.run(() => context.clock.sleep(START + minutes * MINUTE - context.clock.now()));
  const query = (metric: string, stat: string, minutes: readonly [number, number], more: Partial<GetMetricDataInput> = {}, period = 60) =>
    call(service, 'GetMetricData', {
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric: metricOf(metric), Period: period, Stat: stat } }],
      StartTime: new Date(START + minutes[0] * MINUTE),
      EndTime: new Date(START + minutes[1] * MINUTE),
      ...more,
    });
  const values = async (...query_: Parameters<typeof query>) => (await query(...query_)).MetricDataResults[0].Values;
  return { context, service, at, query, values };
}

function metricOf(name: string) {
  return {
    Namespace: 'AWS/ApplicationELB',
    MetricName: name,
    Dimensions: Object.entries(DIMENSIONS).map(([Name, Value]) => ({ Name, Value })),
  };
}

/** A request a second: every tenth answers 500, and each takes 0.1 s. */
function aMinuteOfTraffic({ service }: ReturnType<typeof cloudWatch>, minute: number) {
  for (let second = 0; second < 60; second++) {
    service.recordTargetRequest(DIMENSIONS, {
      at: START + minute * MINUTE + second * 1000,
      status: second % 10 === 0 ? 500 : 200,
      seconds: 0.1,
    });
  }
}

describe('the minutes of a metric', () => {
  test('show late and in parts, and in full two minutes after their end', async () => {
    const partial: number[] = [];
    for (let seed = 0; seed < 40; seed++) {
      const lab = cloudWatch();
      for (let draw = 0; draw < seed; draw++) lab.context.random.next();
      aMinuteOfTraffic(lab, 0);
      await lab.at(1);
      expect(await lab.values('RequestCount', 'Sum', [0, 1])).toEqual([]);
      await lab.at(1.4);
      partial.push((await lab.values('RequestCount', 'Sum', [0, 1]))[0] ?? 0);
      await lab.at(1.9);
      partial.push((await lab.values('RequestCount', 'Sum', [0, 1]))[0] ?? 0);
      await lab.at(3);
      expect(await lab.values('RequestCount', 'Sum', [0, 1])).toEqual([60]);
    }
    expect(partial).toContain(0);
    expect(partial.some((seen) => seen > 0 && seen < 60)).toBe(true);
  });

  test('without samples have no datapoint; what did not occur is not reported', async () => {
    const lab = cloudWatch();
    lab.service.recordTargetRequest(DIMENSIONS, { at: START, status: 200, seconds: 0.1 });
    lab.service.recordTargetRequest(DIMENSIONS, { at: START + 2 * MINUTE, status: 502, seconds: 0.1 });
    lab.service.recordTargetRequest(DIMENSIONS, { at: START + 3 * MINUTE, status: undefined, seconds: 9 });
    await lab.at(10);
    expect(await lab.values('RequestCount', 'Sum', [0, 5])).toEqual([1, 1, 1]);
    expect((await lab.query('HTTPCode_Target_5XX_Count', 'Sum', [0, 5])).MetricDataResults[0]).toMatchObject({
      Timestamps: [new Date(START + 2 * MINUTE)],
      Values: [1],
      StatusCode: 'Complete',
    });
    expect(await lab.values('TargetConnectionErrorCount', 'Sum', [0, 5])).toEqual([1]);
    expect(await lab.values('TargetResponseTime', 'SampleCount', [0, 5])).toEqual([1, 1]);
    expect(await lab.values('HTTPCode_Target_3XX_Count', 'Sum', [0, 5])).toEqual([]);
  });
});

describe('GetMetricData', () => {
  test.each([
    ['Sum', 60],
    ['SampleCount', 60],
    ['Average', 1],
    ['Minimum', 1],
    ['Maximum', 1],
    ['p99', 1],
  ])('%s of a minute with 60 requests is %d', async (stat, expected) => {
    const lab = cloudWatch();
    aMinuteOfTraffic(lab, 0);
    await lab.at(5);
    expect(await lab.values('RequestCount', stat, [0, 1])).toEqual([expected]);
  });

  test('adds the minutes of a period up', async () => {
    const lab = cloudWatch();
    for (const minute of [0, 1, 2, 3]) aMinuteOfTraffic(lab, minute);
    await lab.at(10);
    expect(await lab.values('HTTPCode_Target_5XX_Count', 'Sum', [0, 4], {}, 120)).toEqual([12, 12]);
    expect(await lab.values('HTTPCode_Target_5XX_Count', 'Sum', [1, 4], {}, 180)).toEqual([18]);
  });

  test('lists the newest first unless asked otherwise, by pages', async () => {
    const lab = cloudWatch();
    for (const minute of [0, 1, 2])
      lab.service.recordTargetRequests(DIMENSIONS, {
        at: START + minute * MINUTE,
        requests: minute + 1,
        answers: {},
        connectionErrors: 0,
        seconds: [],
      });
    await lab.at(10);
    expect(await lab.values('RequestCount', 'Sum', [0, 3])).toEqual([3, 2, 1]);
    expect(await lab.values('RequestCount', 'Sum', [0, 3], { ScanBy: 'TimestampAscending' })).toEqual([1, 2, 3]);
    const first = await lab.query('RequestCount', 'Sum', [0, 3], { MaxDatapoints: 2 });
    expect(first.MetricDataResults[0]).toMatchObject({ Values: [3, 2], StatusCode: 'PartialData' });
    const second = await lab.query('RequestCount', 'Sum', [0, 3], { MaxDatapoints: 2, NextToken: first.NextToken });
    expect(second.MetricDataResults[0]).toMatchObject({ Values: [1], StatusCode: 'Complete' });
    expect(second.NextToken).toBeUndefined();
  });

  const stat = { Metric: metricOf('RequestCount'), Period: 60, Stat: 'Sum' };
  test.each([
    ['an expression', [{ Id: 'e', Expression: 'a/b' }], 'a/b'],
    ['a period of 90 seconds', [{ Id: 'm', MetricStat: { ...stat, Period: 90 } }], 'multiple of 60'],
    ['a trimmed mean', [{ Id: 'm', MetricStat: { ...stat, Stat: 'TM(10%:90%)' } }], "got 'TM(10%:90%)'"],
    ['an id in capitals', [{ Id: 'M', MetricStat: stat }], "'M'"],
    [
      'one id twice',
      [
        { Id: 'm', MetricStat: stat },
        { Id: 'm', MetricStat: stat },
      ],
      'unique',
    ],
    ['501 queries', Array.from({ length: 501 }, (_, index) => ({ Id: `m${index}`, MetricStat: stat })), 'got 501'],
  ])('refuses %s', async (_, MetricDataQueries, message) => {
    const { service } = cloudWatch();
    const asked = call(service, 'GetMetricData', { MetricDataQueries, StartTime: new Date(START), EndTime: new Date(START + MINUTE) });
    await expect(asked).rejects.toMatchObject({ code: 'ValidationError', message: expect.stringContaining(message) });
  });
});

describe('percentiles', () => {
  test('are off by at most half a percent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 1e-4, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 300 }),
        fc.integer({ min: 1, max: 99 }),
        (samples, percent) => {
          const distribution = new Distribution();
          for (const sample of samples) distribution.add(sample);
          const exact = [...samples].sort((a, b) => a - b)[Math.max(1, Math.ceil((percent / 100) * samples.length)) - 1];
          expect(Math.abs((distribution.percentile(percent) as number) - exact)).toBeLessThanOrEqual(exact * 0.00501);
        },
      ),
    );
  });

  test('of a merged distribution are those of all samples', () => {
    const random = new Random(3);
    const samples = Array.from({ length: 1000 }, () => random.between(0.01, 2));
    const whole = new Distribution();
    const parts = [new Distribution(), new Distribution(), new Distribution()];
    for (const [index, sample] of samples.entries()) {
      whole.add(sample);
      parts[index % 3].add(sample);
    }
    const merged = new Distribution();
    for (const part of parts) merged.merge(part);
    for (const percent of [1, 50, 90, 95, 99, 99.9]) expect(merged.percentile(percent)).toBe(whole.percentile(percent));
  });

  test.each([
    ['zeros', [0, 0, 5], 50, 0],
    ['one sample', [0.3], 99, 0.3],
    ['nothing', [], 50, undefined],
    ['negative samples', [-1, 2], 50, undefined],
  ])('of %s', (_, samples, percent, expected) => {
    const distribution = new Distribution();
    for (const sample of samples) distribution.add(sample);
    expect(distribution.percentile(percent)).toBe(expected);
  });
});

describe('counts between values', () => {
  test('lie between those of bounds half a percent apart', () => {
    const sample = fc.double({ min: 1e-4, max: 1e3, noNaN: true });
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 300 }), sample, sample, (samples, one, other) => {
        const [low, high] = [Math.min(one, other), Math.max(one, other)];
        const distribution = new Distribution();
        for (const value of samples) distribution.add(value);
        const exact = (from: number, to: number) => samples.filter((value) => value > from && value <= to).length;
        const counted = distribution.countWithin(low, high) as number;
        expect(counted).toBeLessThanOrEqual(exact(low / 1.0101, high * 1.0101) + 1);
        expect(counted).toBeGreaterThanOrEqual(exact(low * 1.0101, high / 1.0101) - 1);
      }),
    );
  });

  test.each([
    ['TC(0.55:)', 4],
    ['TC(:0.55)', 6],
    ['TC(0.05:0.55)', 5],
    ['TC(0:)', 9],
    ['TC(5:)', 0],
    ['TC(0.55:5)', 4],
    ['TC(:5)', 10],
    ['TC(9:)', 0],
  ])('%s counts what is above its lower bound and at most its upper', async (statistic, expected) => {
    const lab = cloudWatch();
    for (const seconds of [0, 0.1, 0.1, 0.1, 0.1, 0.5, 0.6, 0.7, 0.8, 5])
      lab.service.recordTargetRequest(DIMENSIONS, { at: START, status: 200, seconds });
    await lab.at(3);
    expect(await lab.values('TargetResponseTime', statistic, [0, 1])).toEqual([expected]);
  });

  test.each(['TC(:)', 'TC(10%:90%)', 'TC(a:)'])('%s is refused', async (statistic) => {
    await expect(cloudWatch().query('TargetResponseTime', statistic, [0, 1])).rejects.toMatchObject({ code: 'ValidationError' });
  });
});

describe('alarms', () => {
  async function alarm(properties = {}) {
    const lab = cloudWatch();
    await create(lab.service.providers(), 'AWS::CloudWatch::Alarm', 'Critical', { AlarmName: 'critical', Threshold: 1, ...properties });
    return lab;
  }

  test('begin without data, and tell the bus of a change of state once', async () => {
    const { service, context } = await alarm();
    expect((await call(service, 'DescribeAlarms', { AlarmNames: ['critical'] })).MetricAlarms[0].StateValue).toBe('INSUFFICIENT_DATA');
    service.setAlarmState('critical', 'ALARM', 'too many errors');
    service.setAlarmState('critical', 'ALARM', 'still');
    expect(context.seen).toHaveLength(1);
    expect(context.seen[0]).toMatchObject({
      source: 'aws.cloudwatch',
      'detail-type': 'CloudWatch Alarm State Change',
      resources: ['arn:aws:cloudwatch:eu-west-1:111122223333:alarm:critical'],
      detail: {
        alarmName: 'critical',
        state: { value: 'ALARM', reason: 'too many errors' },
        previousState: { value: 'INSUFFICIENT_DATA' },
      },
    });
  });

  test('are found by state', async () => {
    const { service } = await alarm();
    await call(service, 'SetAlarmState', { AlarmName: 'critical', StateValue: 'OK', StateReason: 'test' });
    expect((await call(service, 'DescribeAlarms', { StateValue: 'ALARM' })).MetricAlarms).toEqual([]);
    expect((await call(service, 'DescribeAlarms', { StateValue: 'OK' })).MetricAlarms).toHaveLength(1);
  });

  test('with actions are refused by a lab that cannot carry them out', async () => {
    await expect(alarm({ AlarmActions: ['arn:aws:sns:eu-west-1:111122223333:topic'] })).rejects.toThrow('without alarm actions');
  });

  test('that do not exist cannot be set', async () => {
    const { service } = cloudWatch();
    const set = call(service, 'SetAlarmState', { AlarmName: 'none', StateValue: 'OK', StateReason: 'test' });
    await expect(set).rejects.toMatchObject({ code: 'ResourceNotFound' });
  });
});

test('PutMetricData adds values with their counts', async () => {
  const lab = cloudWatch();
  await call(lab.service, 'PutMetricData', {
    Namespace: 'Shop',
    MetricData: [{ MetricName: 'Orders', Timestamp: new Date(START), Values: [1, 5], Counts: [3, 2] }],
  });
  await lab.at(5);
  const { MetricDataResults } = await call(lab.service, 'GetMetricData', {
    MetricDataQueries: [{ Id: 'm', MetricStat: { Metric: { Namespace: 'Shop', MetricName: 'Orders' }, Period: 60, Stat: 'Sum' } }],
    StartTime: new Date(START),
    EndTime: new Date(START + MINUTE),
  });
  expect(MetricDataResults[0].Values).toEqual([13]);
});
