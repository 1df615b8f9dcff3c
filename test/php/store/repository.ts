import path from 'node:path';
import { type Version, writeVersions } from './versions';

/** The store's versions, each with the one that it follows. `README.md` says what each is for. */
const AFTER = {
  v1: undefined,
  'v2-template': 'v1',
  'v3-additive': 'v2-template',
  'v3-additive-slow': 'v3-additive',
  'v4-drop': 'v3-additive',
  'v5-broken-patch': 'v3-additive',
  'v6-declared': 'v3-additive',
  'v7-config': 'v3-additive',
} as const;

export type StoreTag = keyof typeof AFTER;
export const STORE_TAGS = Object.keys(AFTER) as StoreTag[];

/**
 * Makes the store's git repository, with a tag for each version. The branch main is at `v3-additive`.
 *
 * @param folder is made, and must not hold a repository yet
 * @param more versions of your own, which may follow those and each other
 */
export function writeStoreRepository(folder: string, more: readonly Version[] = []): void {
  const versions = STORE_TAGS.map((tag) => ({
    tag,
    after: AFTER[tag],
    folder: path.join(__dirname, 'changes', tag),
    files: namedAs(tag),
  }));
  const others = more.map((version) => ({ ...version, files: { ...namedAs(version.tag), ...version.files } }));
  writeVersions(folder, path.join(__dirname, 'base'), [...versions, ...others], 'v3-additive');
}

/** The file from which the pages know their version. */
function namedAs(tag: string): Record<string, string> {
  return {
    'app/code/Store/Framework/Version.php': `<?php
declare(strict_types=1);

namespace Store\\Framework;

/** The version of the code, which pages name. Written for each tag of the repository. */
final class Version
{
    public const TAG = '${tag}';
}
`,
  };
}
