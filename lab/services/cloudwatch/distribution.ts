/** Ratio of neighbouring bounds: a percentile is off by at most half a percent of its value. */
const GAMMA = 1.01;
/** Taken out of the global object once: looking it up with each sample is slow inside a test's sandbox. */
const { ceil, log } = Math;
const LOG_GAMMA = log(GAMMA);

/**
 * What is kept of many samples: count, sum, least and greatest exactly, and a histogram with logarithmic bounds.
 *
 * Percentiles are off by at most 0.5 % of their value, and never outside the least and the greatest sample;
 * values of 0 are exact. There are none for negative values, as in CloudWatch.
 */
export class Distribution {
  count = 0;
  sum = 0;
  minimum = Number.POSITIVE_INFINITY;
  maximum = Number.NEGATIVE_INFINITY;
  private zeros = 0;
  private negative = false;
  private readonly histogram = new Map<number, number>();

  add(value: number, count = 1): void {
    this.count += count;
    this.sum += value * count;
    if (value < this.minimum) this.minimum = value;
    if (value > this.maximum) this.maximum = value;
    if (value > 0) {
      const bin = ceil(log(value) / LOG_GAMMA);
      this.histogram.set(bin, (this.histogram.get(bin) ?? 0) + count);
    } else if (value === 0) this.zeros += count;
    else this.negative = true;
  }

  merge(other: Distribution): void {
    this.count += other.count;
    this.sum += other.sum;
    this.minimum = Math.min(this.minimum, other.minimum);
    this.maximum = Math.max(this.maximum, other.maximum);
    this.zeros += other.zeros;
    this.negative ||= other.negative;
    for (const [bin, count] of other.histogram) this.histogram.set(bin, (this.histogram.get(bin) ?? 0) + count);
  }

  /** The least value that at least `percent` of the samples do not exceed; undefined without samples or with negative ones. */
  percentile(percent: number): number | undefined {
    if (this.count === 0 || this.negative) return undefined;
    const rank = Math.max(1, Math.ceil((percent / 100) * this.count));
    if (rank >= this.count) return this.maximum;
    let seen = this.zeros;
    if (rank <= seen) return 0;
    for (const bin of [...this.histogram.keys()].sort((a, b) => a - b)) {
      seen += this.histogram.get(bin) as number;
      if (rank <= seen) return Math.min(this.maximum, Math.max(this.minimum, (GAMMA ** bin * 2) / (1 + GAMMA)));
    }
    return this.maximum;
  }

  /**
   * How many samples are above `low` and at most `high`, as the statistic TC counts them. Samples that share a bound's bar of the
   * histogram are split by where the bound lies in it. Undefined without samples or with negative ones.
   */
  countWithin(low: number, high: number): number | undefined {
    if (this.count === 0 || this.negative) return undefined;
    return Math.round(this.countUpTo(high) - this.countUpTo(low));
  }

  private countUpTo(bound: number): number {
    if (bound < this.minimum) return 0;
    if (bound >= this.maximum) return this.count;
    const position = log(bound) / LOG_GAMMA;
    let seen = this.zeros;
    for (const [bin, count] of this.histogram) {
      if (bin <= position) seen += count;
      else if (bin - 1 < position) seen += count * (position - bin + 1);
    }
    return seen;
  }
}
