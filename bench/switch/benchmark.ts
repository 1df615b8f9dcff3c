import type { Figures } from './figures';
import type { Row } from './sizes';

/** What a row came to. */
export interface RowResult {
  readonly row: Row;
  /** Repetitions that there was time for. */
  readonly runs: number;
  readonly ours: Figures & { readonly stageSeconds: number; readonly activateSeconds: number };
  /** With its repository on a git server. */
  readonly capistrano: Figures;
  /** With its repository on the hosts' own disk. */
  readonly fromDisk?: Figures;
}

/** Where a benchmark ran. */
export interface Machine {
  readonly cores: number;
  readonly processor: string;
  readonly system: string;
  /** Of the folder in which everything happens. */
  readonly fileSystem: string;
  readonly capistrano: string;
}

/** Everything that a run of the benchmark found. */
export interface Benchmark {
  readonly machine: Machine;
  /** Megabytes of each release archive, by size. */
  readonly archiveMegabytes: Readonly<Record<string, number>>;
  readonly results: readonly RowResult[];
  /** Percent of all cores that other programs took, sampled before each repetition. */
  readonly noise: { readonly median: number; readonly most: number };
}

/** How many times as fast as Capistrano we are. */
export function ratio({ ours, capistrano }: Pick<RowResult, 'ours' | 'capistrano'>): number {
  return capistrano.seconds / ours.seconds;
}
