import type { Scenario } from '../scenario';
import type { WritableWatch } from '../watch';
import { drawErrors } from './errors';
import { drawLatency } from './latency';
import { keyOf, type Random } from './random';

/** Draws the replication of a scenario that the seed and the number name, whichever were drawn before. */
export function drawWatch(random: Random, seed: number, scenario: Scenario, replication: number, watch: WritableWatch): void {
  random.seed(seed, keyOf(scenario.id), replication);
  if (scenario.metric === 'errors') drawErrors(random, scenario, watch);
  else drawLatency(random, scenario, watch);
}
