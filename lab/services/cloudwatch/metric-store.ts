import type { LabContext } from '../../kernel/context';
import type { Distribution } from './distribution';
import { Series, seriesKey } from './series';

/** A value of a metric at a moment of the lab's time, `count` times over. */
export interface Sample {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 of the lab's clock. */
  readonly at: number;
  readonly value: number;
  /** @default 1 */
  readonly count?: number;
}

/** All metrics of the account. */
export class MetricStore {
  private readonly series = new Map<string, Series>();

  constructor(private readonly context: LabContext) {}

  record(sample: Sample): void {
    this.part(sample.namespace, sample.metric, sample.dimensions, sample.at).add(sample.value, sample.count ?? 1);
  }

  /** Where samples of a metric at a moment are to be added: for callers that add many at once. */
  part(namespace: string, metric: string, dimensions: Readonly<Record<string, string>>, at: number): Distribution {
    const key = seriesKey(namespace, metric, dimensions);
    let series = this.series.get(key);
    if (series === undefined) {
      series = new Series(namespace, metric, dimensions, this.context.random);
      this.series.set(key, series);
    }
    return series.part(at);
  }

  find(namespace: string, metric: string, dimensions: Readonly<Record<string, string>>): Series | undefined {
    return this.series.get(seriesKey(namespace, metric, dimensions));
  }
}
