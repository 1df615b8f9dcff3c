import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { checkRecipe } from './recipe-checks';
import type { RecipeHost } from './recipe-host';
import { type DrupalRecipeOptions, drupal } from './recipes/drupal';
import { type GenericRecipeOptions, generic } from './recipes/generic';
import { type Magento2RecipeOptions, magento2 } from './recipes/magento2';

/** A recipe of your own: everything that the ones of the library say too. */
export interface RecipeProps {
  /**
   * Shell commands that build the application, run by bash in the root of the repository.
   *
   * @default - none: the repository is released as it is
   */
  readonly buildCommands?: string[];

  /**
   * Folder with what is released, relative to the root of the repository.
   *
   * @default '.' - the repository without its `.git`
   */
  readonly outputDirectory?: string;

  /**
   * Files and folders that are not released, relative to `outputDirectory`: patterns of tar.
   *
   * @default - none
   */
  readonly excludePaths?: string[];

  /**
   * Versions of the languages that the build image is to offer, such as `{ nodejs: '22' }`.
   *
   * @default - what the image has
   * @see https://docs.aws.amazon.com/codebuild/latest/userguide/runtime-versions.html
   */
  readonly runtimeVersions?: { [language: string]: string };

  /**
   * Files and folders to keep between builds, relative to the root of the repository.
   *
   * @default - none
   */
  readonly cachePaths?: string[];

  /**
   * Secrets that the build commands need, by environment variable.
   *
   * @default - those of the release build
   */
  readonly buildSecrets?: { [environmentVariable: string]: secretsmanager.ISecret };

  /**
   * What is run on an instance in the course of a deployment.
   *
   * @default - a release is only switched
   */
  readonly steps?: ReleaseSteps;

  /**
   * What an instance needs to serve the releases.
   *
   * @default - what the fleet says
   */
  readonly host?: RecipeHost;
}

/**
 * Scripts of bash that a build puts into the release, as `.asg-canary/<step>`, and that instances run from it. They run in the
 * folder of the release, by the owner of shared files, with `set -euo pipefail` and these variables: `RELEASE`, `RELEASE_DIR`,
 * `APP_DIR`, `EPOCH`. A deployment that a step fails is rolled back with the last line that it wrote.
 */
export interface ReleaseSteps {
  /**
   * Says by its exit code whether the database must change for this release: 0 no, 2 yes; any other is an error.
   * Run once, on one canary, before the release serves anybody.
   *
   * @default - the database is not looked at
   */
  readonly checkDatabase?: string;

  /**
   * Prints what would change, one SQL statement or name a line, and changes nothing. Additions alone are taken as compatible; so is
   * what the release names in `.asg-canary/compatible`.
   *
   * @default - no change can be told, so each is breaking
   */
  readonly listChanges?: string;

  /**
   * Saves the database before it is changed.
   *
   * @default - nothing; a deployment can make a snapshot of RDS
   */
  readonly backup?: string;

  /**
   * Changes the database, once, on one canary.
   *
   * @default - none; needed where there is `checkDatabase`
   */
  readonly migrate?: string;

  /**
   * Runs once on one stable instance when every instance serves the release: flushes caches, purges a CDN.
   * A failure is recorded and undoes nothing.
   *
   * @default - nothing
   */
  readonly afterPromotion?: string;

  /**
   * The same after instances went back to the release before.
   *
   * @default - nothing
   */
  readonly afterRollback?: string;
}

/**
 * How a kind of application is built into a release, and how instances serve it. Give the same recipe to `ReleaseBuild` and to
 * `CanaryFleet`.
 *
 * @example
 * const recipe = new Recipe({
 *   buildCommands: ['composer install --no-dev'],
 *   steps: { checkDatabase: 'php bin/check-schema', migrate: 'php bin/migrate', afterPromotion: 'php bin/flush-cache' },
 *   host: { webServer: { documentRoot: 'public' }, php: { entry: 'public/index.php' } },
 * });
 */
export class Recipe {
  /** Any application that is a folder after these commands. */
  static generic(options: GenericRecipeOptions = {}): Recipe {
    return new Recipe(generic(options));
  }

  /** Magento 2.4.4 and newer, and what is made from it. Read examples/magento-store first. */
  static magento2(options: Magento2RecipeOptions = {}): Recipe {
    return new Recipe(magento2(options));
  }

  /** Drupal 10 and newer with drush, as `drupal/recommended-project` lays it out. Read examples/drupal-site first. */
  static drupal(options: DrupalRecipeOptions = {}): Recipe {
    return new Recipe(drupal(options));
  }

  /** Shell commands that build the application. */
  public readonly buildCommands: string[];
  /** Folder with what is released, relative to the root of the repository. */
  public readonly outputDirectory: string;
  /** Files and folders that are not released. */
  public readonly excludePaths: string[];
  /** Versions of the languages that the build image is to offer. */
  public readonly runtimeVersions: { [language: string]: string };
  /** Files and folders to keep between builds. */
  public readonly cachePaths: string[];
  /** Secrets that the build commands need. */
  public readonly buildSecrets: { [environmentVariable: string]: secretsmanager.ISecret };
  /** What is run on an instance in the course of a deployment. */
  public readonly steps: ReleaseSteps;
  /** What an instance needs to serve the releases. */
  public readonly host: RecipeHost;

  constructor(props: RecipeProps) {
    checkRecipe(props);
    this.buildCommands = props.buildCommands ?? [];
    this.outputDirectory = props.outputDirectory ?? '.';
    this.excludePaths = props.excludePaths ?? [];
    this.runtimeVersions = props.runtimeVersions ?? {};
    this.cachePaths = props.cachePaths ?? [];
    this.buildSecrets = props.buildSecrets ?? {};
    this.steps = props.steps ?? {};
    this.host = props.host ?? {};
  }
}
