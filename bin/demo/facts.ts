/** How one deployment of the demo went. */
export interface DeploymentFacts {
  readonly tag: string;
  readonly expected: 'promoted' | 'rolledBack';
  /** Exit status of `asg-canary deploy`. */
  readonly exitCode: number;
  readonly verdict: string;
  readonly release: string;
  readonly cause: string;
  /** Real seconds of the whole deployment. */
  readonly seconds: number;
  /** 5xx answers of this release that clients saw. */
  readonly badResponses: number;
  /** Only where it rolled back. */
  readonly rollback?: RollbackFacts;
}

/** How fast the canary lost its traffic after the verdict. */
export interface RollbackFacts {
  /** Real seconds from the verdict to the write of the rule without the canary, or to the canary's last request where that came later. */
  readonly seconds: number;
  /** State transitions between the verdict and the rule's change. */
  readonly transitions: number;
  /** API calls between the verdict and the rule's change, that one included. */
  readonly apiCalls: number;
}

/** What the load generator counted, from the first deployment's start to the end. */
export interface TrafficFacts {
  readonly sent: number;
  readonly seconds: number;
  /** Failures that no release's own answers explain, by kind: `timeout`, `ECONNRESET`, `502` ... */
  readonly otherFailures: Readonly<Record<string, number>>;
}

/** Everything that the demo's table shows and its checks read. */
export interface DemoFacts {
  readonly deployments: readonly DeploymentFacts[];
  readonly traffic: TrafficFacts;
  /** The release that each stable instance runs, as read from the instance itself. */
  readonly instances: Readonly<Record<string, string>>;
}
