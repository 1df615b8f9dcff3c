/** What both kinds of scenario say. */
interface Common {
  /** Name in tables; also part of the seed. */
  readonly id: string;
  readonly title: string;
  /** Whether the release is healthy (null: a rollback is false) or bad (a rollback is right). */
  readonly truth: 'null' | 'bad';
  /** Mean requests a minute of both groups together. */
  readonly requestsPerMinute: number;
  /** Bursts that hit both groups at once. */
  readonly bursts?: boolean;
}

/** A release whose responses fail, or not. */
export interface ErrorScenario extends Common {
  readonly metric: 'errors';
  readonly stableRate: number;
  readonly canaryRate: number;
  /** The canary's error rate in a burst as a multiple of stable's. Default 1: the burst's cause is common to both. */
  readonly burstRatio?: number;
  /** Minutes that the canary behaves like stable before `canaryRate` begins. Default 0. */
  readonly onset?: number;
  /** Errors come in clusters of a geometric size of this mean, each within a minute and a group. Default 1: single errors. */
  readonly clusterMean?: number;
  /** Single instances fail 5 % more of their requests for two minutes now and then. */
  readonly flakes?: boolean;
  /** Standard deviation of the log of the canary's share over time. Default 0. */
  readonly shareDrift?: number;
}

/** A release whose responses are slow, or not. */
export interface LatencyScenario extends Common {
  readonly metric: 'latency';
  /** Factor of the canary's latency against stable's. */
  readonly factor: number;
  /** Share of the canary's requests that take a second longer. Default 0. */
  readonly delayed?: number;
  /** Standard deviation of the canary's own drift of log latency. Default 0.03. */
  readonly canaryDrift?: number;
}

export type Scenario = ErrorScenario | LatencyScenario;

/** Minutes that each replication lasts. */
export const MINUTES = 60;

/** Share of the requests that goes to the canary. */
export const CANARY_SHARE = 0.1;

/** Replications of each scenario. */
export const REPLICATIONS = { null: 4000, bad: 2000 } as const;
