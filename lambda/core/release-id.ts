import { createHash } from 'node:crypto';

/**
 * The id of the release that an execution builds: what people know it by, and a part that no other execution has.
 * The same execution gets the same id again.
 */
export function releaseIdFor(ref: string, execution: string): string {
  const slug = ref
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 48);
  const unique = createHash('sha256').update(execution).digest('hex').slice(0, 8);
  return `${slug || 'release'}-${unique}`;
}
