import { checkPattern } from '../checks';
import { FPM_PID_FILE, FPM_SOCKET, type PhpOptions } from '../release/php-options';
import { type PhpWebServer, WebServerRules } from '../release/recipe-host';

/** Where the boot of the web server writes nginx's configuration. */
export const NGINX_CONFIGURATION = '/etc/nginx/nginx.conf';

/** Seconds that a request may take where the recipe sets no `max_execution_time`. */
const REQUEST_SECONDS = 300;

/** Settings of PHP for all that an instance runs: room for three releases, and nothing is looked up on the disk again. */
export function phpSettings({ phpSettings = {}, opcacheMemory = 512 }: PhpWebServer): string[] {
  for (const [name, value] of Object.entries(phpSettings)) {
    checkPattern('name in webServer.phpSettings', name, /^[A-Za-z][A-Za-z0-9._]*$/);
    checkPattern(`webServer.phpSettings.${name}`, value, /^[^\p{Cc}"]*$/u);
  }
  const settings = {
    'opcache.enable': '1',
    'opcache.memory_consumption': String(opcacheMemory),
    // It is a part of the memory, and OPcache does not start where it is all of it.
    'opcache.interned_strings_buffer': String(Math.floor(opcacheMemory / 8)),
    'opcache.max_accelerated_files': '130987',
    'opcache.validate_timestamps': '0',
    'opcache.save_comments': '1',
    expose_php: '0',
    ...phpSettings,
  };
  return Object.entries(settings).map(([name, value]) => `${name} = "${value}"`);
}

/** What `web-server` on the instance reads. */
export function webServerSettings(webServer: PhpWebServer, php: PhpOptions, healthCheckPath: string): string[] {
  const { rules = WebServerRules.FRONT_CONTROLLER, documentRoot = '.', phpVersion = '8.3', phpExtensions = [], workers = 16 } = webServer;
  const packages = new Set(['cli', 'fpm', 'opcache', ...phpExtensions].map((name) => `php${phpVersion}-${name}`));
  return [
    `PACKAGES=${['nginx', ...packages].join(' ')}`,
    `RULES=${rules}`,
    `FOLDER=${documentRoot}`,
    `ENTRY=${php.entry ?? placeInRoot(webServer, 'index.php')}`,
    'ADDRESS=$INSTANCE_ADDRESS',
    'PORT=$PORT',
    `HEALTH_PATH=${healthCheckPath}`,
    `OWNER=${php.sharedOwner ?? 'apache'}`,
    `FPM_SOCKET=${php.fpmSocket ?? FPM_SOCKET}`,
    `FPM_PID_FILE=${php.fpmPidFile ?? FPM_PID_FILE}`,
    `WORKERS=${workers}`,
    `TIMEOUT=${requestSeconds(webServer.phpSettings?.max_execution_time)}`,
  ];
}

/** Where a file of the folder that is served is within a release. */
export function placeInRoot({ documentRoot = '.' }: PhpWebServer, name: string): string {
  return documentRoot === '.' ? name : `${documentRoot}/${name}`;
}

/** 0 is no limit for PHP. */
function requestSeconds(maxExecutionTime: string | undefined): number {
  const seconds = Number(maxExecutionTime ?? REQUEST_SECONDS);
  return Number.isInteger(seconds) && seconds > 0 ? seconds : REQUEST_SECONDS;
}
