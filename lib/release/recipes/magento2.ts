import { Duration } from 'aws-cdk-lib';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { checkPattern, checkWholeNumber } from '../../checks';
import type { RecipeProps } from '../recipe';
import { WebServerRules } from '../recipe-host';
import { CHECK_DATABASE, LIST_CHANGES, MIGRATE } from './magento2-steps';

/** Options of `Recipe.magento2`. */
export interface Magento2RecipeOptions {
  /**
   * Secret whose text is `app/etc/env.php`. It must set `deployment/blue_green/enabled`.
   *
   * @default - what boots the instances writes `shared/app/etc/env.php`
   */
  readonly configuration?: secretsmanager.ISecret;

  /**
   * Secret whose text is `auth.json` of Composer, for repo.magento.com and the repositories of vendors: `COMPOSER_AUTH`.
   *
   * @default - all packages are public or in the repository
   */
  readonly composerAuth?: secretsmanager.ISecret;

  /**
   * Locales of the static files.
   *
   * @default ['en_US']
   */
  readonly locales?: string[];

  /**
   * Themes of the static files, such as `Magento/luma`; with those of the admin.
   *
   * @default - all
   */
  readonly themes?: string[];

  /**
   * Processes that make static files.
   *
   * @default 4
   */
  readonly jobs?: number;

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
   * Without it Magento redirects them to its base URL, and only that redirect is warmed.
   *
   * @default - they are asked for under the private address of the instance
   */
  readonly baseUrl?: string;

  /**
   * Whether all indexes are made anew after each promotion.
   *
   * @default false
   */
  readonly reindex?: boolean;

  /**
   * Consumers of message queues that run on stable instances.
   *
   * @default - none; those that `cron_run` of env.php names are started by cron
   */
  readonly consumers?: string[];

  /**
   * Further commands after each promotion and each roll-back, once: those that purge a CDN.
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

/** What Magento 2.4 asks for beside what PHP brings: https://experienceleague.adobe.com/docs/commerce-operations/installation-guide/prerequisites/php-settings.html */
const EXTENSIONS = ['bcmath', 'fpm', 'gd', 'intl', 'mbstring', 'mysqlnd', 'opcache', 'pdo', 'process', 'soap', 'sodium', 'xml', 'zip'];

/** Magento's command-line contract, in the order in which a release meets it. */
export function magento2(options: Magento2RecipeOptions): RecipeProps {
  const { locales = ['en_US'], themes = [], jobs = 4, phpVersion = '8.3', consumers = [], purgeCommands = [], reindex = false } = options;
  for (const locale of locales) checkPattern('locales', locale, /^[a-z]{2,3}(_[A-Z][a-z]{3})?_[A-Z]{2}$/);
  for (const theme of themes) checkPattern('themes', theme, /^[A-Za-z0-9_-]+\/[A-Za-z0-9_-]+$/);
  for (const consumer of consumers) checkPattern('consumers', consumer, /^[A-Za-z0-9._-]+$/);
  checkWholeNumber('jobs', jobs, 1, 64);
  const chosen = [...themes.map((theme) => `--theme=${theme}`), ...locales].join(' ');
  const flush = ['php bin/magento cache:flush --no-ansi', ...purgeCommands];
  return {
    runtimeVersions: { php: phpVersion },
    buildSecrets: options.composerAuth ? { COMPOSER_AUTH: options.composerAuth } : {},
    cachePaths: ['/root/.cache/composer/**/*'],
    buildCommands: [
      'composer install --no-dev --no-interaction --no-progress --prefer-dist',
      'php -d memory_limit=-1 bin/magento setup:di:compile --no-ansi',
      'composer dump-autoload --no-dev --optimize --apcu --no-interaction',
      `php -d memory_limit=-1 bin/magento setup:static-content:deploy -f --jobs=${jobs} --content-version="$(date +%s)" --no-ansi ${chosen}`,
    ],
    excludePaths: ['./app/etc/env.php', './var/*', './pub/media/*', './dev', './auth.json'],
    steps: {
      checkDatabase: CHECK_DATABASE,
      listChanges: LIST_CHANGES,
      migrate: MIGRATE,
      afterPromotion: [...flush, ...(reindex ? ['php bin/magento indexer:reindex --no-ansi'] : [])].join('\n'),
      afterRollback: flush.join('\n'),
    },
    host: {
      php: {
        entry: 'pub/index.php',
        sharedDirectories: ['pub/media', 'var'],
        sharedFiles: ['app/etc/env.php'],
        // setup:upgrade writes config.php anew, even where nothing in it changes.
        writableDirectories: ['app/etc'],
        staticDirectory: 'pub/static',
        prewarm: ['app', 'generated', 'pub', 'vendor'],
        warmPaths: options.warmUrls ?? ['/'],
        warmBaseUrl: options.baseUrl,
      },
      webServer: {
        rules: WebServerRules.MAGENTO2,
        documentRoot: 'pub',
        phpVersion,
        phpExtensions: EXTENSIONS,
        phpSettings: { memory_limit: '756M', max_execution_time: '1800', realpath_cache_size: '10M', realpath_cache_ttl: '7200' },
        workers: options.workers,
      },
      configurationFiles: options.configuration ? [{ path: 'app/etc/env.php', secret: options.configuration }] : [],
      cronJobs: [{ name: 'magento-cron', command: 'php bin/magento cron:run', every: Duration.minutes(1) }],
      consumers: consumers.map((name) => ({
        name: `magento-${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`,
        command: `php bin/magento queue:consumers:start ${name}`,
      })),
      healthCheckPath: '/health_check.php',
      stickiness: Duration.hours(1),
    },
  };
}
