import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Recipe } from '../../lib';
import { DRUPAL_BUILD, DRUPAL_TAGS, type DrupalTag, drupalSettings, writeDrupalRepository } from './drupal-site/repository';
import { Servers } from './servers';
import { MariaDb } from './servers/mariadb';
import { freePort } from './servers/server-process';
import { buildVersion, type Ended, php } from './store/build';
import { STORE_EXTENSIONS } from './store/environment';
import { ask } from './store/instance';

const ADDRESS = '127.52.0.1';
const root = mkdtempSync(path.join(tmpdir(), 'asg-canary-drupal-'));
let mariadb: MariaDb;
let servers: Servers;

beforeAll(async () => {
  chmodSync(root, 0o755);
  const repository = path.join(root, 'repository');
  writeDrupalRepository(repository);
  for (const tag of DRUPAL_TAGS) await buildVersion(repository, tag, folder(tag), DRUPAL_BUILD);
  mariadb = await MariaDb.start(ADDRESS, []);
  servers = new Servers(root, ADDRESS, await freePort(ADDRESS), 'web');
  await servers.start();
  await servers.configurePhp(STORE_EXTENSIONS);
});
afterAll(async () => {
  await Promise.all([mariadb.stop(), servers.stop()]);
  rmSync(root, { recursive: true });
});
beforeEach(async () => {
  await mariadb.query('DROP DATABASE IF EXISTS drupal; CREATE DATABASE drupal');
  // All releases share one file.
  mkdirSync(path.join(root, 'shared'), { recursive: true });
  writeFileSync(path.join(root, 'shared/settings.php'), drupalSettings(mariadb));
  for (const tag of DRUPAL_TAGS) {
    mkdirSync(path.join(folder(tag), 'web/sites/default'), { recursive: true });
    rmSync(path.join(folder(tag), 'web/sites/default/settings.php'), { force: true });
    symlinkSync(path.join(root, 'shared/settings.php'), path.join(folder(tag), 'web/sites/default/settings.php'));
  }
});

function folder(tag: DrupalTag): string {
  return path.join(root, 'srv/app/releases', tag);
}

function drush(tag: DrupalTag, ...args: string[]): Promise<Ended> {
  return php(folder(tag), 'vendor/bin/drush', ...args);
}

function page(tag: DrupalTag, route = '/') {
  rmSync(path.join(root, 'srv/app/current'), { force: true });
  symlinkSync(`releases/${tag}`, path.join(root, 'srv/app/current'));
  return ask(`http://${ADDRESS}:${servers.port}${route}`);
}

test('what is pending is told by standard output and never by the exit code', async () => {
  const updates = await drush('v1', 'updatedb:status', '--format=json');
  expect([updates.exitCode, JSON.parse(updates.stdout)]).toEqual([
    0,
    { site_update_10001: { module: 'site', update_id: 10001, description: '10001 - Adds the first pages.', type: 'hook_update_n' } },
  ]);
  const configuration = await drush('v1', 'config:status', '--format=json');
  expect([configuration.exitCode, JSON.parse(configuration.stdout)]).toEqual([
    0,
    {
      'system.performance': { name: 'system.performance', state: 'Only in sync dir' },
      'system.site': { name: 'system.site', state: 'Only in sync dir' },
    },
  ]);
  const hooks = await drush('v1', 'deploy:hook-status', '--format=json');
  expect([hooks.exitCode, JSON.parse(hooks.stdout)]).toEqual([
    0,
    [{ module: 'site', hook: 'rename', description: 'Renames the first page.' }],
  ]);
  expect(await drush('v1', 'deploy', '-y')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await drush('v1', 'updatedb:status', '--format=json')).toMatchObject({ exitCode: 0, stdout: '' });
  expect(await drush('v1', 'config:status', '--format=json')).toMatchObject({ exitCode: 0, stdout: '[]\n' });
  expect(await drush('v1', 'deploy:hook-status', '--format=json')).toMatchObject({ exitCode: 0, stdout: '[]\n' });
  expect(JSON.parse((await drush('v2-config', 'config:status', '--format=json')).stdout)).toEqual({
    'system.site': { name: 'system.site', state: 'Different' },
  });
  expect(Object.keys(JSON.parse((await drush('v3-update', 'updatedb:status', '--format=json')).stdout))).toEqual(['site_update_10002']);
});

describe('the steps of the recipe', () => {
  const { checkDatabase, listChanges } = Recipe.drupal().steps;
  /** As the files that the build writes. */
  const step = (tag: DrupalTag, script: string, before = '') =>
    spawnSync('bash', ['-c', `set -euo pipefail\n${before}\n${script}`], { cwd: folder(tag), encoding: 'utf8' });

  test('find and name updates, configuration and deploy hooks', async () => {
    expect(step('v1', checkDatabase!)).toMatchObject({ status: 2 });
    expect(step('v1', listChanges!)).toMatchObject({
      status: 0,
      stdout: 'update: site_update_10001\nconfig: system.performance\nconfig: system.site\ndeploy: site_deploy_rename\n',
    });
    await drush('v1', 'deploy', '-y');
    expect(step('v1', checkDatabase!)).toMatchObject({ status: 0 });
    expect(step('v1', listChanges!)).toMatchObject({ status: 0, stdout: '' });
  });

  test('find a deploy hook that is all that is pending', async () => {
    await drush('v1', 'deploy', '-y');
    await mariadb.query("DELETE FROM key_value WHERE collection = 'deploy_hook'", 'drupal');
    expect(step('v1', checkDatabase!)).toMatchObject({ status: 2 });
    expect(step('v1', listChanges!)).toMatchObject({ status: 0, stdout: 'deploy: site_deploy_rename\n' });
  });

  test('name more than fits into an argument', async () => {
    await drush('v1', 'deploy', '-y');
    const rows = "SELECT CONCAT('field.field.node.article.field_number_', seq), '' FROM seq_1_to_3000";
    await mariadb.query(`INSERT INTO config (name, data) ${rows}`, 'drupal');
    const { status, stdout } = step('v1', listChanges!);
    expect([status, stdout.trim().split('\n').length]).toEqual([0, 3000]);
  });

  test('fail where drush prints something else, and where there is no database', () => {
    const other = `mkdir -p odd/vendor/bin && printf '#!/bin/sh\\necho Deprecated: a function' >odd/vendor/bin/drush && chmod +x odd/vendor/bin/drush && cd odd`;
    expect(step('v1', listChanges!, other)).toMatchObject({
      status: 1,
      stderr: 'drush printed no JSON for what is pending (update): Deprecated: a function\n',
    });
    writeFileSync(path.join(root, 'shared/settings.php'), drupalSettings({ address: ADDRESS, port: 1 }));
    expect(step('v1', checkDatabase!)).toMatchObject({ status: 1, stderr: expect.stringContaining('refused') });
  });
});

test('deploy is updates, configuration, cache and deploy hooks, each once', async () => {
  await drush('v1', 'deploy', '-y');
  expect((await page('v1')).text).toContain('<h1>A small site</h1>\n<ul><li>Who we are</li><li>Contact</li></ul>');
  for (const command of ['updatedb', 'config:import', 'cache:rebuild', 'deploy:hook'])
    expect(await drush('v3-update', command, '-y')).toMatchObject({ exitCode: 0 });
  await mariadb.query("UPDATE node SET title = 'About us', summary = 'a few words' WHERE nid = 1", 'drupal');
  expect((await page('v3-update')).text).toContain('<h1>A larger site</h1>\n<ul><li>About us: a few words</li>');
  expect(await drush('v3-update', 'deploy', '-y')).toMatchObject({ exitCode: 0 });
  // The old code works on the new column, and keeps pages of its own.
  expect((await page('v1')).text).toContain('<li>About us</li>');
  expect((await page('v3-update')).text).toContain('Release v3-update');
});

test('new code fails on the old database', async () => {
  await drush('v1', 'deploy', '-y');
  expect(await page('v3-update')).toMatchObject({ status: 500, text: expect.stringContaining('summary') });
  expect(await page('v3-update', '/health')).toMatchObject({ status: 200, text: 'ok' });
});

test('maintenance is in the database, so of every release and host, and its status exits with 3', async () => {
  await drush('v1', 'deploy', '-y');
  expect(await drush('v1', 'maint:status')).toMatchObject({ exitCode: 0 });
  await drush('v2-config', 'maint:set', '1');
  expect(await drush('v1', 'maint:status')).toMatchObject({ exitCode: 3 });
  expect(await page('v1')).toMatchObject({ status: 503 });
  expect(await page('v1', '/health')).toMatchObject({ status: 200 });
  await drush('v2-config', 'maint:set', '0');
  expect(await page('v1')).toMatchObject({ status: 200 });
});

test('commands exit with 1 where there is no database, but for status', async () => {
  writeFileSync(path.join(root, 'shared/settings.php'), drupalSettings({ address: ADDRESS, port: 1 }));
  for (const command of ['updatedb:status', 'config:status', 'updatedb', 'deploy', 'cron'])
    expect(await drush('v1', command)).toMatchObject({ exitCode: 1, stdout: '', stderr: expect.stringContaining('refused') });
  const { exitCode, stdout } = await drush('v1', 'status', '--format=json');
  expect([exitCode, JSON.parse(stdout)]).toEqual([0, { root: `${folder('v1')}/web` }]);
  expect(await drush('v1', 'updatdb')).toMatchObject({ exitCode: 1 });
});
