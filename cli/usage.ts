import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CommandError, ExitCode } from './exit-code';

/** A command line that is wrong. */
export function usage(message: string): CommandError {
  return new CommandError(`${message} (see asg-canary --help)`, ExitCode.USAGE);
}

/** The options of a command line, as texts, and its other arguments. */
export interface Arguments {
  readonly values: Readonly<Record<string, string | undefined>>;
  readonly positionals: readonly string[];
}

/**
 * Takes a command line apart; an option that is a switch has the text `true`.
 *
 * @throws CommandError for an option or argument that the command does not know
 */
export function parseArguments(
  args: readonly string[],
  options: NonNullable<ParseArgsConfig['options']>,
  allowPositionals = false,
): Arguments {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals });
    return { values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)])), positionals };
  } catch (error) {
    throw usage((error as Error).message);
  }
}
