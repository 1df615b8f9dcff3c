import { loadPolicy, type PolicyKind } from './policy';
import { policyPlace } from './policy-place';

type Properties = Readonly<Record<string, unknown>>;

/** A resource of a template whose functions are not resolved yet. */
export interface UnresolvedResource {
  readonly Type: string;
  readonly Properties?: Properties;
}

interface Document {
  readonly label: string;
  readonly kind: PolicyKind;
  readonly document: unknown;
}

/**
 * What the policies of a template hold that the lab cannot judge: unknown elements, operators, condition keys and policy variables,
 * and AWS's own managed policies. Judged before anything is created, so references stand for any value.
 *
 * @returns a line for each problem, which names its place
 */
export function policyProblems(resources: Readonly<Record<string, UnresolvedResource>>): string[] {
  return Object.entries(resources).flatMap(([logicalId, { Type: type, Properties: properties = {} }]) => [
    ...documentsOf(type, properties).flatMap(({ label, kind, document }) => {
      const place = policyPlace({ logicalId, type }, label);
      try {
        loadPolicy(standIn(document), { name: label, place, kind });
        return [];
      } catch (error) {
        return [(error as Error).message];
      }
    }),
    ...foreignManagedPolicies(type, properties).map(
      (policy) => `${logicalId} (${type}): the lab does not have the managed policy ${policy}`,
    ),
  ]);
}

function documentsOf(type: string, properties: Properties): Document[] {
  const { PolicyDocument: document } = properties;
  if (type === 'AWS::IAM::Role') {
    const inline = (properties.Policies ?? []) as { PolicyName: unknown; PolicyDocument: unknown }[];
    const policies = inline.map(
      ({ PolicyName, PolicyDocument }): Document => ({ label: String(PolicyName), kind: 'identity', document: PolicyDocument }),
    );
    return [{ label: 'AssumeRolePolicyDocument', kind: 'trust', document: properties.AssumeRolePolicyDocument }, ...policies];
  }
  if (type === 'AWS::IAM::Policy' || type === 'AWS::IAM::ManagedPolicy') return [{ label: 'PolicyDocument', kind: 'identity', document }];
  if (type === 'AWS::S3::BucketPolicy' || type === 'AWS::SNS::TopicPolicy')
    return [{ label: 'PolicyDocument', kind: 'resource', document }];
  return [];
}

/** AWS's policies have `aws` in place of the account: `arn:aws:iam::aws:policy/...`. */
function foreignManagedPolicies(type: string, properties: Properties): string[] {
  if (type !== 'AWS::IAM::Role') return [];
  return [properties.ManagedPolicyArns ?? []]
    .flat()
    .map((policy) => JSON.stringify(policy))
    .filter((policy) => policy.includes(':iam::aws:'));
}

/** Puts a plain text in place of each function, and both branches of an `Fn::If`. */
function standIn(value: unknown): unknown {
  if (Array.isArray(value)) return value.flatMap((item) => (isIf(item) ? item['Fn::If'].slice(1).map(standIn) : [standIn(item)]));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  if (isIf(value)) return standIn(value['Fn::If'][1]);
  if (entries.length === 1 && /^(Ref|Fn::.*)$/.test(entries[0][0])) return 'reference';
  return Object.fromEntries(entries.map(([key, item]) => [key, standIn(item)]));
}

function isIf(value: unknown): value is { 'Fn::If': [string, unknown, unknown] } {
  return typeof value === 'object' && value !== null && 'Fn::If' in value;
}
