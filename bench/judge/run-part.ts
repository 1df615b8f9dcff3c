import { JUDGE_NAMES, type JudgeName, makeJudges } from './judges';
import type { Scenario } from './scenario';
import { drawWatch } from './streams/draw';
import { Random } from './streams/random';
import { count, emptyTally, type Tally } from './tally';
import { emptyWatch, type Judge } from './watch';

export type Tallies = Record<JudgeName, Tally>;

/** Empty tallies of every judge. */
export function emptyTallies(): Tallies {
  return Object.fromEntries(JUDGE_NAMES.map((name) => [name, emptyTally()])) as Tallies;
}

/** Lets every judge see the replications `from` (included) to `to` (excluded) of a scenario. */
export function runPart(
  seed: number,
  scenario: Scenario,
  from: number,
  to: number,
  judges: Record<JudgeName, Judge> = makeJudges(),
): Tallies {
  const random = new Random();
  const watch = emptyWatch();
  const tallies = emptyTallies();
  for (let replication = from; replication < to; replication++) {
    drawWatch(random, seed, scenario, replication, watch);
    for (const name of JUDGE_NAMES) count(tallies[name], watch, judges[name](watch));
  }
  return tallies;
}
