import { explain } from '../../lambda/core/judge/sequential/explain';
import { look, lookAtLatency } from '../../lambda/core/judge/sequential/look';
import { overall } from '../../lambda/core/judge/sequential/overall';
import { ERROR_SETTINGS, SLOW95_SETTINGS, SLOW99_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { planDetection } from '../../lambda/core/plan/plan';
import type { PlannedMetric } from '../../lambda/core/plan/planned-metric';
import { judgedShares } from '../../lambda/core/plan/schedule';
import { poisson, uniforms } from './draws';
import { counts, type Row } from './minutes';

const DELAYS = { settleMinutes: 2, warmUpMinutes: 2 };
const RELEASES = 100;

type Steps = readonly { readonly weight: number; readonly watchMinutes: number }[];

/** A deployment with two metrics that was planned with these figures of the hour before. */
function deployment(requestsPerMinute: number, rate: number, smallestEffect: { ratio: number; difference: number }) {
  const shared = { metrics: 2 };
  const errors = { ...ERROR_SETTINGS, ...shared, smallestEffect, expectedRate: rate };
  const tau95 = { ...SLOW95_SETTINGS, ...shared, expectedRate: 0.05 };
  const tau99 = { ...SLOW99_SETTINGS, ...shared, expectedRate: 0.01 };
  const metrics: PlannedMetric[] = [
    { kind: 'bad', label: 'error rate', requestsPerMinute, rate, settings: errors },
    { kind: 'latency', label: 'latency', requestsPerMinute, settings95: tau95, settings99: tau99 },
  ];
  return { requestsPerMinute, rate, errors, tau95, tau99, plan: (steps: Steps) => planDetection({ metrics, steps, ...DELAYS }) };
}

/** Share of healthy releases that the judge has a verdict on when these steps end. */
function conclusive({ requestsPerMinute, rate, errors, tau95, tau99 }: ReturnType<typeof deployment>, steps: Steps): number {
  const uniform = uniforms(steps[0].weight * 1000 + steps[0].watchMinutes);
  const name = { metric: 'any', labels: ['any', 'any'], critical: true, dryRun: false };
  const isConclusive = () => {
    const requests = judgedShares(steps, DELAYS).map((share) => [
      poisson(requestsPerMinute * (1 - share), uniform),
      poisson(requestsPerMinute * share, uniform),
    ]);
    const minutes = (bad: number) =>
      counts(
        requests.map(
          ([stable, canary]): Row => [stable, poisson(stable * bad, uniform), canary, Math.min(canary, poisson(canary * bad, uniform))],
        ),
      );
    const latency = lookAtLatency({
      tau95: { settled: minutes(0.05), settings: tau95 },
      tau99: { settled: minutes(0.01), settings: tau99 },
    });
    return overall([explain(name, look({ settled: minutes(rate), settings: errors })), explain(name, latency)]) !== 'inconclusive';
  };
  return Array.from({ length: RELEASES }, isConclusive).filter(Boolean).length / RELEASES;
}

const TOO_SHORT: Steps = [{ weight: 10, watchMinutes: 30 }];

test.each<[number, number, number, number]>([
  [200, 0.002, 5, 0.02],
  [100, 0.01, 5, 0.02],
  [600, 0.002, 5, 0],
  [400, 0.01, 3, 0],
])(
  'at %d requests a minute, %d bad and an effect of x%d + %d, suggested steps leave 98 %% of healthy releases with a verdict',
  (...given) => {
    const [requestsPerMinute, rate, ratio, difference] = given;
    const planned = deployment(requestsPerMinute, rate, { ratio, difference });
    const { isDetectable, longer, heavier } = planned.plan(TOO_SHORT);
    expect(isDetectable).toBe(false);
    expect(longer).not.toBeNull();
    for (const steps of [longer, heavier].filter((suggested) => suggested !== null)) {
      expect(planned.plan(steps).isDetectable).toBe(true);
      expect(conclusive(planned, steps)).toBeGreaterThanOrEqual(0.98);
    }
  },
);

test('of steps that give just enough requests without the margin, about half would have none', () => {
  const planned = deployment(200, 0.002, { ratio: 5, difference: 0.02 });
  const lengths = Array.from({ length: 60 }, (_, index): Steps => [{ weight: 10, watchMinutes: 30 + index }]);
  const justEnough = lengths.find((steps) => planned.plan(steps).metrics.every(({ minutes }) => minutes !== null))!;
  expect(planned.plan(justEnough).isDetectable).toBe(false);
  expect(conclusive(planned, justEnough)).toBeLessThan(0.75);
});
