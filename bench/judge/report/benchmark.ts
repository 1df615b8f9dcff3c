import type { Cost } from '../cost';
import type { Tallies } from '../run-part';
import type { Scenario } from '../scenario';

/** The outcome of one scenario. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly tallies: Tallies;
}

/** Everything that a run of the benchmark found. */
export interface Benchmark {
  readonly command: string;
  readonly seed: number;
  readonly replications: { readonly null: number; readonly bad: number };
  readonly results: readonly ScenarioResult[];
  readonly cost: Cost;
  /** Where our judge is behind its limits. */
  readonly shortfalls: readonly string[];
}
