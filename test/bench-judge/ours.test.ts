import { Ours } from '../../bench/judge/ours';
import { MINUTES } from '../../bench/judge/scenario';
import { SCENARIOS } from '../../bench/judge/scenarios';
import { SEEDS } from '../../bench/judge/seeds';
import { drawWatch } from '../../bench/judge/streams/draw';
import { Random } from '../../bench/judge/streams/random';
import { emptyWatch, type Watch } from '../../bench/judge/watch';
import type { Counts } from '../../lambda/core/judge/counts';
import { look, lookAtLatency } from '../../lambda/core/judge/sequential/look';
import { ERROR_SETTINGS, SLOW95_SETTINGS, SLOW99_SETTINGS } from '../../lambda/core/judge/sequential/settings';

const REPLICATIONS = 6;

/** The first minute after which the product's own look, from the counts so far alone, fails the canary. */
function byLooks({ metric, counts, tail }: Watch): number {
  const until = (all: Counts, minutes: number): Counts => ({ ...all, minutes });
  for (let minutes = 1; minutes <= MINUTES; minutes++) {
    const { verdict } =
      metric === 'errors'
        ? look({ settled: until(counts, minutes), settings: ERROR_SETTINGS })
        : lookAtLatency({
            tau95: { settled: until(counts, minutes), settings: SLOW95_SETTINGS },
            tau99: { settled: until(tail, minutes), settings: SLOW99_SETTINGS },
          });
    if (verdict === 'fail') return minutes;
  }
  return 0;
}

test.each(SCENARIOS.map((scenario) => [scenario.id, scenario] as const))(
  '%s: the benchmark decides in the minute in which the product would',
  (_id, scenario) => {
    const random = new Random();
    const watch = emptyWatch();
    const ours = new Ours();
    for (let replication = 0; replication < REPLICATIONS; replication++) {
      drawWatch(random, SEEDS.tuning, scenario, replication, watch);
      expect(ours.judge(watch)).toBe(byLooks(watch));
    }
  },
);
