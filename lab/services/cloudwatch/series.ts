import type { Random } from '../../kernel/random';
import { Distribution } from './distribution';

/** A minute, in milliseconds: the length of a bucket. */
export const MINUTE = 60_000;

/**
 * How late a minute's samples show, in seconds after its end: most of them within the first range, the rest within the second.
 * So the newest one or two minutes are partial, and all is there two minutes after a minute's end, which is why
 * deployment tools leave the newest two minutes out.
 */
const EARLY_SECONDS = [0, 50] as const;
const LATE_SECONDS = [50, 115] as const;
/** Share of the samples that show early. */
const EARLY_SHARE = [0.6, 0.98] as const;

/** One minute of one metric. The two parts become visible at times of their own. */
interface Bucket {
  readonly early: Distribution;
  readonly late: Distribution;
  readonly earlyShare: number;
  readonly earlyAt: number;
  readonly lateAt: number;
}

/** The samples of one metric with one set of dimensions, by the minute. */
export class Series {
  private readonly buckets = new Map<number, Bucket>();

  constructor(
    readonly namespace: string,
    readonly metric: string,
    readonly dimensions: Readonly<Record<string, string>>,
    private readonly random: Random,
  ) {}

  /** Where a sample of that moment goes: drawn, so that a batch of samples is to be added in several. */
  part(at: number): Distribution {
    const bucket = this.bucket(Math.floor(at / MINUTE) * MINUTE);
    return this.random.next() < bucket.earlyShare ? bucket.early : bucket.late;
  }

  /** What a reader sees at `now` of the minutes that begin in [from, to); undefined where there is no sample yet. */
  read(from: number, to: number, now: number): Distribution | undefined {
    const seen = new Distribution();
    for (let minute = Math.ceil(from / MINUTE) * MINUTE; minute < to; minute += MINUTE) {
      const bucket = this.buckets.get(minute);
      if (bucket === undefined) continue;
      if (bucket.earlyAt <= now) seen.merge(bucket.early);
      if (bucket.lateAt <= now) seen.merge(bucket.late);
    }
    return seen.count > 0 ? seen : undefined;
  }

  private bucket(minute: number): Bucket {
    let bucket = this.buckets.get(minute);
    if (bucket === undefined) {
      const end = minute + MINUTE;
      bucket = {
        early: new Distribution(),
        late: new Distribution(),
        earlyShare: this.random.between(...EARLY_SHARE),
        earlyAt: end + this.random.between(...EARLY_SECONDS) * 1000,
        lateAt: end + this.random.between(...LATE_SECONDS) * 1000,
      };
      this.buckets.set(minute, bucket);
    }
    return bucket;
  }
}

/** Name of a series among all. */
export function seriesKey(namespace: string, metric: string, dimensions: Readonly<Record<string, string>>): string {
  const pairs = Object.keys(dimensions)
    .sort()
    .map((name) => `${name}=${dimensions[name]}`);
  return [namespace, metric, ...pairs].join('\n');
}
