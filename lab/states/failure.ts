/**
 * An error of the States Language: it has a name that Retry and Catch match, and a cause for people.
 * @see https://states-language.net/spec.html#errors
 */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    readonly error: string | undefined,
    readonly reason: string | undefined,
  ) {
    super(`${error ?? '(no error name)'}: ${reason ?? '(no cause)'}`);
  }
}

/** Something in a definition that is wrong or that the lab does not support: said when it is loaded. */
export class DefinitionError extends Error {
  override readonly name = 'DefinitionError';
}

/**
 * Whether a Retry or Catch entry with these names takes this error.
 * Nothing takes `States.Runtime`; `States.DataLimitExceeded` is taken only by its own name.
 *
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
export function takes(errorEquals: readonly string[], error: string | undefined): boolean {
  if (error === 'States.Runtime') return false;
  if (error !== undefined && errorEquals.includes(error)) return true;
  if (error === 'States.DataLimitExceeded') return false;
  if (errorEquals.includes('States.ALL')) return true;
  return errorEquals.includes('States.TaskFailed') && error !== 'States.Timeout';
}
