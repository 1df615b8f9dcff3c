import { readFileSync } from 'node:fs';
import { isInert } from './inert-types';
import { isPublicParameter } from './public-parameters';

/** Any JSON value of a template. */
// biome-ignore lint/suspicious/noExplicitAny: templates are free-form JSON
export type Json = any;

/** One entry of the template's `Resources`. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Record<string, Json>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Json;
  readonly UpdatePolicy?: Record<string, Json>;
}

/** One entry of the template's `Parameters`. */
export interface TemplateParameter {
  readonly Type: string;
  readonly Default?: string;
  readonly Description?: string;
  readonly NoEcho?: boolean | string;
}

/** A CloudFormation template as the CDK synthesizes it. */
export interface Template {
  readonly Description?: string;
  readonly Parameters?: Record<string, TemplateParameter>;
  readonly Mappings?: Record<string, Record<string, Record<string, Json>>>;
  readonly Conditions?: Record<string, Json>;
  readonly Rules?: Record<string, Json>;
  readonly Resources: Record<string, TemplateResource>;
  readonly Outputs?: Record<
    string,
    { readonly Value: Json; readonly Description?: string; readonly Condition?: string; readonly Export?: Json }
  >;
}

const SECTIONS = [
  'AWSTemplateFormatVersion',
  'Description',
  'Metadata',
  'Parameters',
  'Mappings',
  'Conditions',
  'Rules',
  'Resources',
  'Outputs',
];
const ATTRIBUTES = ['Type', 'Properties', 'DependsOn', 'Condition', 'DeletionPolicy', 'UpdateReplacePolicy', 'Metadata', 'UpdatePolicy'];
/** An update of the stack never sends these to the group at all, so there is nothing for the lab to do. */
const UPDATE_POLICIES = ['AutoScalingScheduledAction'];

/** Reads a template from a file of a cloud assembly. */
export function readTemplate(file: string): Template {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Looks for what the lab cannot do in a template's resources; one line for each problem. */
export type TemplateCheck = (resources: Template['Resources']) => string[];

/**
 * Refuses what the lab cannot do before anything is created.
 *
 * @throws Error with a line for each section, resource type, attribute or policy that is not known
 */
export function refuseUnknown(template: Template, providedTypes: ReadonlySet<string>, checks: readonly TemplateCheck[]): void {
  const problems = [
    ...unknownKeys(template, SECTIONS).map((section) => `section ${section} is not supported`),
    ...Object.keys(template.Rules ?? {})
      .filter((rule) => rule !== 'CheckBootstrapVersion')
      .map((rule) => `rule ${rule} is not supported`),
    ...Object.entries(template.Parameters ?? {}).flatMap(([id, parameter]) => parameterProblems(id, parameter)),
    ...Object.entries(template.Resources).flatMap(([id, resource]) => resourceProblems(id, resource, providedTypes)),
    ...checks.flatMap((check) => check(template.Resources)),
  ];
  if (problems.length > 0) throw new Error(`the lab cannot load the template:\n${problems.map((problem) => `  ${problem}`).join('\n')}`);
}

function unknownKeys(object: object, known: readonly string[]): string[] {
  return Object.keys(object).filter((key) => !known.includes(key));
}

function parameterProblems(id: string, { Type, Default }: TemplateParameter): string[] {
  if (Type === 'String' || Type === 'Number') return [];
  if (!Type.startsWith('AWS::SSM::Parameter::Value<')) return [`parameter ${id}: type ${Type} is not supported`];
  if (Default !== undefined && isPublicParameter(Default)) return [];
  return [`parameter ${id}: the lab does not know the public parameter ${Default}`];
}

function resourceProblems(id: string, resource: TemplateResource, providedTypes: ReadonlySet<string>): string[] {
  const problems = unknownKeys(resource, ATTRIBUTES).map((attribute) => `${id}: attribute ${attribute} is not supported`);
  for (const policy of unknownKeys(resource.UpdatePolicy ?? {}, UPDATE_POLICIES))
    problems.push(`${id}: update policy ${policy} is not supported`);
  if (!providedTypes.has(resource.Type) && !isInert(resource.Type)) problems.push(`${id}: resource type ${resource.Type} is not supported`);
  return problems;
}
