import type { GetMetricDataInput, GetMetricDataOutput } from '@aws-sdk/client-cloudwatch';

process.env.AWS_REGION = 'eu-west-1';

import { cloudWatch, readMinutes } from '../../lambda/aws/metrics';
import type { Reading } from '../../lambda/core/judge/readings';

const MINUTE = 60_000;
const window = { start: 10 * MINUTE, end: 13 * MINUTE, minutes: 3 };
const reading = (name: string): Reading => ({
  name,
  source: { namespace: 'AWS/ApplicationELB', metricName: name, dimensions: { TargetGroup: 'targetgroup/a/1' } },
  statistic: 'Sum',
});
const at = (...minutes: number[]) => minutes.map((minute) => new Date(minute * MINUTE));

/** Lets CloudWatch answer with these pages; returns what it was asked. */
function answers(...pages: GetMetricDataOutput[]): GetMetricDataInput[] {
  const asked: GetMetricDataInput[] = [];
  jest.spyOn(cloudWatch, 'send').mockImplementation((command: { input: object }) => {
    asked.push(command.input as GetMetricDataInput);
    return Promise.resolve(pages[asked.length - 1]);
  });
  return asked;
}

afterEach(() => jest.restoreAllMocks());

test('values of several pages, in any order, come to their minutes; what is missing stays away', async () => {
  const asked = answers(
    {
      MetricDataResults: [
        { Id: 'm0', Timestamps: at(12, 10), Values: [5, 3], StatusCode: 'PartialData' },
        { Id: 'm2', Timestamps: at(11), Values: [7], StatusCode: 'Complete' },
      ],
      NextToken: 'more',
    },
    { MetricDataResults: [{ Id: 'm0', Timestamps: at(11, 99), Values: [4, 1], StatusCode: 'Complete' }, { Id: 'm1' }] },
  );
  const minutes = await readMinutes({ stable: [reading('requests'), reading('errors')], canary: [reading('requests')] }, window);
  expect(asked.map(({ NextToken }) => NextToken)).toEqual([undefined, 'more']);
  expect(asked[0]).toMatchObject({ StartTime: new Date(window.start), EndTime: new Date(window.end) });
  expect(asked[0].MetricDataQueries!.map(({ Id }) => Id)).toEqual(['m0', 'm1', 'm2']);
  expect(minutes).toEqual({
    stable: [
      { at: 10 * MINUTE, values: { requests: 3 } },
      { at: 11 * MINUTE, values: { requests: 4 } },
      { at: 12 * MINUTE, values: { requests: 5 } },
    ],
    canary: [
      { at: 10 * MINUTE, values: {} },
      { at: 11 * MINUTE, values: { requests: 7 } },
      { at: 12 * MINUTE, values: {} },
    ],
  });
});

test.each(['InternalError', 'Forbidden'] as const)('a result that is %s is an error that names metric and group', async (StatusCode) => {
  answers({ MetricDataResults: [{ Id: 'm0', StatusCode }] });
  await expect(readMinutes({ canary: [reading('RequestCount')] }, window)).rejects.toThrow(
    `CloudWatch could not read RequestCount of canary: ${StatusCode}`,
  );
});

test('an empty window asks nothing', async () => {
  const asked = answers();
  expect(await readMinutes({ stable: [reading('requests')] }, { start: 0, end: 0, minutes: 0 })).toEqual({ stable: [] });
  expect(asked).toEqual([]);
});
