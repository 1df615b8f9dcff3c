import { Duration } from 'aws-cdk-lib';
import { checkDuration, checkPattern, checkWholeNumber } from '../checks';
import { checkPhpOptions } from './php-options';
import type { RecipeProps } from './recipe';
import type { RecipeHost } from './recipe-host';

/** A path within a release or a repository: no name in it is `.` or `..`. */
const PLACE = /^\.?[A-Za-z0-9_][A-Za-z0-9._-]*(\/\.?[A-Za-z0-9_][A-Za-z0-9._-]*)*$/;
const UNIT = /^[a-z][a-z0-9-]{0,40}$/;
/** One line, so that it fits into a unit of systemd. */
const COMMAND = /^[^\p{Cc}]{1,500}$/u;

/** Throws for the first property of a recipe that cannot be right. */
export function checkRecipe({ outputDirectory = '.', excludePaths = [], steps = {}, host = {} }: RecipeProps): void {
  const isInside =
    /^[A-Za-z0-9._/-]+$/.test(outputDirectory) && !outputDirectory.startsWith('/') && !outputDirectory.split('/').includes('..');
  if (!isInside) throw new Error(`'outputDirectory' must be a folder inside the repository, got '${outputDirectory}'`);
  for (const excluded of excludePaths) checkPattern('excludePaths', excluded, /^[A-Za-z0-9._*/@-]+$/);
  for (const [name, script] of Object.entries(steps)) {
    if (script.trim() === '') throw new Error(`'steps.${name}' must be a script of bash, got nothing`);
  }
  if (steps.checkDatabase && !steps.migrate) throw new Error(`'steps.checkDatabase' needs 'steps.migrate', got none`);
  if (steps.listChanges && !steps.checkDatabase) throw new Error(`'steps.listChanges' needs 'steps.checkDatabase', got none`);
  if (steps.migrate && !steps.checkDatabase) throw new Error(`'steps.migrate' needs 'steps.checkDatabase', got none`);
  checkHost(host);
}

function checkHost({ php, webServer, configurationFiles = [], cronJobs = [], consumers = [] }: RecipeHost): void {
  if (php) checkPhpOptions(php);
  if (webServer) {
    const { documentRoot, phpVersion, phpExtensions = [], workers, opcacheMemory } = webServer;
    if (documentRoot !== undefined && documentRoot !== '.') checkPattern('webServer.documentRoot', documentRoot, PLACE);
    if (phpVersion !== undefined) checkPattern('webServer.phpVersion', phpVersion, /^8\.[1-9]$/);
    for (const extension of phpExtensions) checkPattern('webServer.phpExtensions', extension, /^[a-z][a-z0-9-]*$/);
    if (workers !== undefined) checkWholeNumber('webServer.workers', workers, 1, 1000);
    if (opcacheMemory !== undefined) checkWholeNumber('webServer.opcacheMemory', opcacheMemory, 64, 8192);
  }
  for (const { path, secret, parameter } of configurationFiles) {
    checkPattern('configurationFiles.path', path, PLACE);
    if ((secret === undefined) === (parameter === undefined)) {
      throw new Error(`a configuration file must have one of 'secret' and 'parameter', got ${secret ? 'both' : 'neither'} for '${path}'`);
    }
  }
  for (const job of cronJobs) checkDuration(`cronJobs ${job.name}`, job.every, Duration.seconds(10), Duration.days(7));
  const names = [...cronJobs, ...consumers].map(({ name, command }) => {
    checkPattern('name of a cron job or consumer', name, UNIT);
    checkPattern(`command of '${name}'`, command, COMMAND);
    return name;
  });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`names of cron jobs and consumers must differ, got '${twice}' twice`);
}
