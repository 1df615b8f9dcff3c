import { RELEASE_ID_PATTERN } from '../../lib/deployment/contract';
import { DeploymentError } from './errors';

/** What an execution was started for. Fields that were not given are empty, so that every path of the state exists. */
export interface Request {
  readonly mode: 'deploy' | 'rollback' | 'recover';
  readonly ref: string;
  readonly release: string;
  readonly bootstrap: boolean;
  /** Whether the database may change in a way that the running release does not bear, behind a maintenance page. */
  readonly allowMaintenance: boolean;
  readonly reason: string;
  readonly requestedBy: string;
}

/** What a deployment can do. */
export interface Abilities {
  /** Whether there is a build project. */
  readonly canBuild: boolean;
  /** Whether releases say what the database needs. */
  readonly hasDatabase: boolean;
}

const MODES = ['deploy', 'rollback', 'recover'];
const FIELDS = ['mode', 'ref', 'release', 'bootstrap', 'allowMaintenance', 'reason', 'requestedBy'];
/** What CodeBuild's source version and the manifest's `ref` may hold. */
const REF = /^[A-Za-z0-9_@+][A-Za-z0-9._/@+-]{0,254}$/;
const RELEASE_ID = new RegExp(RELEASE_ID_PATTERN);
const LINE = /^[^\p{Cc}]{0,500}$/u;

/**
 * Checks the input of an execution.
 *
 * @throws DeploymentError `InvalidInput` naming the field, the value and what is allowed
 */
export function parseRequest(input: unknown, abilities: Abilities): Request {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) throw invalid('the input', 'a JSON object', input);
  const given = input as Record<string, unknown>;
  for (const field of Object.keys(given)) {
    if (!FIELDS.includes(field))
      throw new DeploymentError('InvalidInput', `the input must have only the fields ${FIELDS.join(', ')}, got '${field}'`);
  }
  const request = {
    mode: choice('mode', given.mode ?? 'deploy'),
    ref: text('ref', given.ref, REF, 'a git ref of 1 to 255 letters, digits and . _ / @ + -, not beginning with - . or /'),
    release: text('release', given.release, RELEASE_ID, `a release id that matches ${RELEASE_ID_PATTERN}`),
    bootstrap: flag('bootstrap', given.bootstrap),
    allowMaintenance: flag('allowMaintenance', given.allowMaintenance),
    reason: text('reason', given.reason, LINE, 'one line of at most 500 characters'),
    requestedBy: text('requestedBy', given.requestedBy, LINE, 'one line of at most 500 characters'),
  };
  checkCombination(request, abilities);
  return request;
}

function checkCombination({ mode, ref, release, bootstrap, allowMaintenance }: Request, { canBuild, hasDatabase }: Abilities): void {
  const refuse = (message: string): never => {
    throw new DeploymentError('InvalidInput', message);
  };
  if (mode === 'deploy') {
    if (ref === '' && release === '') refuse(`mode 'deploy' needs 'ref' or 'release', got neither`);
    if (ref !== '' && release !== '') refuse(`mode 'deploy' needs one of 'ref' and 'release', got '${ref}' and '${release}'`);
    if (allowMaintenance && !hasDatabase) {
      refuse(`'allowMaintenance' needs a recipe that checks the database, and this deployment has none: leave it out, got true`);
    }
    if (allowMaintenance && bootstrap)
      refuse(`'allowMaintenance' is not for the first release, which breaks nobody, got true with 'bootstrap'`);
    if (ref !== '' && !canBuild) refuse(`'ref' needs a build, and this deployment has none: give 'release', got '${ref}'`);
    return;
  }
  if (ref !== '') refuse(`'ref' is only for mode 'deploy', got '${ref}' with mode '${mode}'`);
  if (bootstrap) refuse(`'bootstrap' is only for mode 'deploy', got true with mode '${mode}'`);
  if (allowMaintenance) refuse(`'allowMaintenance' is only for mode 'deploy', got true with mode '${mode}'`);
  if (mode === 'recover' && release !== '') refuse(`'release' is not for mode 'recover', got '${release}'`);
}

function choice(field: string, value: unknown): Request['mode'] {
  if (typeof value !== 'string' || !MODES.includes(value)) throw invalid(`'${field}'`, `one of ${MODES.join(', ')}`, value);
  return value as Request['mode'];
}

function flag(field: string, value: unknown): boolean {
  if (value !== undefined && typeof value !== 'boolean') throw invalid(`'${field}'`, 'true or false', value);
  return value === true;
}

function text(field: string, value: unknown, pattern: RegExp, allowed: string): string {
  if (value === undefined) return '';
  if (typeof value !== 'string' || !pattern.test(value)) throw invalid(`'${field}'`, allowed, value);
  return value;
}

function invalid(field: string, allowed: string, value: unknown): DeploymentError {
  return new DeploymentError('InvalidInput', `${field} must be ${allowed}, got ${JSON.stringify(value)?.slice(0, 200)}`);
}
