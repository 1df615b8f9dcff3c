import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { exportVersion } from './versions';

const run = promisify(execFile);

/** What the build of a release runs in its folder: without a database and without a network. */
export function storeBuild(contentVersion: string): string[][] {
  return [
    ['composer', 'install', '--no-dev', '--no-interaction', '--no-progress', '--quiet'],
    ['php', 'bin/magento', 'setup:di:compile'],
    ['php', 'bin/magento', 'setup:static-content:deploy', '-f', 'en_US', 'de_DE', '--jobs=2', `--content-version=${contentVersion}`],
  ];
}

/** Puts a version of an application into a folder, with what its build makes there. */
export async function buildVersion(repository: string, tag: string, folder: string, commands: readonly string[][]): Promise<void> {
  exportVersion(repository, tag, folder);
  const env = { ...process.env, COMPOSER_ALLOW_SUPERUSER: '1', COMPOSER_DISABLE_NETWORK: '1' };
  for (const [program, ...args] of commands) await run(program, args, { cwd: folder, env });
}

/** Puts a version of the store into a folder, built as a release is. */
export function buildStore(repository: string, tag: string, folder: string, contentVersion = tag): Promise<void> {
  return buildVersion(repository, tag, folder, storeBuild(contentVersion));
}

/** How a command of a release ended. */
export interface Ended {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a PHP program of a release in its folder, such as `php(folder, 'bin/magento', 'setup:db:status')`. */
export async function php(folder: string, ...args: string[]): Promise<Ended> {
  try {
    return { exitCode: 0, ...(await run('php', args, { cwd: folder })) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { exitCode: code, stdout, stderr };
  }
}
