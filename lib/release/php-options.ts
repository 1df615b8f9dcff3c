import { Duration } from 'aws-cdk-lib';
import { checkDuration, checkPattern } from '../checks';

/** Where PHP-FPM of Amazon Linux listens, and its process id. */
export const FPM_SOCKET = '/run/php-fpm/www.sock';
export const FPM_PID_FILE = '/run/php-fpm/php-fpm.pid';

/**
 * How instances handle releases of a PHP application behind nginx and PHP-FPM, which the setup commands install and start.
 * nginx must give PHP the resolved folder (`$realpath_root`): a release is refused where it does not.
 */
export interface PhpOptions {
  /**
   * The file that answers requests, within a release. A release without it is refused.
   *
   * @default 'index.php'
   */
  readonly entry?: string;

  /**
   * Folders within a release that all releases of an instance share, such as uploads. A release may not ship files in them.
   *
   * @default - none
   */
  readonly sharedDirectories?: string[];

  /**
   * Files within a release that all releases of an instance share, such as its configuration. The setup commands write them
   * to `shared/` in the application's folder; a release may not ship them.
   *
   * @default - none
   */
  readonly sharedFiles?: string[];

  /**
   * Folders within a release that `sharedOwner` may write, for steps that insist on it. The rest of a release is only read.
   *
   * @default - none
   */
  readonly writableDirectories?: string[];

  /**
   * The user that owns shared folders when they are made: that of PHP-FPM.
   *
   * @default 'apache', as on Amazon Linux
   */
  readonly sharedOwner?: string;

  /**
   * Socket that PHP-FPM listens on.
   *
   * @default '/run/php-fpm/www.sock'
   */
  readonly fpmSocket?: string;

  /**
   * File with the process id of PHP-FPM, which is reloaded if it goes on with old code.
   *
   * @default '/run/php-fpm/php-fpm.pid'
   */
  readonly fpmPidFile?: string;

  /**
   * Folders and files within a release whose PHP files are compiled before the switch.
   * OPcache must have room for those of two or three releases.
   *
   * @default - the whole release
   */
  readonly prewarm?: string[];

  /**
   * How long compiling before the switch may take; what is left then is compiled by the first requests.
   *
   * @default Duration.seconds(90)
   */
  readonly prewarmTimeout?: Duration;

  /**
   * Folder within a release with static files whose version is in its `deployed_version.txt`, as Magento makes them. Instances serve
   * those of all releases that they have, so that a client finds the files that its page names whichever group answers.
   *
   * @default - none
   */
  readonly staticDirectory?: string;

  /**
   * Paths of pages that an instance asks itself for after each switch, such as `/`.
   *
   * @default - none
   */
  readonly warmPaths?: string[];

  /**
   * Address of the site, without a path, such as `https://shop.example.com`. The pages to warm are asked for under its host and scheme,
   * as the load balancer passes visitors on. Applications that redirect to their own address, as Magento does, warm nothing without it.
   *
   * @default - they are asked for under the private address of the instance
   */
  readonly warmBaseUrl?: string;
}

const FILE_PATH = /^(\/[A-Za-z0-9_][A-Za-z0-9._-]*)+$/;
/** A path within a release: no name in it is `.` or `..`. */
const PLACE = /^\.?[A-Za-z0-9_][A-Za-z0-9._-]*(\/\.?[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;
const BASE_URL = /^https?:\/\/[A-Za-z0-9.-]+(:\d{1,5})?$/;
const PAGE = /^\/[A-Za-z0-9._~:/?@%+=,&-]*$/;

/** Throws for the first option that cannot be right. */
export function checkPhpOptions(options: PhpOptions): void {
  const each = (name: string, values: string[] | undefined, pattern: RegExp) => {
    for (const value of values ?? []) checkPattern(`php.${name}`, value, pattern);
  };
  if (options.entry !== undefined) checkPattern('php.entry', options.entry, PLACE);
  each('sharedDirectories', options.sharedDirectories, PLACE);
  each('sharedFiles', options.sharedFiles, PLACE);
  each('writableDirectories', options.writableDirectories, PLACE);
  if (options.sharedOwner !== undefined) checkPattern('php.sharedOwner', options.sharedOwner, /^[a-z_][a-z0-9_-]{0,31}$/);
  if (options.fpmSocket !== undefined) checkPattern('php.fpmSocket', options.fpmSocket, FILE_PATH);
  if (options.fpmPidFile !== undefined) checkPattern('php.fpmPidFile', options.fpmPidFile, FILE_PATH);
  each('prewarm', options.prewarm, PLACE);
  if (options.staticDirectory !== undefined) checkPattern('php.staticDirectory', options.staticDirectory, PLACE);
  if (options.prewarmTimeout) checkDuration('php.prewarmTimeout', options.prewarmTimeout, Duration.seconds(1), Duration.minutes(5));
  each('warmPaths', options.warmPaths, PAGE);
  if (options.warmBaseUrl !== undefined) checkPattern('php.warmBaseUrl', options.warmBaseUrl, BASE_URL);
}
