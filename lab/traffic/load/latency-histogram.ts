/** Ratio of a bucket's upper bound to its lower one: percentiles are right within 2 %. */
const STEP = 1.02;
/** Lowest latency told apart, in milliseconds. */
const FLOOR = 0.1;

/** Counts latencies in buckets that grow with them, so that any number takes the same space. */
export class LatencyHistogram {
  private readonly buckets = new Map<number, number>();
  private count = 0;
  private largest = 0;

  record(milliseconds: number): void {
    const bucket = Math.max(0, Math.ceil(Math.log(milliseconds / FLOOR) / Math.log(STEP)));
    this.buckets.set(bucket, (this.buckets.get(bucket) ?? 0) + 1);
    this.count++;
    this.largest = Math.max(this.largest, milliseconds);
  }

  /** The latency that `share` (0 to 1) of the requests did not exceed, in milliseconds; 0 where there was none. */
  percentile(share: number): number {
    let left = Math.ceil(this.count * share);
    for (const bucket of [...this.buckets.keys()].sort((a, b) => a - b)) {
      left -= this.buckets.get(bucket) ?? 0;
      if (left <= 0) return Math.min(this.largest, FLOOR * STEP ** bucket);
    }
    return this.largest;
  }

  get maximum(): number {
    return this.largest;
  }
}
