import { BAD_TARGETS, type BadTarget, NULL_TARGETS } from '../prototype';
import type { Tally } from '../tally';
import { type Estimate, missedPercent, quantileMinute, rolledBackPercent, servedMean } from './figures';

/** Standard errors that an estimate may lie on the wrong side of its mark. */
const TOLERANCE = 3;

/** Where our judge is behind the project's limits or the prototype by more than 3 standard errors: one line each, none if all is well. */
export function shortfalls(tallyOf: (scenario: string) => Tally | undefined): string[] {
  const found: string[] = [];
  for (const { id, allowed } of NULL_TARGETS) {
    const tally = tallyOf(id);
    if (tally === undefined || allowed === undefined) continue;
    const estimate = rolledBackPercent(tally, 30);
    if (isAbove(estimate, allowed)) found.push(`${id}: ${show(estimate)} % false roll-backs in 30 minutes, allowed ${allowed} %`);
  }
  for (const target of BAD_TARGETS) {
    const tally = tallyOf(target.id);
    if (tally !== undefined) found.push(...behind(tally, target).map((what) => `${target.id}: ${what}`));
  }
  return found;
}

function behind(tally: Tally, { median, p90, missed, served }: BadTarget): string[] {
  const found: string[] = [];
  if (isLater(tally, 0.5, median)) found.push(`median ${quantileMinute(tally, 0.5) ?? '-'} minutes, prototype ${median}`);
  if (p90 !== undefined && isLater(tally, 0.9, p90)) found.push(`p90 ${quantileMinute(tally, 0.9) ?? '-'} minutes, prototype ${p90}`);
  const misses = missedPercent(tally);
  if (isAbove(misses, missed)) found.push(`${show(misses)} % missed, prototype ${missed} %`);
  const mean = servedMean(tally);
  if (served !== undefined && isAbove(mean, served)) found.push(`${show(mean)} bad responses served, prototype ${served}`);
  return found;
}

function isAbove({ value, standardError }: Estimate, mark: number): boolean {
  return value > mark + TOLERANCE * standardError;
}

/** A quantile's minute counts as later if even the quantile of 3 standard errors less comes after the mark. */
function isLater(tally: Tally, share: number, mark: number): boolean {
  const least = share - TOLERANCE * Math.sqrt((share * (1 - share)) / tally.replications);
  return (quantileMinute(tally, least) ?? Number.POSITIVE_INFINITY) > mark;
}

function show({ value, standardError }: Estimate): string {
  return `${value.toFixed(2)} (standard error ${standardError.toFixed(2)})`;
}
