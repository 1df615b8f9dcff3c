import { Duration, Stack } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import * as iam from 'aws-cdk-lib/aws-iam';
import { FUNCTION_NAMES } from '../../lib/deployment/function-name';
import { temporaryApp } from '../temporary-app';
import { DeploymentStack } from './deployment-stack';

const stack = new DeploymentStack();
const ci = new iam.Role(stack, 'Ci', { assumedBy: new iam.AccountRootPrincipal() });
stack.deployment.grantDeploy(ci);
const template = stack.template();

interface Statement {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Those of a fleet whose releases have no steps. */
const NAMES = FUNCTION_NAMES.filter((name) => !['database-gate', 'back-up-database'].includes(name));

function statementsOf(description: string): Statement[] {
  const [role] = Object.values(template.findResources('AWS::IAM::Role', { Properties: { Description: description } }));
  return role.Properties.Policies[0].PolicyDocument.Statement;
}

test('each function is arm64 on Node 24 with its own role, and ends within 30 seconds', () => {
  const functions = Object.values(template.findResources('AWS::Lambda::Function', { Properties: { Runtime: 'nodejs24.x' } }));
  expect(functions.map((one) => one.Properties.Description.split(' ')[0]).sort()).toEqual([...NAMES].sort());
  for (const { Properties } of functions) expect(Properties).toMatchObject({ Architectures: ['arm64'], Timeout: 30, MemorySize: 512 });
  expect(new Set(functions.map((one) => JSON.stringify(one.Properties.Role))).size).toBe(NAMES.length);
});

test('versions outlive an update, and the machine calls nothing else', () => {
  const versions = template.findResources('AWS::Lambda::Version');
  expect(Object.keys(versions)).toHaveLength(NAMES.length);
  for (const version of Object.values(versions)) expect(version.DeletionPolicy).toBe('Retain');
  const [call] = statementsOf('deployments of the fleet shop');
  const functions = template.findResources('AWS::Lambda::Function');
  for (const resource of call.Resource as { 'Fn::Join': [string, [{ 'Fn::GetAtt': [string, string] }, string]] }[]) {
    const [, [arn, qualifier]] = resource['Fn::Join'];
    expect(arn['Fn::GetAtt'][0] in functions).toBe(true);
    expect(qualifier).toBe(':*');
  }
});

test('where a resource can be named, none is a wildcard', () => {
  const unnamed = [
    'autoscaling:DescribeAutoScalingGroups',
    'autoscaling:DescribeScalingActivities',
    'cloudwatch:GetMetricData',
    'elasticloadbalancing:DescribeRules',
    'elasticloadbalancing:DescribeTargetHealth',
    'ssm:GetCommandInvocation',
    'ssm:ListCommandInvocations',
    'ssm:ListCommands',
  ];
  const wide = NAMES.flatMap((name) => statementsOf(`${name} of the fleet shop`))
    .filter((statement) => statement.Resource === '*')
    .flatMap((statement) => statement.Action);
  expect([...new Set(wide)].sort()).toEqual(unnamed);
});

test('what is written has few writers', () => {
  const holders = (action: string) =>
    NAMES.filter((name) => statementsOf(`${name} of the fleet shop`).some((statement) => [statement.Action].flat().includes(action)));
  expect(holders('elasticloadbalancing:ModifyRule')).toEqual(['bring-canaries', 'retire-canary', 'shift-traffic', 'take-canary-out']);
  expect(holders('s3:PutObject')).toEqual(['write-pointers']);
  expect(holders('ssm:SendCommand')).toEqual(['host-command']);
  expect(holders('states:StartExecution')).toEqual(['start-recovery']);
  expect(holders('autoscaling:TerminateInstanceInAutoScalingGroup')).toEqual(['replace-instances']);
});

test('commands go to the stable group of this fleet, by this document', () => {
  const statements = statementsOf('host-command of the fleet shop').filter((statement) => statement.Action === 'ssm:SendCommand');
  expect(statements).toHaveLength(2);
  expect(statements[1].Condition).toEqual({
    StringEquals: { 'ssm:resourceTag/aws:autoscaling:groupName': ['shop-stable'] },
  });
});

test('functions reach only the rows of their fleet', () => {
  const rows = { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['fleet#shop'] } };
  const table = NAMES.flatMap((name) => statementsOf(`${name} of the fleet shop`)).filter((statement) => statement.Sid === 'Table');
  expect(table).toHaveLength(NAMES.length);
  for (const statement of table) expect(statement.Condition).toEqual(rows);
});

test('the document takes parameters only through the environment', () => {
  const [document] = Object.values(template.findResources('AWS::SSM::Document'));
  const { schemaVersion, parameters, mainSteps } = document.Properties.Content;
  expect(schemaVersion).toBe('2.2');
  expect(Object.keys(parameters)).toEqual(['Command', 'Release', 'Sha256', 'Epoch', 'HostSha256']);
  for (const parameter of Object.values<{ interpolationType: string; allowedPattern: string }>(parameters)) {
    expect(parameter.interpolationType).toBe('ENV_VAR');
    expect(parameter.allowedPattern).toMatch(/^\^.*\$$/);
  }
  expect(JSON.stringify(mainSteps)).not.toContain('{{');
});

test('the machine is logged and traced, and the table can be restored', () => {
  template.hasResourceProperties('AWS::StepFunctions::StateMachine', {
    StateMachineName: 'shop-deployment',
    TracingConfiguration: { Enabled: true },
    LoggingConfiguration: { Level: 'ALL', IncludeExecutionData: true },
  });
  template.hasResource('AWS::DynamoDB::Table', {
    DeletionPolicy: 'Retain',
    Properties: { BillingMode: 'PAY_PER_REQUEST', PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } },
  });
});

test('a recovery starts by event and by schedule', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { source: ['aws.states'], detail: { status: ['FAILED', 'ABORTED', 'TIMED_OUT'] } },
  });
  template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'rate(5 minutes)' });
  template.resourceCountIs('AWS::Events::Rule', 2);
});

test('a critical alarm takes the canary out and is looked at all the way', () => {
  const alarmArn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:checkout';
  const alarmed = new DeploymentStack({
    criticalAlarms: [cloudwatch.Alarm.fromAlarmArn(new Stack(temporaryApp(), 'Alarms'), 'Checkout', alarmArn)],
  }).template();
  alarmed.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: { source: ['aws.cloudwatch'], resources: [alarmArn], detail: { state: { value: ['ALARM'] } } },
    Targets: [{ InputTransformer: { InputTemplate: '{"reason":"the critical alarm <detail-alarmName> is active","alarmAt":<time>}' } }],
  });
  for (const name of ['check-fleet', 'analyse-canary', 'watch-bake']) {
    // Composite alarms are listed only to who may see all.
    const readAlarms = Match.objectLike({ Sid: 'ReadAlarms', Action: 'cloudwatch:DescribeAlarms', Resource: '*' });
    alarmed.hasResourceProperties('AWS::IAM::Role', {
      Description: `${name} of the fleet shop`,
      Policies: [{ PolicyDocument: { Statement: Match.arrayWith([readAlarms]) } }],
    });
  }
});

test('without a build, nothing may build', () => {
  const released = new DeploymentStack({ withBuild: false, bakeTime: Duration.minutes(0) }).template();
  const [machine] = Object.values(released.findResources('AWS::StepFunctions::StateMachine'));
  expect(JSON.stringify(machine)).not.toContain('codebuild');
  expect(JSON.stringify(machine)).not.toContain('Look at stable');
});

test('CI may start and follow deployments, and stop none', () => {
  const policies = template.findResources('AWS::IAM::Policy', {
    Properties: { Roles: [Match.objectLike({ Ref: Match.stringLikeRegexp('^Ci') })] },
  });
  const actions = Object.values(policies)
    .flatMap((policy) => policy.Properties.PolicyDocument.Statement)
    .flatMap((statement: Statement) => statement.Action);
  expect(actions.sort()).toEqual(['ssm:GetParameter', 'states:DescribeExecution', 'states:GetExecutionHistory', 'states:StartExecution']);
});
