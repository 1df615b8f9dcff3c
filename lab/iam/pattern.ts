/** Text with the wildcards of IAM: `*` for any characters, `?` for one. */
export type Matcher = (text: string) => boolean;

const ARN_PARTS = 6;

export function wildcard(pattern: string, { ignoreCase = false } = {}): Matcher {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern) && !ignoreCase) return (text) => text === pattern;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*/g, '.*')
    .replace(/\?/g, '.');
  const regexp = new RegExp(`^${source}$`, ignoreCase ? 'is' : 's');
  return (text) => regexp.test(text);
}

/**
 * The pattern of an ARN, whose wildcards do not reach over its first five colons.
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function arnPattern(pattern: string): Matcher {
  if (pattern === '*') return () => true;
  const parts = partsOf(pattern).map((part) => wildcard(part));
  return (arn) => {
    const found = partsOf(arn);
    return found.length === parts.length && parts.every((matches, index) => matches(found[index]));
  };
}

function partsOf(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= ARN_PARTS ? parts : [...parts.slice(0, ARN_PARTS - 1), parts.slice(ARN_PARTS - 1).join(':')];
}
