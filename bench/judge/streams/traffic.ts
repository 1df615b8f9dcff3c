import type { Counts } from '../../../lambda/core/judge/counts';
import { CANARY_SHARE, MINUTES } from '../scenario';
import { binomial, poisson } from './counting';
import { autoregressive } from './processes';
import type { Random } from './random';

/** Standard deviation of the log of the rate, for a coefficient of variation of 0.15. */
const DEVIATION = Math.sqrt(Math.log(1 + 0.15 ** 2));

const rate = new Float64Array(MINUTES);
const share = new Float64Array(MINUTES);

/** Fills in the requests of both groups: Poisson around a lognormal AR(1) rate, split binomially; the log share may drift as AR(1) too. */
export function drawTraffic(random: Random, counts: Counts, mean: number, shareDrift = 0): void {
  autoregressive(random, rate, MINUTES, DEVIATION);
  if (shareDrift > 0) autoregressive(random, share, MINUTES, shareDrift);
  else share.fill(0);
  for (let minute = 0; minute < MINUTES; minute++) {
    const total = poisson(random, mean * Math.exp(rate[minute] - (DEVIATION * DEVIATION) / 2));
    const canary = binomial(random, total, Math.min(1, CANARY_SHARE * Math.exp(share[minute])));
    counts.canaryRequests[minute] = canary;
    counts.stableRequests[minute] = total - canary;
  }
}
