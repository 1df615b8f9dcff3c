/** One deployment to all hosts. */
export interface Run {
  /** From the first command to the end of the last one. */
  readonly seconds: number;
  /** When `current` changed on each host, in nanoseconds since 1970. */
  readonly switched: readonly bigint[];
}

/** What was measured of one tool in one row. */
export interface Figures {
  readonly seconds: number;
  readonly fastest: number;
  readonly slowest: number;
  readonly skewMs: number;
  readonly worstSkewMs: number;
}

/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('there is no median of nothing');
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** Milliseconds between the first and the last of some moments in nanoseconds. */
export function skewMs(moments: readonly bigint[]): number {
  const sorted = [...moments].sort((a, b) => (a < b ? -1 : Number(a > b)));
  return Number(sorted[sorted.length - 1] - sorted[0]) / 1e6;
}

/** Sums up the repetitions of one tool. */
export function figuresOf(runs: readonly Run[]): Figures {
  const seconds = runs.map((run) => run.seconds);
  const skews = runs.map((run) => skewMs(run.switched));
  return {
    seconds: median(seconds),
    fastest: Math.min(...seconds),
    slowest: Math.max(...seconds),
    skewMs: median(skews),
    worstSkewMs: Math.max(...skews),
  };
}
