/** One question that was put to IAM, and its answer. */
export interface Decision {
  /** The role that asked; for the operator and for services, their name. */
  readonly roleArn: string;
  /** The role's logical id in the template; undefined for the operator and for services. */
  readonly roleLogicalId: string | undefined;
  readonly action: string;
  readonly resource: string;
  readonly allowed: boolean;
  /** What decided; undefined where no statement applies. */
  readonly statement: DecidingStatement | undefined;
}

export interface DecidingStatement {
  /** Name of the policy, as `StatementSummary.policy`. */
  readonly policy: string;
  /** Position in the policy, from 0. */
  readonly index: number;
  readonly sid: string | undefined;
  readonly by: 'identity' | 'resource';
  /** The patterns of the statement that applied, as it writes them; undefined for NotAction and NotResource. */
  readonly action: string | undefined;
  readonly resource: string | undefined;
}

/** An Allow of a role's policies, to be compared with the decisions. */
export interface StatementSummary {
  readonly roleArn: string;
  readonly roleLogicalId: string;
  readonly policy: string;
  readonly index: number;
  readonly sid: string | undefined;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  /** Operators and keys of the condition, e.g. `StringEquals aws:SourceAccount`. */
  readonly conditions: readonly string[];
}
