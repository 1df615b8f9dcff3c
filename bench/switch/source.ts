import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Processes } from './processes';
import type { Change, Size } from './sizes';

const FILES_IN_A_FOLDER = 40;
/** Where few files change, one of so many. */
const FEW = 100;
const WORDS = (
  'public function return array string int class extends implements private const namespace use if else foreach null self throw new ' +
  'catalog product price quote order customer session checkout payment shipping address inventory stock category attribute value store'
).split(' ');

/** Code repeats itself over files. */
const COMMON_LINES = Array.from({ length: 400 }, (_, index) => line(drawer(index + 1)));

/** A version of the application as a release archive. */
export interface Archive {
  /** What its file `health` says. */
  readonly version: string;
  readonly commit: string;
  readonly body: Uint8Array;
}

/** The application's git repository, packed as a server has it after a push: the same files for both tools. */
export class Source {
  private version = 0;
  private readonly log: string;

  constructor(
    private readonly processes: Processes,
    readonly folder: string,
    private readonly size: Size,
  ) {
    mkdirSync(folder, { recursive: true });
    this.log = `${folder}.log`;
  }

  /** Commits the next version and packs it, as the build does. */
  async next(change: Change): Promise<Archive> {
    this.version++;
    if (this.version === 1) await this.git('init', '--quiet', '--initial-branch=main');
    for (let file = 0; file < this.size.files; file++) if (change === 'all' || file % FEW === this.version % FEW) this.write(file);
    const version = `version ${this.version}\n`;
    writeFileSync(path.join(this.folder, 'health'), version);
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', `version ${this.version}`);
    await this.git('repack', '--quiet', '-d');
    const archive = `${this.folder}.tar.gz`;
    await this.shell(
      'tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX --exclude=./.git -cf - . | gzip -n >"$1"',
      archive,
    );
    const commit = readFileSync(path.join(this.folder, '.git/refs/heads/main'), 'utf8').trim();
    return { version, commit, body: readFileSync(archive) };
  }

  private write(file: number): void {
    const folder = path.join(this.folder, 'app', `module${Math.floor(file / FILES_IN_A_FOLDER)}`);
    if (file % FILES_IN_A_FOLDER === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, `File${file}.php`), text(file * 1009 + this.version, this.size.bytes));
  }

  private git(...args: readonly string[]): Promise<void> {
    return this.run('git', ['-c', 'user.name=Bench', '-c', 'user.email=bench@localhost', '-c', 'gc.auto=0', ...args]);
  }

  private shell(script: string, ...args: readonly string[]): Promise<void> {
    return this.run('bash', ['-c', `set -euo pipefail; ${script}`, 'bash', ...args]);
  }

  private run(program: string, args: readonly string[]): Promise<void> {
    const environment = { PATH: process.env.PATH!, HOME: path.dirname(this.folder), GIT_CONFIG_GLOBAL: '/dev/null', LC_ALL: 'C' };
    return this.processes.run({ program, arguments: args, folder: this.folder, environment, log: this.log });
  }
}

/** Text that compresses as code does, the same for the same seed; between half and one and a half times the length asked for. */
function text(seed: number, bytes: number): string {
  const draw = drawer(seed);
  const length = bytes / 2 + draw(bytes);
  let lines = '<?php\n';
  while (lines.length < length) lines += draw(10) < 7 ? COMMON_LINES[draw(COMMON_LINES.length)] : line(draw);
  return lines;
}

function line(draw: (limit: number) => number): string {
  const words = Array.from({ length: 2 + draw(8) }, () => WORDS[draw(WORDS.length)] + (draw(4) === 0 ? draw(1000) : ''));
  return `${' '.repeat(4 * draw(4))}${words.join(' ')}\n`;
}

/** Whole numbers below a limit, always the same ones for the same seed. */
function drawer(seed: number): (limit: number) => number {
  let state = (seed * 2654435761) >>> 0;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}
