import type { Counts } from '../counts';
import type { Effect, SequentialSettings } from './settings';
import { rate, type Totals, totals } from './totals';

/**
 * The effect filter: what is certain but small is no reason to roll back. True if the canary is worse by `settings.effect`,
 * over all minutes up to `upTo` or over the last of them, and had `leastRequests` in all.
 */
export function hasEffect(counts: Counts, settings: Pick<SequentialSettings, 'effect' | 'leastRequests'>, upTo = counts.minutes): boolean {
  const all = totals(counts, 0, upTo);
  if (all.canaryRequests < settings.leastRequests) return false;
  return isWorse(all, settings.effect) || isWorse(totals(counts, upTo - settings.effect.minutes, upTo), settings.effect);
}

/** Whether the canary's rate is above stable's by both the ratio and the difference. */
export function isWorse({ canaryBad, canaryRequests, stableBad, stableRequests }: Totals, { ratio, difference }: Effect): boolean {
  const canary = rate(canaryBad, canaryRequests);
  const stable = rate(stableBad, stableRequests);
  return canaryBad > 0 && canary >= ratio * stable && canary >= stable + difference;
}
