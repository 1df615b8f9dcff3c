import { LatencyHistogram } from './latency-histogram';

/** Milliseconds from when a request was due to the end of its answer. */
export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/** What clients saw in some time. `sent` = answers + failures + requests still under way. */
export interface LoadCount {
  readonly sent: number;
  /** Complete answers: by release (header `x-release`; empty where there is none), then by status. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Requests without a complete answer, by kind: `timeout`, or the error's code such as `ECONNRESET`. */
  readonly failures: Readonly<Record<string, number>>;
  readonly latency: Latency;
}

/** Gathers a `LoadCount`. */
export class LoadCounter {
  private sent = 0;
  private readonly answers: Record<string, Record<string, number>> = {};
  private readonly failures: Record<string, number> = {};
  private readonly latencies = new LatencyHistogram();

  send(): void {
    this.sent++;
  }

  answer(release: string, status: number, milliseconds: number): void {
    this.answers[release] ??= {};
    this.answers[release][status] = (this.answers[release][status] ?? 0) + 1;
    this.latencies.record(milliseconds);
  }

  fail(kind: string): void {
    this.failures[kind] = (this.failures[kind] ?? 0) + 1;
  }

  get count(): LoadCount {
    const { sent, answers, failures, latencies } = this;
    const latency = {
      p50: latencies.percentile(0.5),
      p95: latencies.percentile(0.95),
      p99: latencies.percentile(0.99),
      max: latencies.maximum,
    };
    return { sent, answers, failures, latency };
  }
}
