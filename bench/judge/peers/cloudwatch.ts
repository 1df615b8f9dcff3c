import type { Watch } from '../watch';
import { inARow } from './in-a-row';
import { LIMITS } from './limits';

/** A CloudWatch alarm, as CodeDeploy, instance refresh and ECS use it: 3 of 3 datapoints of a minute above a fixed limit. */
export function cloudwatch({ metric, canaryReading }: Watch): number {
  return inARow(3, (minute) => canaryReading[minute] > LIMITS[metric]);
}
