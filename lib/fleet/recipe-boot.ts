import { Aws } from 'aws-cdk-lib';
import type { PhpOptions } from '../release/php-options';
import type { ConfigurationFile, RecipeHost } from '../release/recipe-host';
import type { PinnedObject } from './fleet';
import type { BootFile } from './host-files';
import { jobTable } from './jobs';
import { phpSettings, webServerSettings } from './php-web-server';
import { BOOT } from './recipe-files';

/** How an instance of one group boots from a recipe. */
export interface RecipeBoot {
  readonly host: RecipeHost;
  readonly role: 'stable' | 'canary';
  readonly php: PhpOptions;
  readonly healthCheckPath: string;
  readonly files: readonly (BootFile & PinnedObject)[];
}

/** The part of the boot script that brings the web server, the files that releases share, and what runs beside requests. */
export function recipeBoot({ host, role, php, healthCheckPath }: RecipeBoot): string {
  const { webServer, configurationFiles = [] } = host;
  const owner = php.sharedOwner ?? 'apache';
  const jobs = jobTable(host, role);
  return [
    ...(webServer
      ? [
          'mkdir -p "$ASG_CANARY_ROOT/etc/php.d"',
          write('/etc/php.d/zz-asg-canary.ini', phpSettings(webServer), `'CONFIGURATION'`),
          write('/etc/asg-canary/web-server.conf', webServerSettings(webServer, php, healthCheckPath)),
          run('web-server'),
        ]
      : []),
    ...(configurationFiles.length > 0
      ? [
          write('/etc/asg-canary/configuration-files.conf', [
            `DOMAIN=${Aws.URL_SUFFIX}`,
            `OWNER=${owner}`,
            ...configurationFiles.map(line),
          ]),
          run('configuration-files'),
        ]
      : []),
    ...(jobs.length > 0
      ? [write('/etc/asg-canary/jobs.conf', [`OWNER=${owner}`, ...jobs], `'CONFIGURATION'`), run('jobs', 'install')]
      : []),
  ].join('\n');
}

function line({ path, secret, parameter }: ConfigurationFile): string {
  return secret ? `secret ${secret.secretArn} ${path}` : `parameter ${parameter?.parameterName} ${path}`;
}

/** @param mark quoted where the text must not be expanded by bash */
function write(file: string, lines: readonly string[], mark = 'CONFIGURATION'): string {
  return [`cat >"$ASG_CANARY_ROOT${file}" <<${mark}`, ...lines, 'CONFIGURATION'].join('\n');
}

function run(program: string, ...words: string[]): string {
  return [`"$ASG_CANARY_ROOT${BOOT}/${program}"`, ...words].join(' ');
}
