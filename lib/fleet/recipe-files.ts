import type { Recipe } from '../release/recipe';
import { WebServerRules } from '../release/recipe-host';
import type { BootFile } from './host-files';

/** Where the programs and templates of a recipe's boot are on an instance. */
export const BOOT = '/opt/asg-canary/boot';

/** The files that an instance of a recipe boots with, from the folder of what the package ships to hosts. */
export function recipeFiles(shipped: string, recipe: Recipe | undefined): Record<string, BootFile> {
  const { webServer, maintenancePage, configurationFiles = [], cronJobs = [], consumers = [] } = recipe?.host ?? {};
  const part = (name: string, executable = false) => ({ source: `${shipped}/boot/${name}`, destination: `${BOOT}/${name}`, executable });
  return {
    ...(webServer && {
      WebServer: part('web-server', true),
      NginxConfiguration: part('nginx.conf'),
      NginxRules: part(`rules/${webServer.rules ?? WebServerRules.FRONT_CONTROLLER}.conf`),
      FpmConfiguration: part('php-fpm.conf'),
      MaintenancePage: { ...part('maintenance.html'), ...(maintenancePage !== undefined && { source: maintenancePage }) },
    }),
    ...(configurationFiles.length > 0 && { ConfigurationFiles: part('configuration-files', true) }),
    ...(cronJobs.length + consumers.length > 0 && { Jobs: part('jobs', true) }),
  };
}
