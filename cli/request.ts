import { parseRequest, type Request } from '../lambda/core/request';
import { usage } from './usage';

/** Longest reason that the fleet's functions take, in characters. */
const LONGEST_REASON = 500;

/** The option that each field of a request is given by. */
const OPTIONS: Readonly<Record<string, string>> = {
  ref: '--ref',
  release: '--release',
  bootstrap: '--bootstrap',
  allowMaintenance: '--allow-maintenance',
  reason: '--reason',
  requestedBy: '--requested-by',
};

/**
 * A reason as the history can keep it.
 *
 * @throws CommandError for one that is blank or too long
 */
export function checkedReason(reason: string): string {
  const length = reason.trim() === '' ? 0 : [...reason].length;
  if (length === 0 || length > LONGEST_REASON)
    throw usage(`'--reason' must be a text of 1 to ${LONGEST_REASON} characters, got ${length === 0 ? 'none' : length}`);
  return reason;
}

/**
 * Checks what a deployment is started with by the rules of its first function, so that a wrong value costs no execution.
 *
 * @throws CommandError naming the option, the value and what is allowed
 */
export function checkRequest(request: Partial<Request>): void {
  try {
    parseRequest(request, { canBuild: true, hasDatabase: true });
  } catch (error) {
    throw usage((error as Error).message.replace(/^'(\w+)'/, (field, name) => (OPTIONS[name] ? `'${OPTIONS[name]}'` : field)));
  }
}
