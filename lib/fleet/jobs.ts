import type { RecipeHost } from '../release/recipe-host';

type Role = 'stable' | 'canary';

/** Units that an instance has already. */
const TAKEN = ['asg-canary-sync', 'nginx', 'php-fpm'];

/** What runs beside requests on the instances of a group, a job a line: `timer NAME SECONDS COMMAND` or `service NAME COMMAND`. */
export function jobTable(host: RecipeHost, role: Role): string[] {
  for (const { name } of [...(host.cronJobs ?? []), ...(host.consumers ?? [])]) {
    if (TAKEN.includes(name)) throw new Error(`the name of a cron job or consumer must not be one of ${TAKEN.join(', ')}, got '${name}'`);
  }
  const timers = ofGroup(host.cronJobs, role).map(({ name, every, command }) => `timer ${name} ${every.toSeconds()} ${command}`);
  return [...timers, ...ofGroup(host.consumers, role).map(({ name, command }) => `service ${name} ${command}`)];
}

/** The units of the consumers on the instances of a group: each switch must restart them. */
export function consumerUnits(host: RecipeHost | undefined, role: Role): string[] {
  return ofGroup(host?.consumers, role).map(({ name }) => `${name}.service`);
}

/** On canaries only what may run on new code beside the old. */
function ofGroup<T extends { readonly safeOnCanary?: boolean }>(jobs: readonly T[] = [], role: Role): readonly T[] {
  return role === 'stable' ? jobs : jobs.filter(({ safeOnCanary }) => safeOnCanary === true);
}
