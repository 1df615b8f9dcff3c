/** Permissions that AWS needs and the lab does not ask about. */
export interface NotExercised {
  /** Roles that have them; undefined for all. */
  readonly role?: string;
  readonly actions: readonly string[];
  readonly reason: string;
}

export const NOT_EXERCISED: readonly NotExercised[] = [
  {
    actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
    reason: 'Lambda and CodeBuild write logs in the name of the role; the lab keeps what is printed by itself',
  },
  {
    role: 'deployments',
    actions: [
      'logs:CreateLogDelivery',
      'logs:DeleteLogDelivery',
      'logs:DescribeLogGroups',
      'logs:DescribeResourcePolicies',
      'logs:GetLogDelivery',
      'logs:ListLogDeliveries',
      'logs:PutResourcePolicy',
      'logs:UpdateLogDelivery',
    ],
    reason: 'Step Functions sets up the delivery of its log; the lab has the history instead',
  },
  {
    role: 'deployments',
    actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
    reason: 'the lab does not trace',
  },
  ...['stable-instances', 'canary-instances'].map((role) => ({
    role,
    actions: [
      'ssm:UpdateInstanceInformation',
      'ssmmessages:CreateControlChannel',
      'ssmmessages:CreateDataChannel',
      'ssmmessages:OpenControlChannel',
      'ssmmessages:OpenDataChannel',
    ],
    reason: 'the channels of the Systems Manager agent, which the lab does not run: it hands commands over itself',
  })),
  {
    role: 'canary-instances',
    actions: ['s3:ListBucket'],
    reason:
      'a canary is launched after its pointer was written; the right makes a missing pointer, as before the first deployment, a plain 404',
  },
];

/** Why the lab does not exercise a permission; undefined for those that it does. */
export function reasonFor(role: string, action: string): string | undefined {
  return NOT_EXERCISED.find((entry) => (entry.role ?? role) === role && entry.actions.includes(action))?.reason;
}
