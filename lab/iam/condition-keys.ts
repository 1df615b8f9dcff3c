/**
 * Condition keys that the lab's services put into their questions, or that IAM itself adds. A policy with another key is refused,
 * since it would be judged as if the key were absent. Keys with a name in them (tags) end with `/`.
 */
const KEYS = [
  'aws:PrincipalAccount',
  'aws:PrincipalArn',
  'aws:PrincipalIsAWSService',
  'aws:RequestedRegion',
  'aws:SecureTransport',
  'aws:SourceAccount',
  'aws:SourceArn',
  'cloudwatch:namespace',
  'dynamodb:LeadingKeys',
  's3:if-match',
  's3:if-none-match',
  's3:prefix',
  's3:TlsVersion',
  'ssm:resourceTag/',
].map((key) => key.toLowerCase());

/** Whether some service of the lab supplies this condition key. Case does not matter. */
export function isKnownConditionKey(key: string): boolean {
  const wanted = key.toLowerCase();
  return KEYS.some((known) => (known.endsWith('/') ? wanted.startsWith(known) : wanted === known));
}
