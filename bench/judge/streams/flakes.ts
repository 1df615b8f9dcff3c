import { MINUTES } from '../scenario';
import type { Random } from './random';

const STABLE_INSTANCES = 9;
const CANARY_INSTANCES = 1;
const STARTS_PER_MINUTE = 1 / 240;
const LENGTH = 2;
const EXTRA_RATE = 0.05;

/** Extra error rate of a group in each minute, from instances that fail 5 % of their requests for two minutes, once in four hours each. */
export interface Flakes {
  readonly stable: Float64Array;
  readonly canary: Float64Array;
}

const flakes: Flakes = { stable: new Float64Array(MINUTES), canary: new Float64Array(MINUTES) };

/** Draws the flakes of nine stable instances and one canary, all with an equal part of their group's requests. */
export function drawFlakes(random: Random): Flakes {
  drawGroup(random, flakes.stable, STABLE_INSTANCES);
  drawGroup(random, flakes.canary, CANARY_INSTANCES);
  return flakes;
}

function drawGroup(random: Random, extra: Float64Array, instances: number): void {
  extra.fill(0);
  for (let instance = 0; instance < instances; instance++) {
    let minute = Math.floor(random.exponential(1 / STARTS_PER_MINUTE));
    while (minute < MINUTES) {
      for (let passed = 0; passed < LENGTH && minute + passed < MINUTES; passed++) extra[minute + passed] += EXTRA_RATE / instances;
      minute += LENGTH + Math.floor(random.exponential(1 / STARTS_PER_MINUTE));
    }
  }
}
