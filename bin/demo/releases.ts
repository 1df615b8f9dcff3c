import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { TAGS } from './sample-app';

/** Longest time that a release may take to load, in milliseconds. */
const LOAD_MS = 10_000;
const LOADER = path.join(__dirname, 'load-release.cjs');

/** What the demo's server can serve. */
export const RELEASE_RULE =
  'a Node.js module index.js that exports a function handler(request, response), starts no server of its own and needs nothing outside the repository';

/** What `load-release.cjs` says of a module. */
interface Loaded {
  readonly failure?: string;
  readonly exports: readonly string[];
  readonly handler: string;
  readonly health: string;
  readonly startsServer: boolean;
}

/**
 * Checks that the demo's server can serve each of the tags: checks them out into a folder of its own and loads them there.
 *
 * @param loadMs longest time that one may take to load
 * @throws Error naming the first tag that cannot be served, and what is wrong with it
 */
export function assertReleases(directory: string, loadMs = LOAD_MS): void {
  const folder = mkdtempSync(path.join(tmpdir(), 'asg-canary-check-'));
  try {
    checkOut(directory, folder);
    for (const tag of TAGS) {
      execFileSync('git', ['-C', folder, 'checkout', '--quiet', '--detach', `refs/tags/${tag}`], { stdio: 'pipe' });
      const wrong = whatIsWrong(path.join(folder, 'index.js'), loadMs);
      if (wrong !== undefined)
        throw new Error(`'--app' must have in each of the tags ${TAGS.join(', ')} ${RELEASE_RULE}; ${tag} has ${wrong}`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function checkOut(directory: string, folder: string): void {
  try {
    execFileSync('git', ['clone', '--quiet', '--shared', '--no-checkout', directory, folder], { stdio: 'pipe' });
  } catch {
    throw new Error(`'--app' must be the root of a git repository, got ${directory}`);
  }
}

/** What keeps the server from serving a module; undefined where nothing does. */
function whatIsWrong(file: string, loadMs: number): string | undefined {
  if (!existsSync(file)) return 'no index.js';
  const { output, error, status, signal } = spawnSync(process.execPath, ['--no-warnings', LOADER, file], {
    cwd: path.dirname(file),
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: loadMs,
    killSignal: 'SIGKILL',
  });
  if ((error as NodeJS.ErrnoException | undefined)?.code === 'ETIMEDOUT')
    return `an index.js that was not loaded within ${loadMs / 1000} s`;
  const text = output?.[3] ?? '';
  if (text === '') return `an index.js that ends the process when it is loaded, with ${signal ?? `exit code ${status}`}`;
  return whatIsWrongWith(JSON.parse(text));
}

function whatIsWrongWith({ failure, exports, handler, health, startsServer }: Loaded): string | undefined {
  if (failure !== undefined) return `an index.js that cannot be loaded: ${failure.split('\n')[0]}`;
  const parts = [
    ...(handler === 'function' ? [] : [`exports no function handler but ${exports.join(', ') || 'nothing'}`]),
    ...(health === 'function' || health === 'undefined' ? [] : [`exports as health, which may be left out, a ${health} and no function`]),
    ...(startsServer ? ['starts a server of its own'] : []),
  ];
  return parts.length === 0 ? undefined : `an index.js that ${parts.join(' and ')}`;
}
