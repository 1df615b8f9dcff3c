import { EPOCH, ID, SHA256 } from './documents';
import { Refusal } from './refusal';
import { matches, printable } from './strict-text';

const PATTERN: Readonly<Record<string, string>> = { '--release': ID, '--sha256': SHA256, '--epoch': EPOCH, '--keep': '[1-9][0-9]?' };
const OPTIONS: Readonly<Record<string, { readonly required: readonly string[]; readonly optional: readonly string[] }>> = {
  stage: { required: ['--release', '--sha256', '--epoch'], optional: [] },
  check: { required: ['--release', '--sha256', '--epoch'], optional: [] },
  activate: { required: ['--release', '--sha256', '--epoch'], optional: [] },
  revert: { required: ['--release', '--epoch'], optional: [] },
  sync: { required: [], optional: ['--boot'] },
  prune: { required: [], optional: ['--keep'] },
  status: { required: [], optional: [] },
};

/** A command line of the host program, checked. Options that were not given are empty. */
export interface HostCommand {
  readonly name: string;
  readonly release: string;
  readonly sha256: string;
  readonly epoch: number;
  readonly keep: string;
  readonly boot: boolean;
}

/** Reads a command line as the program does; refuses it with the same message. */
export function readArguments(argv: readonly string[]): HostCommand {
  const [name, ...rest] = argv;
  if (name === undefined) throw new Refusal('usage', 'a command is needed');
  if (!Object.hasOwn(OPTIONS, name)) throw new Refusal('usage', `there is no command '${shown(name)}'`);
  const options = OPTIONS[name];
  const given: Record<string, string> = {};
  while (rest.length > 0) {
    const option = rest.shift()!;
    if (![...options.required, ...options.optional].includes(option)) {
      throw new Refusal('usage', `'${name}' has no option '${shown(option)}'`);
    }
    if (given[option] !== undefined) throw new Refusal('usage', `'${option}' is given twice`);
    given[option] = option === '--boot' ? 'yes' : value(option, rest.shift() ?? '');
  }
  const missing = options.required.find((option) => given[option] === undefined);
  if (missing !== undefined) throw new Refusal('usage', `'${name}' needs '${missing}'`);
  return {
    name,
    release: given['--release'] ?? '',
    sha256: given['--sha256'] ?? '',
    epoch: Number(given['--epoch'] ?? 0),
    keep: given['--keep'] ?? '',
    boot: given['--boot'] !== undefined,
  };
}

function value(option: string, text: string): string {
  if (matches(text, PATTERN[option])) return text;
  throw new Refusal('usage', `'${option}' must match '${PATTERN[option]}', got '${shown(text)}'`);
}

function shown(argument: string): string {
  return printable(Buffer.from(argument).toString('latin1'));
}
