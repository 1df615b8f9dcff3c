import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Recipe, ReleaseBuild, type ReleaseBuildProps, Source } from '../../lib';
import { temporaryApp } from '../temporary-app';

// CloudFormation's validator takes seconds for each template; one step of the checks runs it over the whole application.
process.env.CDK_VALIDATION = 'false';

/** A stack with a build alone, without any feature flag; the properties may need the stack. */
export function releaseTemplate(propsOf: (stack: Stack) => Partial<ReleaseBuildProps> = () => ({})): Template {
  const stack = new Stack(temporaryApp(), 'Test');
  new ReleaseBuild(stack, 'Build', {
    source: Source.gitHub({ owner: 'example', repository: 'shop' }),
    recipe: Recipe.generic(),
    ...propsOf(stack),
  });
  return Template.fromStack(stack);
}

/** The properties of a CodeBuild project that tests look at. */
export interface ProjectProperties {
  readonly Source: { readonly Type: string; readonly BuildSpec: string; readonly [property: string]: unknown };
  readonly Environment: { readonly EnvironmentVariables: unknown[] };
  readonly Cache: { readonly Type: string };
  readonly VpcConfig: { readonly Subnets: unknown[] };
}

export function projectOf(template: Template): ProjectProperties {
  return Object.values(template.findResources('AWS::CodeBuild::Project'))[0]!.Properties;
}

export interface BuildSpecObject {
  readonly env: { readonly shell: string };
  readonly phases: { readonly [phase: string]: { readonly commands: string[] } };
  readonly cache?: { readonly paths: string[] };
}

export function buildSpecOf(template: Template): BuildSpecObject {
  return JSON.parse(projectOf(template).Source.BuildSpec);
}

export interface Statement {
  readonly Sid?: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** Every Allow of the build's role, whether inline or attached. */
export function statementsOf(template: Template): Statement[] {
  const inline = Object.values(template.findResources('AWS::IAM::Role')).flatMap(({ Properties }) => Properties.Policies ?? []);
  const attached = Object.values(template.findResources('AWS::IAM::Policy')).map(({ Properties }) => Properties);
  return [...inline, ...attached].flatMap((policy) => policy.PolicyDocument.Statement);
}
