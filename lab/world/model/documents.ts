import { Refusal } from './refusal';
import { matches, printable, readFields, readLines } from './strict-text';

/** Pattern of a release id. */
export const ID = '[a-z0-9][a-z0-9._-]{0,62}[a-z0-9]';
/** Pattern of a SHA-256 digest. */
export const SHA256 = '[0-9a-f]{64}';
/** Pattern of an epoch. */
export const EPOCH = '[0-9]{1,15}';

const FILE_PATH = '(/[A-Za-z0-9_][A-Za-z0-9._-]*)+';

const REQUIRED: Readonly<Record<string, string>> = {
  FLEET: '[a-z][a-z0-9-]{0,23}',
  GROUP: 'stable|canary',
  GROUP_NAME: '[A-Za-z0-9._-]+',
  LAUNCH_HOOK: '[A-Za-z0-9._-]+',
  REGION: '[a-z0-9-]+',
  BUCKET: '[a-z0-9][a-z0-9.-]*',
  APP_DIR: FILE_PATH,
  PROBE_URL: 'https?://[A-Za-z0-9.:-]+(/[A-Za-z0-9._:/@%+=,-]*)?',
  PLACEHOLDER_BUCKET: '[a-z0-9][a-z0-9.-]*',
  PLACEHOLDER_KEY: '[A-Za-z0-9._/-]+',
  PLACEHOLDER_SHA256: SHA256,
  KEEP_RELEASES: '[1-9][0-9]?',
};
const OPTIONAL: Readonly<Record<string, string>> = {
  PROBE_ATTEMPTS: '[1-9][0-9]?',
  LOCK_SECONDS: '[1-9][0-9]{0,2}',
  REVERT_LOCK_SECONDS: '[1-9][0-9]{0,2}',
  HOOK: FILE_PATH,
  HOOK_SECONDS: '[1-9][0-9]{0,2}',
  STAGE_BOTH: 'yes|no',
};
const DEFAULTS = { PROBE_ATTEMPTS: '10', LOCK_SECONDS: '60', REVERT_LOCK_SECONDS: '600', HOOK: '', HOOK_SECONDS: '120', STAGE_BOTH: 'no' };

/** Reads `host.conf`: one `KEY=VALUE` a line, in any order. */
export function readConfig(text: string): Record<string, string> {
  const patterns: Record<string, string> = { ...REQUIRED, ...OPTIONAL };
  const seen: Record<string, string> = {};
  for (const [index, line] of readLines(Buffer.from(text), 'host.conf').entries()) {
    const key = line.split('=', 1)[0];
    const value = line.slice(line.indexOf('=') + 1);
    if (!matches(line, '[A-Z0-9_]+=.*') || patterns[key] === undefined) {
      throw new Refusal('data', `malformed host.conf: line ${index + 1} must be KEY=VALUE with a known key, got '${printable(line)}'`);
    }
    if (seen[key] !== undefined) throw new Refusal('data', `malformed host.conf: line ${index + 1} repeats '${key}'`);
    if (!matches(value, patterns[key])) {
      throw new Refusal('data', `malformed host.conf: '${key}' must match '${patterns[key]}', got '${printable(value)}'`);
    }
    seen[key] = value;
  }
  const missing = Object.keys(REQUIRED).find((key) => seen[key] === undefined);
  if (missing !== undefined) throw new Refusal('data', `malformed host.conf: '${missing}' is missing`);
  return { ...DEFAULTS, ...seen };
}

/** A release as a pointer names it; both empty for none. */
export interface Named {
  readonly id: string;
  readonly sha256: string;
}

/** The object that a group's hosts converge to. */
export interface Pointer {
  readonly epoch: number;
  readonly phase: string;
  readonly committed: Named;
  readonly candidate: Named;
}

/** Reads a pointer. */
export function readPointer(body: Uint8Array, key: string): Pointer {
  const fields = readFields(body, `pointer ${key}`, [
    'asg-canary-pointer 1',
    `epoch=${EPOCH}`,
    'phase=(idle|checking|maintenance|deploying|promoting|promoted|migrated)',
    `committed=(${ID})?`,
    `committed_sha256=(${SHA256})?`,
    `candidate=(${ID})?`,
    `candidate_sha256=(${SHA256})?`,
  ]);
  const committed = { id: fields.committed, sha256: fields.committed_sha256 };
  const candidate = { id: fields.candidate, sha256: fields.candidate_sha256 };
  if ([committed, candidate].some(({ id, sha256 }) => (id === '') !== (sha256 === ''))) {
    throw new Refusal('data', `malformed pointer ${key}: a release and its sha256 must both be given or both be empty`);
  }
  return { epoch: Number(fields.epoch), phase: fields.phase, committed, candidate };
}

/** Checks that a manifest is that of this release with this sha256. */
export function checkManifest(body: Uint8Array, release: string, wanted: string): void {
  const { id, sha256 } = readFields(body, `manifest releases/${release}/manifest`, [
    'asg-canary-manifest 1',
    `id=${ID}`,
    `sha256=${SHA256}`,
    'size=[0-9]{1,15}',
    'ref=[ -~]{0,255}',
    'commit=([0-9a-f]{40})?',
  ]);
  if (id !== release) throw new Refusal('data', `the manifest of ${release} is that of ${id}`);
  if (sha256 !== wanted) throw new Refusal('data', `the manifest of ${release} has sha256 ${sha256}, asked for ${wanted}`);
}
