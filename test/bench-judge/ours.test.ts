import { Ours } from '../../bench/judge/ours';
import { SCENARIOS } from '../../bench/judge/scenarios';
import { SEEDS } from '../../bench/judge/seeds';
import { COMPARED, DEPLOYED, type Setting } from '../../bench/judge/setting';
import { drawWatch } from '../../bench/judge/streams/draw';
import { Random } from '../../bench/judge/streams/random';
import { emptyWatch, type Watch } from '../../bench/judge/watch';
import type { Counts } from '../../lambda/core/judge/counts';
import { look, lookAtLatency } from '../../lambda/core/judge/sequential/look';
import { ERROR_SETTINGS, SLOW95_SETTINGS, SLOW99_SETTINGS } from '../../lambda/core/judge/sequential/settings';
import { settingsOf } from '../../lambda/core/judge/settings-of';
import { allShares, judgedShares } from '../../lambda/core/plan/schedule';
import { Analysis } from '../../lib';

const REPLICATIONS = 4;

/** The minutes of the counts that are chosen. */
function chosen({ minutes, stableRequests, stableBad, canaryRequests, canaryBad }: Counts, isChosen: (minute: number) => boolean): Counts {
  const column = (values: Float64Array) => values.subarray(0, minutes).filter((_, minute) => isChosen(minute));
  const requests = column(stableRequests);
  return {
    minutes: requests.length,
    stableRequests: requests,
    stableBad: column(stableBad),
    canaryRequests: column(canaryRequests),
    canaryBad: column(canaryBad),
  };
}

/** The first minute after which the product's own look, from the counts so far alone, fails the canary. */
function byLooks({ metric, counts, tail }: Watch, { metrics, horizonMinutes, ...setting }: Setting): number {
  const shared = { metrics, horizonMinutes };
  for (let minutes = 1; minutes <= setting.watchMinutes; minutes++) {
    const isSettled = (minute: number) => minute >= setting.warmUpMinutes && minute < minutes - setting.settleMinutes;
    const settled = (all: Counts) => chosen(all, isSettled);
    const unsettled = (all: Counts) => chosen(all, (minute) => minute < minutes && !isSettled(minute));
    const { verdict } =
      metric === 'errors'
        ? look({ settled: settled(counts), unsettled: unsettled(counts), settings: { ...ERROR_SETTINGS, ...shared } })
        : lookAtLatency({
            tau95: { settled: settled(counts), settings: { ...SLOW95_SETTINGS, ...shared } },
            tau99: { settled: settled(tail), settings: { ...SLOW99_SETTINGS, ...shared } },
          });
    if (verdict === 'fail') return minutes;
  }
  return 0;
}

describe.each([
  ['compared', COMPARED],
  ['deployed', DEPLOYED],
])('as %s', (_name, setting) => {
  test.each(SCENARIOS.map((scenario) => [scenario.id, scenario] as const))(
    '%s: the benchmark decides in the minute in which the product would',
    (_id, scenario) => {
      const random = new Random();
      const watch = emptyWatch();
      const ours = new Ours(setting);
      for (let replication = 0; replication < REPLICATIONS; replication++) {
        drawWatch(random, SEEDS.tuning, scenario, replication, watch);
        expect(ours.judge(watch)).toBe(byLooks(watch, setting));
      }
    },
  );
});

test('as deployed, it has the settings that a deployment has by default', () => {
  const steps = [{ weight: 10, watchMinutes: 30 }];
  const analysis = Analysis.sequential()._config;
  const plan = { steps, minCanary: 1, wavePercent: 33, bakeMinutes: 15, bootMinutes: 15 };
  const owner = { plan, analysis, custom: [] };
  const { metrics, horizonMinutes, warmUpMinutes, settleMinutes, watchMinutes } = DEPLOYED;
  expect(settingsOf.errorRate(owner, { custom: {} })).toMatchObject({ ...ERROR_SETTINGS, metrics, horizonMinutes });
  expect(settingsOf.slow95(owner)).toMatchObject({ ...SLOW95_SETTINGS, metrics, horizonMinutes });
  expect(settingsOf.slow99(owner)).toMatchObject({ ...SLOW99_SETTINGS, metrics, horizonMinutes });
  expect({ warmUpMinutes, settleMinutes }).toEqual({ warmUpMinutes: analysis.warmUpMinutes, settleMinutes: analysis.settleMinutes });
  expect(watchMinutes).toBe(allShares(steps, analysis).length);
  expect(watchMinutes - warmUpMinutes - settleMinutes).toBe(judgedShares(steps, analysis).length);
});
