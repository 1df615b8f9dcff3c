import { type Benchmark, ratio } from './benchmark';
import type { Row } from './sizes';

/** Most milliseconds from the first to the last host's switch, with everything staged. */
export const MOST_SKEW_MS = 200;

/** How many times faster than Capistrano a row must be; undefined where it is only reported. */
export function requiredRatio({ size, hosts }: Pick<Row, 'size' | 'hosts'>): number | undefined {
  if (size.name === 'small') return 5;
  return hosts <= 2 ? 3 : undefined;
}

/** Where we are behind the limits: one line each, none if all is well. */
export function shortfalls({ results }: Pick<Benchmark, 'results'>): string[] {
  return results.flatMap((result) => {
    const { row, ours } = result;
    const place = `${row.size.name}, ${row.change} files new, ${row.hosts} ${row.hosts === 1 ? 'host' : 'hosts'}`;
    const required = requiredRatio(row);
    const found: string[] = [];
    if (required !== undefined && ratio(result) < required)
      found.push(`${place}: ${ratio(result).toFixed(1)} times as fast as Capistrano, must be ${required} times`);
    if (ours.skewMs >= MOST_SKEW_MS)
      found.push(`${place}: skew of the switch ${ours.skewMs.toFixed(0)} ms, must be under ${MOST_SKEW_MS} ms`);
    return found;
  });
}
