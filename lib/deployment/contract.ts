/**
 * What the construct tells the functions, the functions tell each other through the state machine,
 * and the hosts read: the only module that lambda/ takes from lib/. Types alone; no AWS, no constructs.
 * It is not exported from the library.
 */

/** The two groups of a fleet. */
export type GroupRole = 'stable' | 'canary';

/** One group of the fleet and the target group behind it. */
export interface GroupConfig {
  readonly autoScalingGroup: string;
  readonly targetGroupArn: string;
  /** Value of CloudWatch's `TargetGroup` dimension: `targetgroup/<name>/<id>`. */
  readonly targetGroupDimension: string;
}

/** The environment variable `CONFIG` of every function, as JSON. Fixed per published version, so an execution keeps what it began with. */
export interface FunctionConfig {
  readonly fleet: string;
  readonly bucket: string;
  readonly table: string;
  readonly stable: GroupConfig;
  readonly canary: GroupConfig;
  /** Value of CloudWatch's `LoadBalancer` dimension: `app/<name>/<id>`. */
  readonly loadBalancerDimension: string;
  readonly mainRuleArn: string;
  readonly previewRuleArn: string;
  /** Cookie stickiness between groups while a canary runs, in seconds; 0 is off. */
  readonly stickinessSeconds: number;
  readonly document: string;
  /** sha256 of the host program that every command carries. */
  readonly hostSha256: string;
  readonly topicArn: string;
  readonly stateMachineArn: string;
  /** Whether there is a build project, so that a git ref can be deployed. */
  readonly canBuild: boolean;
  /** Whether releases say what the database needs. */
  readonly hasDatabase: boolean;
  readonly alarmNames: readonly string[];
  readonly plan: PlanConfig;
  readonly analysis: AnalysisConfig;
}

/** One step of the plan: this share of the traffic goes to the canary for so long. */
export interface StepConfig {
  /** Percent of the traffic, a whole number from 1 to 99. */
  readonly weight: number;
  readonly watchMinutes: number;
}

/** How a release is rolled out. */
export interface PlanConfig {
  readonly steps: readonly StepConfig[];
  readonly minCanary: number;
  /** Share of the stable group that a wave of promotion switches, in percent. */
  readonly wavePercent: number;
  readonly bakeMinutes: number;
  /** How long canaries may take to become healthy. */
  readonly bootMinutes: number;
}

/** The smallest change for the worse that must not go unseen: both at least `ratio` times stable's rate and `difference` above it. */
export interface SmallestEffect {
  readonly ratio: number;
  /** Share from 0 to 1. */
  readonly difference: number;
}

/** What is common to the metrics that are judged by their evidence. */
export interface MetricConfig {
  readonly smallestEffect: SmallestEffect;
  /** Whether a promotion waits for a verdict on this metric. */
  readonly critical: boolean;
  /** Judged and reported, never deciding. */
  readonly dryRun: boolean;
}

/** Share of bad requests. */
export interface ErrorRateConfig extends MetricConfig {
  /** A share from 0 to 1: where both groups are above it, nothing is promoted. */
  readonly ceiling: number;
}

/** A metric of CloudWatch, summed by the minute. */
export interface MetricSource {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions: Readonly<Record<string, string>>;
}

/** A count and the total that it is part of. */
export interface MetricPair {
  readonly count: MetricSource;
  readonly total: MetricSource;
}

/** A metric of the owner's own. It is part of the state machine's definition, since function environments hold 4 KB. */
export interface CustomMetricConfig extends MetricConfig {
  readonly id: string;
  /** As it begins a sentence. */
  readonly name: string;
  /** How long after its total a count may come. */
  readonly delayMinutes: number;
  /** Whether the count is of bad things, or of good ones. */
  readonly kind: 'badOfTotal' | 'mustNotFall';
  readonly stable: MetricPair;
  readonly canary: MetricPair;
}

/** Limits of one metric: an absolute ceiling, and how much worse than stable the canary may be. */
export interface ThresholdConfig {
  /** Error rate: a share from 0 to 1. Latency: seconds. */
  readonly ceiling?: number;
  /** The canary fails above `relative` times stable's value ... */
  readonly relative?: number;
  /** ... if the absolute difference is above this too. */
  readonly floor: number;
}

/** Fixed limits that the owner adds to the judge. */
export interface ThresholdsConfig {
  readonly errorRate?: ThresholdConfig;
  readonly latency?: ThresholdConfig & { readonly statistic: string };
  readonly minimumRequests: number;
}

/** How the canary is judged. */
export interface AnalysisConfig {
  /** Probability of sending back a release that is as good as stable, for the whole deployment and all metrics together. */
  readonly alpha: number;
  readonly errorRate: ErrorRateConfig;
  readonly latency: MetricConfig;
  readonly thresholds?: ThresholdsConfig;
  /** Newest minutes left out because CloudWatch still fills them. */
  readonly settleMinutes: number;
  /** Minutes after the first traffic to the canary that are left out. */
  readonly warmUpMinutes: number;
  readonly onInconclusive: 'rollBack' | 'extend';
  /** What becomes of a deployment whose steps are too short to notice the smallest bad effects. */
  readonly onUndetectable: 'refuse' | 'warn';
}

/** A database that is saved before it is changed. */
export interface BackupTarget {
  readonly kind: 'instance' | 'cluster';
  readonly identifier: string;
}

/** A release that was built: what hosts download and how they know that it is whole. */
export interface Release {
  readonly id: string;
  readonly sha256: string;
}

/** Pattern of a release id: it is a folder name on hosts and part of an S3 key. */
export const RELEASE_ID_PATTERN = '^[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]$';
/** Pattern of a SHA-256 digest in hexadecimal. */
export const SHA256_PATTERN = '^[0-9a-f]{64}$';

/** Phases of the pointer that hosts converge to. See host/README.md. */
export type PointerPhase = 'idle' | 'checking' | 'maintenance' | 'deploying' | 'promoting' | 'promoted' | 'migrated';

/** The object `fleets/<fleet>/<group>` in the artifact bucket, written as lines of `key=value`. */
export interface Pointer {
  readonly epoch: number;
  readonly phase: PointerPhase;
  readonly committed?: Release;
  readonly candidate?: Release;
}
