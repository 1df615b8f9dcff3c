import type { SequentialSettings, Tuning } from '../../lambda/core/judge/sequential/settings';
import type { Row } from './minutes';

/** phi_t written down as the formula reads; every row has requests in both groups. */
export function phiByTheFormula(rows: readonly Row[], { dispersionPrior: prior, dispersionBurst: burst }: Tuning): number {
  const totals = rows.map(([, xS, , xC]) => xS + xC).sort((a, b) => a - b);
  const median = Math.max(1, totals[Math.ceil(rows.length / 2) - 1]);
  const weight = ([, xS, , xC]: Row) => Math.min(1, (burst * median) / (xS + xC));
  const sum = (index: number) => rows.reduce((total, row) => total + weight(row) * row[index], 0);
  const rhat = sum(3) / sum(2) / (sum(1) / sum(0));
  const terms = rows
    .filter(([, xS, , xC]) => xS + xC > 0)
    .map((row) => ({ w: weight(row), m: row[1] + row[3], xC: row[3], odds: (rhat * row[2]) / row[0] }));
  const chi2 = terms
    .map(({ w, m, xC, odds }) => ({ w, m, xC, q: odds / (1 + odds) }))
    .reduce((total, { w, m, xC, q }) => total + (w * (xC - m * q) ** 2) / (m * q * (1 - q)), 0);
  const df = Math.max(0, terms.reduce((total, { w }) => total + w, 0) - 1);
  return Math.max(1, (chi2 + prior) / (df + prior));
}

/** E_t written down as the formula reads: every start with a sum of its own, O(minutes squared). */
export function evidenceByTheFormula(rows: readonly Row[], settings: SequentialSettings, phi: number, tuning: Tuning): number {
  const { ratio: rho, difference: delta, horizonMinutes: horizon } = settings;
  const term = ([nS, xS, nC, xC]: Row, r: number) => {
    const k = nC / nS;
    const l = xC * Math.log((r * (1 + rho * k)) / (rho * (1 + r * k))) + (xS + delta * nS) * Math.log((1 + rho * k) / (1 + r * k));
    return Math.min(l / phi ** tuning.dispersionExponent, tuning.minuteCap / phi ** tuning.capExponent);
  };
  const from = (start: number) =>
    tuning.ratios
      .map((ratio, j) => tuning.weights[j] * Math.exp(rows.slice(start).reduce((sum, row) => sum + term(row, rho * ratio), 0)))
      .reduce((sum, value) => sum + value, 0);
  const starts = rows.slice(0, horizon).map((_, start) => from(start));
  const late = (starts.reduce((sum, value) => sum + value, 0) + Math.max(0, horizon - rows.length)) / horizon;
  return (1 - tuning.lateShare) * from(0) + tuning.lateShare * late;
}
