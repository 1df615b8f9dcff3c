import { Duration } from 'aws-cdk-lib';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { RecipeProps } from '../recipe';
import { WebServerRules } from '../recipe-host';

/** Options of `Recipe.drupal`. */
export interface DrupalRecipeOptions {
  /**
   * Secret whose text is `settings.php`. Let it set `$settings['deployment_identifier']` to the name of the release, which is that of
   * the folder above the document root.
   *
   * @default - what boots the instances writes it to `shared/`
   */
  readonly configuration?: secretsmanager.ISecret;

  /**
   * Secret whose text is `auth.json` of Composer: `COMPOSER_AUTH`.
   *
   * @default - all packages are public or in the repository
   */
  readonly composerAuth?: secretsmanager.ISecret;

  /**
   * Folder of the repository that is served.
   *
   * @default 'web'
   */
  readonly documentRoot?: string;

  /**
   * Version of PHP, in the build and on instances.
   *
   * @default '8.3'
   */
  readonly phpVersion?: string;

  /**
   * Pages that an instance asks itself for after each switch.
   *
   * @default ['/']
   */
  readonly warmUrls?: string[];

  /**
   * Address of the site, without a path, such as `https://www.example.com`: those pages are asked for under its host and scheme.
   * Without it a site with `trusted_host_patterns` may refuse them.
   *
   * @default - they are asked for under the private address of the instance
   */
  readonly baseUrl?: string;

  /**
   * Path that answers 200 to 299 when an instance can serve, of a module such as `health_check`.
   *
   * @default '/health'
   */
  readonly healthCheckPath?: string;

  /**
   * How often cron runs on stable instances.
   *
   * @default Duration.hours(1)
   */
  readonly cronInterval?: Duration;

  /**
   * Further commands after each promotion and each roll-back, once: those that purge Varnish or a CDN.
   *
   * @default - none
   */
  readonly purgeCommands?: string[];

  /**
   * Processes of PHP-FPM on an instance.
   *
   * @default 16
   */
  readonly workers?: number;
}

const EXTENSIONS = ['fpm', 'gd', 'intl', 'mbstring', 'mysqlnd', 'opcache', 'pdo', 'xml', 'zip'];

/**
 * drush ends with 0 even where something is pending: what it prints on standard output decides. `drush deploy` does all three kinds,
 * so a release that brings nothing but a deploy hook has something pending too.
 */
const STATUS = `
updates=$(vendor/bin/drush updatedb:status --format=json)
config=$(vendor/bin/drush config:status --format=json)
hooks=$(vendor/bin/drush deploy:hook-status --format=json)
is_empty() { case \${1//[[:space:]]/} in '' | '[]' | '{}') ;; *) return 1 ;; esac }`;

const CHECK_DATABASE = `${STATUS}
is_empty "$updates" && is_empty "$config" && is_empty "$hooks" || exit 2`;

/** Updates and configuration are objects by name, deploy hooks a list. A large site has more of them than an argument may be long. */
const LIST_CHANGES = `${STATUS}
names() { # KIND JSON
  is_empty "$2" || printf %s "$2" | php -r '
    $text = stream_get_contents(STDIN);
    $rows = json_decode($text, true);
    if (!is_array($rows)) {
      fwrite(STDERR, "drush printed no JSON for what is pending ($argv[1]): " . substr($text, 0, 100) . "\\n");
      exit(1);
    }
    foreach ($rows as $name => $row) {
      echo $argv[1], ": ", is_int($name) ? $row["module"] . "_deploy_" . $row["hook"] : $name, "\\n";
    }' "$1"
}
names update "$updates"
names config "$config"
names deploy "$hooks"`;

/** The sequence of drush: updates, configuration, caches, deploy hooks. */
export function drupal(options: DrupalRecipeOptions): RecipeProps {
  const { documentRoot = 'web', phpVersion = '8.3', purgeCommands = [] } = options;
  const settings = `${documentRoot}/sites/default/settings.php`;
  const rebuild = ['vendor/bin/drush cache:rebuild', ...purgeCommands].join('\n');
  return {
    runtimeVersions: { php: phpVersion },
    buildSecrets: options.composerAuth ? { COMPOSER_AUTH: options.composerAuth } : {},
    cachePaths: ['/root/.cache/composer/**/*'],
    buildCommands: ['composer install --no-dev --no-interaction --no-progress --prefer-dist --optimize-autoloader'],
    excludePaths: [`./${settings}`, `./${documentRoot}/sites/default/files/*`, './private/*', './auth.json'],
    steps: {
      checkDatabase: CHECK_DATABASE,
      listChanges: LIST_CHANGES,
      migrate: 'vendor/bin/drush deploy --yes',
      afterPromotion: rebuild,
      afterRollback: rebuild,
    },
    host: {
      php: {
        entry: `${documentRoot}/index.php`,
        sharedDirectories: [`${documentRoot}/sites/default/files`, 'private'],
        sharedFiles: [settings],
        prewarm: [documentRoot, 'vendor'],
        warmPaths: options.warmUrls ?? ['/'],
        warmBaseUrl: options.baseUrl,
      },
      webServer: {
        rules: WebServerRules.DRUPAL,
        documentRoot,
        phpVersion,
        phpExtensions: EXTENSIONS,
        phpSettings: { memory_limit: '256M' },
        workers: options.workers,
      },
      configurationFiles: options.configuration ? [{ path: settings, secret: options.configuration }] : [],
      cronJobs: [{ name: 'drupal-cron', command: 'vendor/bin/drush cron', every: options.cronInterval ?? Duration.hours(1) }],
      healthCheckPath: options.healthCheckPath ?? '/health',
      stickiness: Duration.hours(1),
    },
  };
}
