import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { CanaryFleet, type CanaryFleetProps } from '../../lib';
import { temporaryApp } from '../temporary-app';

// CloudFormation's validator takes seconds for each template; one step of the checks runs it over the whole application.
process.env.CDK_VALIDATION = 'false';

/** A stack with a fleet and what it needs, without any feature flag. */
export function fleetStack(props: Partial<CanaryFleetProps> = {}): { stack: Stack; fleet: CanaryFleet; vpc: ec2.Vpc; bucket: s3.Bucket } {
  const stack = new Stack(temporaryApp(), 'Test');
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const bucket = new s3.Bucket(stack, 'Artifacts');
  const fleet = new CanaryFleet(stack, 'Fleet', { vpc, artifactBucket: bucket, fleetName: 'shop', ...props });
  return { stack, fleet, vpc, bucket };
}

export function fleetTemplate(props: Partial<CanaryFleetProps> = {}): Template {
  return Template.fromStack(fleetStack(props).stack);
}

/** The Auto Scaling group of this name. */
export function groupOf(template: Template, name: string): { Properties: Record<string, unknown>; DependsOn: string[] } {
  const [group] = Object.values(
    template.findResources('AWS::AutoScaling::AutoScalingGroup', { Properties: { AutoScalingGroupName: name } }),
  );
  return group as { Properties: Record<string, unknown>; DependsOn: string[] };
}

const VALUES: Record<string, string> = { 'AWS::Region': 'eu-west-1', 'AWS::URLSuffix': 'amazonaws.com' };

/** The user data of one group as an instance gets it, with buckets called by their logical id or `assets`. */
export function userDataOf(template: Template, role: 'stable' | 'canary'): string {
  const launchTemplates = template.findResources('AWS::EC2::LaunchTemplate');
  const scripts = Object.values(launchTemplates).map(({ Properties }) => {
    const parts: unknown[] = Properties.LaunchTemplateData.UserData['Fn::Base64']['Fn::Join'][1];
    return parts.map((part) => (typeof part === 'string' ? part : literal(part as Record<string, string>))).join('');
  });
  return scripts.find((script) => script.includes(`\nGROUP=${role}\n`)) ?? '';
}

function literal(intrinsic: Record<string, string>): string {
  if (intrinsic['Fn::Sub']) return 'assets';
  return VALUES[intrinsic.Ref as string] ?? (intrinsic.Ref as string).toLowerCase();
}
