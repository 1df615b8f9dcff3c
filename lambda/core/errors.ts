/** An error whose name the state machine's Catch and people in the console read; its message is the cause, in one sentence. */
export class DeploymentError extends Error {
  constructor(
    override readonly name: ErrorName,
    message: string,
  ) {
    super(message);
  }
}

/** Names of the errors that functions end with on purpose. None of them is retried unless the definition says so. */
export type ErrorName =
  /** The request is malformed: the message names the field and the value. */
  | 'InvalidInput'
  /** Nothing was begun, for a reason that the message names. */
  | 'Refused'
  /** The lock belongs to another execution or epoch: this one must not act. */
  | 'Fenced'
  /** Somebody, or a critical alarm, asked for a rollback. */
  | 'Aborted'
  /** The release is missing, or its manifest and archive do not fit together. */
  | 'ReleaseInvalid'
  /** A command failed on a host, or did not reach it. */
  | 'HostCommandFailed'
  /** The database must change in a way that the release that runs does not bear. */
  | 'BreakingChange'
  /** The database could not be saved before a change. */
  | 'BackupFailed'
  /** What a canary says of the database cannot be read. */
  | 'DatabaseUnclear'
  /** Canaries do not come into service. */
  | 'CanariesFailed'
  /** There are fewer healthy canaries than the weight needs. */
  | 'TooFewCanaries'
  /** The canary group is too small for the weight. */
  | 'CapacityExceeded'
  /** The load balancer does not read back the weight that was written. */
  | 'WeightNotApplied'
  /** The load balancer does not read back that the canary is out of traffic. */
  | 'TrafficNotSafe'
  /** Weights or capacities were changed from outside. */
  | 'Drifted'
  /** Stable instances are unhealthy after they were switched. */
  | 'StableUnhealthy'
  /** Instances left the stable group while they were switched. */
  | 'WaveLost'
  /** A pointer was changed by somebody else between reading and writing. */
  | 'PointerConflict'
  /** A pointer in the bucket cannot be read. */
  | 'PointerInvalid'
  /** CloudWatch answered with an internal error: there is nothing to judge by. */
  | 'MetricsUnavailable';
