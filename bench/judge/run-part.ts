import { makeJudges, TALLIED, type Tallied } from './judges';
import type { Scenario } from './scenario';
import { DEPLOYED } from './setting';
import { drawWatch } from './streams/draw';
import { Random } from './streams/random';
import { count, emptyTally, type Tally, WATCH_MINUTES } from './tally';
import { emptyWatch, type Judge } from './watch';

export type Tallies = Record<Tallied, Tally>;

/** Empty tallies of every judge. */
export function emptyTallies(): Tallies {
  return Object.fromEntries(TALLIED.map((name) => [name, emptyTally()])) as Tallies;
}

/** Lets every judge see the replications `from` (included) to `to` (excluded) of a scenario. */
export function runPart(
  seed: number,
  scenario: Scenario,
  from: number,
  to: number,
  judges: Record<Tallied, Judge> = makeJudges(),
): Tallies {
  const random = new Random();
  const watch = emptyWatch();
  const tallies = emptyTallies();
  for (let replication = from; replication < to; replication++) {
    drawWatch(random, seed, scenario, replication, watch);
    for (const name of TALLIED) {
      count(tallies[name], watch, judges[name](watch), name === 'deployed' ? DEPLOYED.watchMinutes : WATCH_MINUTES);
    }
  }
  return tallies;
}
