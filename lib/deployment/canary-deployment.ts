import { Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as dynamodb from 'aws-cdk-lib/aws-dynamodb';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as lambda from 'aws-cdk-lib/aws-lambda';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as sns from 'aws-cdk-lib/aws-sns';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { Analysis } from '../analysis';
import { checkDuration, checkPattern } from '../checks';
import type { FleetGroup, ICanaryFleet } from '../fleet';
import type { ReleaseSteps } from '../release';
import type { CanaryDeploymentProps } from './canary-deployment-props';
import { CommandDocument } from './command-document';
import type { FunctionConfig, GroupConfig, PlanConfig } from './contract';
import { DeploymentFunctions } from './deployment-functions';
import { executionsOf, machinePermissions, permissions } from './permissions';
import { longestExecution, planOf } from './plan';
import { definition } from './state-machine/definition';
import type { MachineSteps } from './state-machine/model';
import { Triggers } from './triggers';

/** Names of alarms are part of the functions' environment, which holds 4 KB. */
const MOST_ALARMS = 10;

/**
 * Brings releases to a fleet by canary: a state machine that tries a release on a small group, judges it by real traffic,
 * and promotes it to every instance or takes it back.
 *
 * Start it with the `asg-canary` command or with `aws stepfunctions start-execution`. One deployment at a time acts on a fleet.
 * However an execution ends, the fleet is brought to a safe state: where an execution is stopped or lost, a recovery starts by
 * itself within five minutes.
 *
 * @example
 * declare const fleet: CanaryFleet;
 * declare const build: ReleaseBuild;
 * new CanaryDeployment(this, 'Deployment', {
 *   fleet,
 *   releaseBuild: build,
 *   steps: [
 *     { weight: 5, watch: Duration.minutes(15) },
 *     { weight: 25, watch: Duration.minutes(30) },
 *   ],
 * });
 */
export class CanaryDeployment extends Construct {
  /** The state machine that deploys, rolls back and recovers. */
  public readonly stateMachine: sfn.IStateMachine;
  /** Takes the canary out of traffic at once, invoked with `{"reason": "..."}`; the running deployment then rolls back. */
  public readonly takeCanaryOut: lambda.IFunction;
  /** The lock of the fleet and the history of its deployments. */
  public readonly table: dynamodb.ITable;
  /** Told how each deployment ended. */
  public readonly topic: sns.ITopic;
  /** Tells the command line where everything is: `/asg-canary/<fleet>`. */
  public readonly parameter: ssm.IStringParameter;
  private readonly executionArns: string;

  constructor(scope: Construct, id: string, props: CanaryDeploymentProps) {
    super(scope, id);
    const { fleet, releaseBuild: build, criticalAlarms = [] } = props;
    const analysis = props.analysis ?? Analysis.sequential();
    const plan = planOf(props, analysis._config.warmUpMinutes);
    if (criticalAlarms.length > MOST_ALARMS) {
      throw new Error(`'criticalAlarms' must have at most ${MOST_ALARMS}, got ${criticalAlarms.length}: watch more by a composite alarm`);
    }
    if (props.databaseBackup) checkPattern("the fleet's name, for snapshots,", fleet.fleetName, /^[a-z](-?[a-z0-9])*$/);
    analysis._checkPlaces(Stack.of(this));
    const buildTimeout = props.buildTimeout ?? Duration.hours(1);
    checkDuration('buildTimeout', buildTimeout, Duration.minutes(1), Duration.hours(36));
    this.checkBucket(props);
    const stack = Stack.of(this);
    const logRetention = props.logRetention ?? logs.RetentionDays.SIX_MONTHS;
    const stateMachineName = `${fleet.fleetName}-deployment`;
    // Named, because functions that the machine calls must know it.
    const stateMachineArn = stack.formatArn({ service: 'states', resource: `stateMachine:${stateMachineName}` });
    this.executionArns = executionsOf(this, stateMachineName);

    const table = new dynamodb.Table(this, 'Table', {
      partitionKey: { name: 'pk', type: dynamodb.AttributeType.STRING },
      sortKey: { name: 'sk', type: dynamodb.AttributeType.STRING },
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      removalPolicy: RemovalPolicy.RETAIN,
    });
    this.table = table;
    this.topic = props.topic ?? new sns.Topic(this, 'Topic', { displayName: `Deployments of ${fleet.fleetName}`, enforceSSL: true });
    const steps = machineSteps(fleet.steps);
    if (props.databaseBackup && !steps.database) {
      throw new Error(`'databaseBackup' needs a fleet whose recipe has 'checkDatabase', got ${fleet.node.path} without it`);
    }
    const document = new CommandDocument(this, 'Document', {
      fleetName: fleet.fleetName,
      program: fleet.hostProgram,
      stepRunner: fleet.stepRunner,
    });

    const { versions } = new DeploymentFunctions(this, 'Functions', {
      config: this.config(props, plan, analysis, { table: table.tableName, document: document.documentName, stateMachineArn }),
      permissions: permissions(this, {
        fleet,
        tableArn: table.tableArn,
        topicArn: this.topic.topicArn,
        documentArn: document.documentArn,
        stateMachineArn,
        executionArns: this.executionArns,
        hasAlarms: criticalAlarms.length > 0,
        backup: props.databaseBackup,
      }),
      logRetention,
      without: [...(steps.database ? [] : (['database-gate'] as const)), ...(props.databaseBackup ? [] : (['back-up-database'] as const))],
    });
    this.takeCanaryOut = versions['take-canary-out'];

    const { 'start-recovery': startRecovery, ...called } = versions;
    const functions = Object.fromEntries(Object.entries(called).map(([name, version]) => [name, version.functionArn])) as {
      [name in keyof typeof called]: string;
    };
    this.stateMachine = new sfn.StateMachine(this, 'StateMachine', {
      stateMachineName,
      definitionBody: sfn.DefinitionBody.fromString(
        stack.toJsonString(
          definition({
            fleetName: fleet.fleetName,
            functions,
            projectName: build?.project.projectName,
            buildSeconds: buildTimeout.toSeconds(),
            hasBake: plan.bakeMinutes > 0,
            steps,
            backupTarget: props.databaseBackup?._target,
            customMetrics: analysis._customMetrics,
            timeoutSeconds: longestExecution(plan, buildTimeout.toSeconds()),
          }),
        ),
      ),
      role: this.machineRole(fleet, Object.values(called), build?.project.projectArn),
      tracingEnabled: true,
      logs: {
        // A name of this form keeps the group out of the resource policy, which is of limited length.
        destination: new logs.LogGroup(this, 'Logs', {
          logGroupName: `/aws/vendedlogs/states/${stateMachineName}`,
          retention: logRetention,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
        level: sfn.LogLevel.ALL,
        includeExecutionData: true,
      },
    });
    new Triggers(this, 'Triggers', {
      fleetName: fleet.fleetName,
      stateMachineArn: this.stateMachine.stateMachineArn,
      startRecovery,
      takeCanaryOut: this.takeCanaryOut,
      criticalAlarms,
    });
    this.parameter = new ssm.StringParameter(this, 'Parameter', {
      parameterName: `/asg-canary/${fleet.fleetName}`,
      description: `Where the deployment of the fleet ${fleet.fleetName} is`,
      stringValue: stack.toJsonString({
        stateMachineArn: this.stateMachine.stateMachineArn,
        takeOutFunction: this.takeCanaryOut.functionArn,
        table: table.tableName,
        mainRuleArn: fleet.mainRuleArn,
        canaryTargetGroupArn: fleet.canary.targetGroup.targetGroupArn,
      }),
    });
  }

  /** Lets CI start deployments and rollbacks, follow them and see how they ended. It does not let it stop an execution: abort instead. */
  public grantDeploy(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['states:StartExecution'], resourceArns: [this.stateMachine.stateMachineArn] })
      .combine(
        iam.Grant.addToPrincipal({
          grantee,
          actions: ['states:DescribeExecution', 'states:GetExecutionHistory'],
          resourceArns: [this.executionArns],
        }),
      )
      .combine(this.grantReadParameter(grantee));
  }

  /** Lets somebody take the canary out of traffic, which makes the running deployment roll back. */
  public grantAbort(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({
      grantee,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.takeCanaryOut.functionArn],
    }).combine(this.grantReadParameter(grantee));
  }

  /** Lets somebody see who holds the fleet, what the canary gets of the traffic, and how the last deployments ended. */
  public grantStatus(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['dynamodb:GetItem', 'dynamodb:Query'], resourceArns: [this.table.tableArn] })
      .combine(iam.Grant.addToPrincipal({ grantee, actions: ['states:GetExecutionHistory'], resourceArns: [this.executionArns] }))
      .combine(iam.Grant.addToPrincipal({ grantee, actions: ['elasticloadbalancing:DescribeRules'], resourceArns: ['*'] }))
      .combine(this.grantReadParameter(grantee));
  }

  /**
   * Executions that succeeded: releases that were promoted, and recoveries.
   *
   * @default - sum over 5 minutes
   */
  public metricSucceeded(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricSucceeded(props);
  }

  /**
   * Executions that failed: releases that were rolled back or refused.
   *
   * @default - sum over 5 minutes
   */
  public metricFailed(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricFailed(props);
  }

  /**
   * Executions that ended without cleaning up: stopped or timed out.
   *
   * @default - sum over 5 minutes
   */
  public metricAborted(props?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.stateMachine.metricAborted(props);
  }

  private grantReadParameter(grantee: iam.IGrantable): iam.Grant {
    return iam.Grant.addToPrincipal({ grantee, actions: ['ssm:GetParameter'], resourceArns: [this.parameter.parameterArn] });
  }

  private checkBucket({ fleet, releaseBuild: build }: CanaryDeploymentProps): void {
    const name = (bucketName: string) => JSON.stringify(Stack.of(this).resolve(bucketName));
    if (build && name(build.artifactBucket.bucketName) !== name(fleet.artifactBucket.bucketName)) {
      throw new Error(
        `'releaseBuild' must publish to the artifact bucket of 'fleet', ${fleet.artifactBucket.node.path}, got ${build.artifactBucket.node.path}`,
      );
    }
  }

  private config(
    { fleet, releaseBuild: build, criticalAlarms = [] }: CanaryDeploymentProps,
    plan: PlanConfig,
    analysis: Analysis,
    own: { readonly table: string; readonly document: string; readonly stateMachineArn: string },
  ): FunctionConfig {
    return {
      ...own,
      fleet: fleet.fleetName,
      bucket: fleet.artifactBucket.bucketName,
      stable: groupConfig(fleet.fleetName, 'stable', fleet.stable),
      canary: groupConfig(fleet.fleetName, 'canary', fleet.canary),
      loadBalancerDimension: fleet.loadBalancerFullName,
      mainRuleArn: fleet.mainRuleArn,
      previewRuleArn: fleet.previewRuleArn,
      stickinessSeconds: fleet.stickiness?.toSeconds() ?? 0,
      hostSha256: fleet.hostProgram.sha256,
      topicArn: this.topic.topicArn,
      alarmNames: criticalAlarms.map((alarm) => alarm.alarmName),
      canBuild: build !== undefined,
      hasDatabase: machineSteps(fleet.steps).database,
      plan,
      analysis: analysis._config,
    };
  }

  private machineRole(fleet: ICanaryFleet, called: readonly lambda.IVersion[], projectArn: string | undefined): iam.IRole {
    const functionArns = called.map((version) => version.lambda.functionArn);
    const role = new iam.Role(this, 'MachineRole', {
      assumedBy: new iam.ServicePrincipal('states.amazonaws.com'),
      description: `deployments of the fleet ${fleet.fleetName}`,
      inlinePolicies: { Machine: new iam.PolicyDocument({ statements: machinePermissions(this, functionArns, projectArn) }) },
    });
    return role.withoutPolicyUpdates();
  }
}

/** A repository may bring steps beside those of the recipe; a release that lacks one has nothing to do there. */
function machineSteps(steps: ReleaseSteps | undefined): MachineSteps {
  const database = steps?.checkDatabase !== undefined;
  const any = steps !== undefined;
  return { database, afterPromotion: any, afterRollback: any };
}

function groupConfig(fleetName: string, role: string, group: FleetGroup): GroupConfig {
  return {
    autoScalingGroup: `${fleetName}-${role}`,
    targetGroupArn: group.targetGroup.targetGroupArn,
    targetGroupDimension: group.targetGroup.targetGroupFullName,
  };
}
