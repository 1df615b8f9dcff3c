import type { LoadCount } from './load-count';

/** What to send. */
export interface LoadOptions {
  /** Where to, without path. */
  readonly url: string;
  readonly requestsPerSecond: number;
  /** @default - goes on until it is stopped */
  readonly total?: number;
  /** @default poisson */
  readonly arrivals?: 'poisson' | 'constant';
  /**
   * Paths, drawn evenly.
   *
   * @default ['/']
   */
  readonly paths?: readonly string[];
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Clients that keep their cookies, and the share of all requests (0 to 1) that comes from them.
   *
   * @default - none: every request is a new client's
   */
  readonly returning?: { readonly clients: number; readonly share: number };
  /**
   * How long a request may take, in real seconds.
   *
   * @default 10
   */
  readonly timeoutSeconds?: number;
  /** @default 1 */
  readonly seed?: number;
}

/** What happened in one second of real time. */
export interface SecondReport extends LoadCount {
  /** Whole seconds since the start: 0 is the first one. */
  readonly second: number;
}

/** What happened in all. */
export interface LoadTotals extends LoadCount {
  /** Real time from the first request to the last one. */
  readonly seconds: number;
}

export type ToGenerator = { readonly kind: 'start'; readonly options: LoadOptions } | { readonly kind: 'stop' };
export type FromGenerator =
  | { readonly kind: 'ready' }
  | { readonly kind: 'second'; readonly report: SecondReport; readonly totals: LoadTotals }
  | { readonly kind: 'done'; readonly totals: LoadTotals };
