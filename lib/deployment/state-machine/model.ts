import type { CustomMetricConfig } from '../contract';
import type { FunctionName } from '../function-name';

/** A state of the Amazon States Language. */
export type State = { readonly [field: string]: unknown };

/** States by name. */
export type States = { readonly [name: string]: State };

/** What the definition is made from; the values may be tokens. */
export interface MachineParts {
  readonly fleetName: string;
  /** Version ARNs of the functions that the machine calls. */
  readonly functions: Readonly<Record<Exclude<FunctionName, 'start-recovery'>, string>>;
  /** Name of the CodeBuild project; undefined where only releases that exist are deployed. */
  readonly projectName?: string;
  /** How long a build may take, in seconds. */
  readonly buildSeconds: number;
  /** Whether the stable group is watched after promotion. */
  readonly hasBake: boolean;
  /** Metrics of the owner's own that canaries are judged by. */
  readonly customMetrics: readonly CustomMetricConfig[];
  /** How long an execution may take, in seconds. */
  readonly timeoutSeconds: number;
}
