/** What the command's exit status tells CI. */
export const ExitCode = {
  /** The command did what was asked: the release is on every instance, or the command needed nothing more. */
  DONE: 0,
  /** The release was judged bad, or something failed on the way: the fleet is back on what it ran before. */
  ROLLED_BACK: 1,
  /** Nothing was begun: the input is not valid, or another deployment holds the fleet. */
  REFUSED: 2,
  /** The execution ended without an outcome of its own (stopped, timed out): recovery follows; look at the console. */
  UNKNOWN: 3,
  /** The database was changed, so the code was not taken back: the cause says what to do. */
  HELD: 4,
  /** The command line itself is wrong. */
  USAGE: 64,
  /** AWS did not answer, or did not allow the call. */
  UNAVAILABLE: 69,
} as const;

/** A failure with the exit code that belongs to it. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}
