/** Exit codes of the host program. */
export const EXIT_CODE = { usage: 64, data: 65, unavailable: 69, unhealthy: 70, disk: 73, locked: 75, fenced: 77 } as const;

/** Ends a command of the model with an exit code and the message that the program would print. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  constructor(
    readonly kind: keyof typeof EXIT_CODE,
    message: string,
    /** True where the release itself was refused: a booting host then abandons its launch at once. */
    readonly ofRelease = false,
  ) {
    super(message);
  }
}
