import type { Counts } from '../counts';
import { badAt, requestsAt } from './bounds';
import { TUNING } from './settings';

/**
 * phi_t: how much more the canary's part of the bad requests varies from minute to minute than a binomial would, at least 1.
 * Errors that come in clusters are worth less, one by one, than errors that come alone.
 *
 *     phi_t = max(1, (chi2 + prior) / (df + prior))
 *     chi2  = sum w_u (x_C - m q)^2 / (m q (1 - q)),   m = x_S + x_C,   q = rhat k / (1 + rhat k)
 *     w_u   = min(1, burst x median(m) / m)
 *
 * with rhat the ratio of the rates over all minutes so far, weighed by w, and df the sum of w over the minutes with bad requests, less 1.
 * The weights keep a burst that hit both groups, and so has a ratio of its own, from making every other minute look dispersed.
 * Where only one group had any bad requests, nothing varies and chi2 is 0.
 *
 * @param upTo minutes that are looked at
 * @param prior minutes without over-dispersion that are added to those observed
 * @param burst multiple of the median above which a minute's bad requests count no further
 */
export function dispersion(counts: Counts, upTo: number, prior: number, burst: number = TUNING.dispersionBurst): number {
  const { minutes, k, m, canaryBad, canaryRequests } = compared(counts, upTo);
  const most = burst * Math.max(1, median(m.subarray(0, minutes)));
  let nC = 0;
  let nS = 0;
  let xC = 0;
  let xS = 0;
  for (let u = 0; u < minutes; u++) {
    const weight = m[u] > most ? most / m[u] : 1;
    nC += weight * canaryRequests[u];
    nS += (weight * canaryRequests[u]) / k[u];
    xC += weight * canaryBad[u];
    xS += weight * (m[u] - canaryBad[u]);
  }
  if (xS === 0 || xC === 0) return 1;
  const rhat = (xC / nC) * (nS / xS);
  let chi2 = 0;
  let df = -1;
  for (let u = 0; u < minutes; u++) {
    if (m[u] === 0) continue;
    const weight = m[u] > most ? most / m[u] : 1;
    const odds = rhat * k[u];
    const expected = (m[u] * odds) / (1 + odds);
    const excess = canaryBad[u] - expected;
    chi2 += (weight * excess * excess * (1 + odds)) / expected;
    df += weight;
  }
  return Math.max(1, (chi2 + prior) / (Math.max(0, df) + prior));
}

/** The minutes with requests in both groups: k = n_C / n_S, bad requests of both together, and the canary's. */
function compared(counts: Counts, upTo: number) {
  const k = new Float64Array(upTo);
  const m = new Float64Array(upTo);
  const canaryBad = new Float64Array(upTo);
  const canaryRequests = new Float64Array(upTo);
  let minutes = 0;
  for (let u = 0; u < upTo; u++) {
    const nS = requestsAt(counts.stableRequests, u);
    const nC = requestsAt(counts.canaryRequests, u);
    if (nS === 0 || nC === 0) continue;
    k[minutes] = nC / nS;
    canaryRequests[minutes] = nC;
    canaryBad[minutes] = badAt(counts.canaryBad, u, nC);
    m[minutes] = badAt(counts.stableBad, u, nS) + canaryBad[minutes];
    minutes++;
  }
  return { minutes, k, m, canaryBad, canaryRequests };
}

/** The lower median, 0 for no values. */
function median(values: Float64Array): number {
  return values.length === 0 ? 0 : values.slice().sort()[(values.length - 1) >> 1];
}
