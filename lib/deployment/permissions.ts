import { Aws, Stack } from 'aws-cdk-lib';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { ICanaryFleet } from '../fleet';
import type { DatabaseBackup } from './database-backup';
import type { FunctionName } from './function-name';

/** What the functions' permissions are about. */
export interface PermissionProps {
  readonly fleet: ICanaryFleet;
  readonly tableArn: string;
  readonly topicArn: string;
  readonly documentArn: string;
  readonly stateMachineArn: string;
  /** ARN pattern of the machine's executions. */
  readonly executionArns: string;
  /** The database that is saved before it is changed, if any. */
  readonly backup?: DatabaseBackup;
  /** Whether there are critical alarms to look at. */
  readonly hasAlarms: boolean;
}

/** What each function may do, and nothing else. Resources are `*` only where AWS knows no resource for the action. */
export function permissions(scope: Construct, props: PermissionProps): Record<FunctionName, iam.PolicyStatement[]> {
  const { fleet, tableArn, topicArn, documentArn, stateMachineArn, executionArns, hasAlarms, backup } = props;
  const bucket = fleet.artifactBucket;
  const stack = Stack.of(scope);
  const groupArn = (group: string) =>
    stack.formatArn({
      service: 'autoscaling',
      resource: 'autoScalingGroup:*:autoScalingGroupName',
      resourceName: `${fleet.fleetName}-${group}`,
    });

  const table = (...actions: string[]) =>
    new iam.PolicyStatement({
      sid: 'Table',
      actions: actions.map((action) => `dynamodb:${action}`),
      resources: [tableArn],
      conditions: { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`fleet#${fleet.fleetName}`] } },
    });
  const allow = (sid: string, actions: string[], resources: string[] = ['*']) => new iam.PolicyStatement({ sid, actions, resources });
  const readGroups = () => allow('ReadGroups', ['autoscaling:DescribeAutoScalingGroups']);
  const readRules = () => allow('ReadRules', ['elasticloadbalancing:DescribeRules']);
  const readTargets = () => allow('ReadTargets', ['elasticloadbalancing:DescribeTargetHealth']);
  const readMetrics = () => allow('ReadMetrics', ['cloudwatch:GetMetricData']);
  // Composite alarms are listed only to who may see all.
  const readAlarms = () => (hasAlarms ? [allow('ReadAlarms', ['cloudwatch:DescribeAlarms'])] : []);
  const notify = () => allow('Notify', ['sns:Publish'], [topicArn]);
  const protectStable = () => allow('ProtectStable', ['autoscaling:SetInstanceProtection'], [groupArn('stable')]);
  const sizeCanary = () => allow('SizeCanary', ['autoscaling:SetDesiredCapacity'], [groupArn('canary')]);
  const writeRule = (sid: string, arn: string) => allow(sid, ['elasticloadbalancing:ModifyRule'], [arn]);
  // Without s3:ListBucket, S3 answers 403 instead of 404 for an object that does not exist.
  const readObjects = (sid: string, pattern: string) => [
    allow(sid, ['s3:GetObject'], [bucket.arnForObjects(pattern)]),
    allow('TellMissingFromForbidden', ['s3:ListBucket'], [bucket.bucketArn]),
    ...key('Decrypt', 'kms:Decrypt'),
  ];
  const key = (sid: string, action: string) => (bucket.encryptionKey ? [allow(sid, [action], [bucket.encryptionKey.keyArn])] : []);
  const pointers = `fleets/${fleet.fleetName}/*`;

  const hasSteps = fleet.steps?.checkDatabase !== undefined;
  const commandedGroups = (hasSteps ? ['stable', 'canary'] : ['stable']).map((group) => `${fleet.fleetName}-${group}`);

  return {
    'take-lock': [table('GetItem', 'PutItem'), allow('ReadHolder', ['states:DescribeExecution'], [executionArns])],
    'check-fleet': [
      table('GetItem', 'Query'),
      ...readObjects('ReadPointers', pointers),
      readGroups(),
      readRules(),
      readMetrics(),
      ...readAlarms(),
    ],
    'back-up-database': [
      table('GetItem'),
      ...(backup ? [allow('Snapshot', snapshotActions(backup), backup._resources(scope, fleet.fleetName))] : []),
    ],
    'database-gate': [table('GetItem', 'UpdateItem'), allow('ReadReport', ['ssm:GetCommandInvocation']), ...readAlarms()],
    'verify-release': [table('GetItem'), ...readObjects('ReadReleases', 'releases/*')],
    'write-pointers': [
      table('GetItem', 'UpdateItem'),
      ...readObjects('ReadPointers', pointers),
      allow('WritePointers', ['s3:PutObject'], [bucket.arnForObjects(pointers)]),
      ...key('Encrypt', 'kms:GenerateDataKey'),
    ],
    'bring-canaries': [
      table('GetItem'),
      readGroups(),
      allow('ReadLaunches', ['autoscaling:DescribeScalingActivities']),
      sizeCanary(),
      protectStable(),
      readRules(),
      readTargets(),
      writeRule('WritePreviewRule', fleet.previewRuleArn),
    ],
    'host-command': [
      table('GetItem'),
      readGroups(),
      allow('SendDocument', ['ssm:SendCommand'], [documentArn]),
      new iam.PolicyStatement({
        sid: hasSteps ? 'SendToInstances' : 'SendToStable',
        actions: ['ssm:SendCommand'],
        resources: [stack.formatArn({ service: 'ec2', resource: 'instance', resourceName: '*' })],
        conditions: { StringEquals: { 'ssm:resourceTag/aws:autoscaling:groupName': commandedGroups } },
      }),
      allow('ReadCommands', ['ssm:ListCommands', 'ssm:ListCommandInvocations', 'ssm:GetCommandInvocation']),
    ],
    'shift-traffic': [table('GetItem'), readGroups(), readRules(), readTargets(), writeRule('WriteMainRule', fleet.mainRuleArn)],
    'analyse-canary': [table('GetItem'), readGroups(), readRules(), readTargets(), readMetrics(), ...readAlarms(), protectStable()],
    'plan-wave': [table('GetItem'), readGroups(), readTargets(), protectStable()],
    'watch-bake': [table('GetItem'), readGroups(), readMetrics(), ...readAlarms(), protectStable()],
    'take-canary-out': [table('GetItem', 'UpdateItem'), readRules(), writeRule('WriteMainRule', fleet.mainRuleArn)],
    'retire-canary': [
      table('GetItem'),
      readGroups(),
      readRules(),
      sizeCanary(),
      protectStable(),
      writeRule('WritePreviewRule', fleet.previewRuleArn),
    ],
    'replace-instances': [
      table('GetItem'),
      readGroups(),
      allow('ReplaceStable', ['autoscaling:TerminateInstanceInAutoScalingGroup'], [groupArn('stable')]),
    ],
    'finish-deployment': [table('GetItem', 'PutItem', 'UpdateItem'), notify()],
    'plan-recovery': [table('GetItem'), ...readObjects('ReadPointers', pointers)],
    'start-recovery': [
      table('GetItem'),
      allow('ReadHolder', ['states:DescribeExecution'], [executionArns]),
      allow('StartRecovery', ['states:StartExecution'], [stateMachineArn]),
      notify(),
    ],
  };
}

function snapshotActions({ _target: { kind } }: DatabaseBackup): string[] {
  return kind === 'instance'
    ? ['rds:CreateDBSnapshot', 'rds:DescribeDBSnapshots']
    : ['rds:CreateDBClusterSnapshot', 'rds:DescribeDBClusterSnapshots'];
}

/** What the state machine may do: call its functions, build, log and trace. */
export function machinePermissions(
  scope: Construct,
  functionArns: readonly string[],
  projectArn: string | undefined,
): iam.PolicyStatement[] {
  const statements = [
    // Every version: an execution goes on calling the versions that it began with after an update has published new ones.
    new iam.PolicyStatement({
      sid: 'CallFunctions',
      actions: ['lambda:InvokeFunction'],
      resources: functionArns.map((functionArn) => `${functionArn}:*`),
    }),
    // These know no resource: https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    new iam.PolicyStatement({
      sid: 'DeliverLogs',
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
      resources: ['*'],
    }),
    // These too: https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html
    new iam.PolicyStatement({
      sid: 'Trace',
      actions: ['xray:GetSamplingRules', 'xray:GetSamplingTargets', 'xray:PutTelemetryRecords', 'xray:PutTraceSegments'],
      resources: ['*'],
    }),
  ];
  if (projectArn === undefined) return statements;
  const syncRule = Stack.of(scope).formatArn({
    service: 'events',
    resource: 'rule',
    resourceName: 'StepFunctionsGetEventForCodeBuildStartBuildRule',
  });
  // What `.sync` needs: https://docs.aws.amazon.com/step-functions/latest/dg/connect-codebuild.html
  return [
    ...statements,
    new iam.PolicyStatement({
      sid: 'Build',
      actions: ['codebuild:StartBuild', 'codebuild:StopBuild', 'codebuild:BatchGetBuilds'],
      resources: [projectArn],
    }),
    new iam.PolicyStatement({
      sid: 'FollowBuild',
      actions: ['events:PutTargets', 'events:PutRule', 'events:DescribeRule'],
      resources: [syncRule],
    }),
  ];
}

/** ARN pattern of the executions of a state machine. */
export function executionsOf(scope: Construct, stateMachineName: string): string {
  return `arn:${Aws.PARTITION}:states:${Stack.of(scope).region}:${Stack.of(scope).account}:execution:${stateMachineName}:*`;
}
