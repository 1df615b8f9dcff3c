import type { Recipe } from '../release/recipe';
import type { CanaryFleetProps } from './canary-fleet-props';
import { placeInRoot } from './php-web-server';

/** The properties of a fleet, with what its recipe says where they say nothing. */
export function withRecipe(props: CanaryFleetProps): CanaryFleetProps {
  const host = props.recipe?.host ?? {};
  if (props.php && host.php) {
    throw new Error(`'php' must be left out where the recipe has 'host.php', got both`);
  }
  const php = props.php ?? host.php;
  const configuration = host.configurationFiles?.map(({ path }) => path) ?? [];
  return {
    ...props,
    php: php && {
      ...php,
      entry: php.entry ?? (host.webServer && placeInRoot(host.webServer, 'index.php')),
      sharedFiles: [...new Set([...(php.sharedFiles ?? []), ...configuration])],
    },
    healthCheckPath: props.healthCheckPath ?? host.healthCheckPath,
    stickiness: props.stickiness ?? host.stickiness,
  };
}

/** Whether releases of the recipe bring steps, for which instances need a program. */
export function hasSteps(recipe: Recipe | undefined): boolean {
  return Object.values(recipe?.steps ?? {}).some((script) => script !== undefined);
}

/** Whether the recipe says how instances serve its releases. */
export function hasHost(recipe: Recipe | undefined): boolean {
  return Object.values(recipe?.host ?? {}).some((part) => part !== undefined);
}
