import type { BackupTarget, CustomMetricConfig } from '../contract';
import type { FunctionName } from '../function-name';

/** A state of the Amazon States Language. */
export type State = { readonly [field: string]: unknown };

/** States by name. */
export type States = { readonly [name: string]: State };

/** What the definition is made from; the values may be tokens. */
export interface MachineParts {
  readonly fleetName: string;
  /** Version ARNs of the functions that the machine calls. */
  readonly functions: Readonly<Record<Exclude<FunctionName, 'start-recovery' | 'database-gate' | 'back-up-database'>, string>> & {
    /** Only where the database is looked at. */
    readonly 'database-gate'?: string;
    /** Only where a snapshot is made. */
    readonly 'back-up-database'?: string;
  };
  /** Name of the CodeBuild project; undefined where only releases that exist are deployed. */
  readonly projectName?: string;
  /** How long a build may take, in seconds. */
  readonly buildSeconds: number;
  /** Whether the stable group is watched after promotion. */
  readonly hasBake: boolean;
  /** What releases bring to be run on instances. */
  readonly steps: MachineSteps;
  /** The database of which a snapshot is made before it is changed; undefined where the release's own step saves it. */
  readonly backupTarget?: BackupTarget;
  /** Metrics of the owner's own that canaries are judged by. */
  readonly customMetrics: readonly CustomMetricConfig[];
  /** How long an execution may take, in seconds. */
  readonly timeoutSeconds: number;
}

/** Which steps of a release the machine knows. */
export interface MachineSteps {
  /** Whether the database is looked at, and changed, before a release serves anybody. */
  readonly database: boolean;
  readonly afterPromotion: boolean;
  readonly afterRollback: boolean;
}
