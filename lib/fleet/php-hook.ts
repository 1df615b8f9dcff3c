import { Duration } from 'aws-cdk-lib';
import { FPM_PID_FILE, FPM_SOCKET, type PhpOptions } from '../release/php-options';
import type { PinnedObject } from './fleet';
import type { BootFile } from './host-files';

/** The hook for PHP as instances get it. */
export interface PhpHook {
  readonly options: PhpOptions;
  readonly files: readonly (BootFile & PinnedObject)[];
  /** nginx's configuration where it is not nginx's own. */
  readonly nginxConfiguration?: string;
  /** Units that run code of a release and are restarted after each switch. */
  readonly restartUnits?: readonly string[];
}

/** Where the hook is on an instance. */
const HOOK = '/opt/asg-canary/asg-canary-php';

/** What the hook does besides compiling takes less than this. */
const SECONDS_BESIDES = 60;

/** The files of the hook, from the folder of what the package ships to hosts. */
export function phpHookFiles(shipped: string): Record<string, BootFile> {
  const part = (name: string) => ({ source: `${shipped}/php/${name}`, destination: `/opt/asg-canary/php/${name}` });
  return {
    PhpHook: { source: `${shipped}/asg-canary-php`, destination: HOOK, executable: true },
    PhpFastcgi: part('fastcgi.php'),
    PhpInFpm: part('in-fpm.php'),
    PhpCheckNginx: part('check-nginx.php'),
  };
}

/** The lines of `host.conf` that make the host program call the hook. */
export function phpHostLines(options: PhpOptions): string {
  return `HOOK=${HOOK}\nHOOK_SECONDS=${prewarmSeconds(options) + SECONDS_BESIDES}\n`;
}

/** The part of the boot script that writes the hook's configuration. */
export function phpConfiguration({ options, nginxConfiguration, restartUnits = [] }: PhpHook): string {
  const urls = (options.warmPaths ?? []).map((page) => `http://$INSTANCE_ADDRESS:$PORT${page}`);
  const further = [
    ...(options.warmBaseUrl ? [`WARM_BASE_URL=${options.warmBaseUrl}\n`] : []),
    ...(options.staticDirectory ? [`STATIC_DIR=${options.staticDirectory}\n`] : []),
    ...(nginxConfiguration ? [`NGINX_CONF=${nginxConfiguration}\n`] : []),
    ...(restartUnits.length > 0 ? [`RESTART_UNITS=${restartUnits.join(' ')}\n`] : []),
  ];
  return `
cat >"$ASG_CANARY_ROOT/etc/asg-canary/php.conf" <<CONFIGURATION
ENTRY=${options.entry ?? 'index.php'}
FPM_SOCKET=${options.fpmSocket ?? FPM_SOCKET}
FPM_PID_FILE=${options.fpmPidFile ?? FPM_PID_FILE}
SHARED_DIRS=${(options.sharedDirectories ?? []).join(' ')}
SHARED_FILES=${(options.sharedFiles ?? []).join(' ')}
WRITABLE=${(options.writableDirectories ?? []).join(' ')}
SHARED_OWNER=${options.sharedOwner ?? 'apache'}
PREWARM=${(options.prewarm ?? []).join(' ')}
PREWARM_SECONDS=${prewarmSeconds(options)}
WARM_URLS=${urls.join(' ')}
${further.join('')}CONFIGURATION
`;
}

function prewarmSeconds(options: PhpOptions): number {
  return (options.prewarmTimeout ?? Duration.seconds(90)).toSeconds();
}
