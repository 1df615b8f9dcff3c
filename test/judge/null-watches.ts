import { dispersion } from '../../lambda/core/judge/sequential/dispersion';
import { hasEffect } from '../../lambda/core/judge/sequential/effect';
import { mixture } from '../../lambda/core/judge/sequential/evidence';
import { logLikelihoodRatios } from '../../lambda/core/judge/sequential/likelihood';
import { ERROR_SETTINGS, evidenceLimit, TUNING } from '../../lambda/core/judge/sequential/settings';
import { binomial, poisson, uniforms } from './draws';
import { steady } from './minutes';

/** How many watches had enough evidence at any look, and how many of them were rolled back. */
export interface NullWatches {
  readonly reached: number;
  readonly rolledBack: number;
}

/**
 * Looks after every minute of one watch under the exact null hypothesis: each bad request is the canary's with the
 * probability of its share of that minute's requests, whatever the error rate of the minute.
 */
function watch(minutes: number, uniform: () => number) {
  const counts = steady(minutes, [0, 0, 0, 0]);
  const ratios = new Float64Array(minutes * TUNING.ratios.length);
  let isReached = false;
  for (let u = 0; u < minutes; u++) {
    const requests = Math.round(3000 + 6000 * uniform());
    counts.canaryRequests[u] = Math.round(requests * (0.05 + 0.1 * uniform()));
    counts.stableRequests[u] = requests - counts.canaryRequests[u];
    const bad = poisson(uniform() < 0.05 ? 100 : 0.002 * requests, uniform);
    counts.canaryBad[u] = binomial(bad, counts.canaryRequests[u] / requests, uniform);
    counts.stableBad[u] = bad - counts.canaryBad[u];
    logLikelihoodRatios(counts, u, u + 1, ERROR_SETTINGS, TUNING.ratios, ratios);
    const phi = dispersion(counts, u + 1, TUNING.dispersionPrior);
    if (mixture(ratios, u + 1, phi, minutes) < evidenceLimit(ERROR_SETTINGS)) continue;
    isReached = true;
    if (hasEffect(counts, ERROR_SETTINGS, u + 1)) return { isReached, isRolledBack: true };
  }
  return { isReached, isRolledBack: false };
}

/** Many watches, one after the other, from one seed. */
function nullWatches(watches: number, minutes: number, seed: number): NullWatches {
  const uniform = uniforms(seed);
  const ends = Array.from({ length: watches }, () => watch(minutes, uniform));
  return {
    reached: ends.filter(({ isReached }) => isReached).length,
    rolledBack: ends.filter(({ isRolledBack }) => isRolledBack).length,
  };
}

const [watches, minutes, seed] = process.argv.slice(2).map(Number);
console.log(JSON.stringify(nullWatches(watches, minutes, seed)));
