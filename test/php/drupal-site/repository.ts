import path from 'node:path';
import { type Version, writeVersions } from '../store/versions';

const AFTER = { v1: undefined, 'v2-config': 'v1', 'v3-update': 'v2-config' } as const;

export type DrupalTag = keyof typeof AFTER;
export const DRUPAL_TAGS = Object.keys(AFTER) as DrupalTag[];

/**
 * Makes the site's git repository, with a tag for each version. The branch main is at `v3-update`.
 *
 * @param more versions of your own, which may follow those and each other
 */
export function writeDrupalRepository(folder: string, more: readonly Version[] = []): void {
  const versions = DRUPAL_TAGS.map((tag) => ({ tag, after: AFTER[tag], folder: path.join(__dirname, 'changes', tag) }));
  writeVersions(folder, path.join(__dirname, 'base'), [...versions, ...more], 'v3-update');
}

/** What the build of a release runs in its folder. */
export const DRUPAL_BUILD = [['composer', 'install', '--no-dev', '--no-interaction', '--no-progress', '--quiet']];

/** The text of web/sites/default/settings.php, which all releases share: so the release is asked for by the folder that loads it. */
export function drupalSettings(database: { readonly address: string; readonly port: number; readonly name?: string }): string {
  return `<?php
$databases['default']['default'] = [
    'driver' => 'mysql',
    'host' => '${database.address}',
    'port' => '${database.port}',
    'database' => '${database.name ?? 'drupal'}',
    'username' => 'store',
    'password' => 'store',
];
$settings['config_sync_directory'] = '../config/sync';
$settings['deployment_identifier'] = basename(dirname($app_root));
`;
}
