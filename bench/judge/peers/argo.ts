import type { Watch } from '../watch';
import { inARow } from './in-a-row';
import { LIMITS } from './limits';

/** Argo Rollouts: an analysis with a fixed limit, an interval of a minute and the default failureLimit of 0. One reading above the limit rolls back. */
export function argo({ metric, canaryReading }: Watch): number {
  return inARow(1, (minute) => canaryReading[minute] > LIMITS[metric]);
}
