import type { Duration } from 'aws-cdk-lib';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type * as ssm from 'aws-cdk-lib/aws-ssm';
import type { PhpOptions } from './php-options';

/** What an instance needs to serve releases of a recipe. */
export interface RecipeHost {
  /**
   * How releases are linked, compiled and checked.
   *
   * @default - a release is a folder that is switched, and no more
   */
  readonly php?: PhpOptions;

  /**
   * nginx and PHP-FPM, installed and configured at the first boot.
   *
   * @default - the setup commands of the fleet, or its image, bring a web server
   */
  readonly webServer?: PhpWebServer;

  /**
   * Files that all releases of an instance share and that are kept out of the artifact, fetched while an instance boots.
   *
   * @default - none
   */
  readonly configurationFiles?: ConfigurationFile[];

  /**
   * What runs again and again on stable instances, from the active release.
   *
   * @default - nothing
   */
  readonly cronJobs?: CronJob[];

  /**
   * What runs all the time on stable instances, from the active release; restarted after each switch.
   *
   * @default - nothing
   */
  readonly consumers?: Consumer[];

  /**
   * Path that answers 200 to 299 when an instance can serve.
   *
   * @default - that of the fleet
   */
  readonly healthCheckPath?: string;

  /**
   * How long a client keeps, while a deployment runs, to the group that served it first.
   *
   * @default - that of the fleet
   */
  readonly stickiness?: Duration;

  /**
   * HTML file on the machine that synthesizes, answered with 503 while the database is changed in a way that the running
   * release does not bear.
   *
   * @default - a plain page that says so
   */
  readonly maintenancePage?: string;
}

/** nginx in front of PHP-FPM, as instances on Amazon Linux 2023 install it. */
export interface PhpWebServer {
  /**
   * The rules of nginx that fit the application.
   *
   * @default WebServerRules.FRONT_CONTROLLER
   */
  readonly rules?: WebServerRules;

  /**
   * Folder of a release that is served.
   *
   * @default '.' - the release itself
   */
  readonly documentRoot?: string;

  /**
   * Version of PHP: one that Amazon Linux 2023 has.
   *
   * @default '8.3'
   */
  readonly phpVersion?: string;

  /**
   * Extensions beside those that PHP brings and OPcache, as Amazon Linux names their packages after `php8.3-`.
   *
   * @default - none
   */
  readonly phpExtensions?: string[];

  /**
   * Settings of PHP, such as `{ memory_limit: '756M' }`.
   *
   * @default - OPcache without time stamps, with room for three releases; no other
   */
  readonly phpSettings?: { [name: string]: string };

  /**
   * Requests that are served at once: processes of PHP-FPM.
   *
   * @default 16
   */
  readonly workers?: number;

  /**
   * Memory of OPcache in MiB. It must hold two to three releases.
   *
   * @default 512
   */
  readonly opcacheMemory?: number;
}

/** Rules of nginx by kind of application. */
export enum WebServerRules {
  /** Files as they are, everything else by `index.php`. */
  FRONT_CONTROLLER = 'front-controller',
  /** Magento 2: versioned static files of this release and the one before, media, `health_check.php`. */
  MAGENTO2 = 'magento2',
  /** Drupal: clean URLs, private files kept private. */
  DRUPAL = 'drupal',
}

/** A file of the instance that releases link to, with a value from Secrets Manager or Parameter Store. Exactly one of them. */
export interface ConfigurationFile {
  /** Place of the file within a release, such as `app/etc/env.php`. */
  readonly path: string;

  /**
   * The secret whose text is the file.
   *
   * @default - `parameter`
   */
  readonly secret?: secretsmanager.ISecret;

  /**
   * The parameter whose value is the file.
   *
   * @default - `secret`
   */
  readonly parameter?: ssm.IParameter;
}

/** A command that runs again and again. */
export interface CronJob {
  /** Name of its unit: lower-case letters, digits and hyphens. */
  readonly name: string;

  /** Command line, run in the active release by the owner of shared files. */
  readonly command: string;

  /** Time from the end of one run to the next; the first comes as long after boot. */
  readonly every: Duration;

  /**
   * Whether it may run on canaries too: on the new code, beside the old on other instances.
   *
   * @default false
   */
  readonly safeOnCanary?: boolean;
}

/** A command that runs all the time. */
export interface Consumer {
  /** Name of its unit: lower-case letters, digits and hyphens. */
  readonly name: string;

  /** Command line, run in the active release by the owner of shared files. */
  readonly command: string;

  /**
   * Whether it may run on canaries too: on the new code, beside the old on other instances.
   *
   * @default false
   */
  readonly safeOnCanary?: boolean;
}
