import { checkNumber } from '../checks';

/** A change for the worse that is just bad enough to have to be found: both hold. Of what must not fall, it is a fall. */
export interface SmallestEffect {
  /**
   * At least so many times stable's rate.
   *
   * @default - depends on the metric
   */
  readonly ratio?: number;

  /**
   * At least so much above stable's rate, as a share from 0 to 1. It decides where stable has hardly any.
   *
   * @default - depends on the metric
   */
  readonly difference?: number;
}

/**
 * A smallest effect with its defaults, checked.
 *
 * @param tolerated how many times stable's rate is no evidence: what lies closer to it than half as much again is not found reliably
 */
export function smallestEffect(
  name: string,
  given: SmallestEffect | undefined,
  defaults: Required<SmallestEffect>,
  tolerated = 1,
): Required<SmallestEffect> {
  const { ratio = defaults.ratio, difference = defaults.difference } = given ?? {};
  checkNumber(`${name}.ratio`, ratio, 1.5 * tolerated, 1000);
  checkNumber(`${name}.difference`, difference, 0, 1);
  return { ratio, difference };
}
