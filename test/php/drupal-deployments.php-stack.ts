import path from 'node:path';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Recipe } from '../../lib';
import { Customers } from './customers';
import { DeploymentLab, Started } from './deployment-lab';
import { drupalSettings, writeDrupalRepository } from './drupal-site/repository';
import { MariaDb } from './servers/mariadb';
import type { Version } from './store/versions';

jest.setTimeout(240_000);

const ADDRESS = '127.53.0.1';
const SECRET = 'site/settings.php';

/** What its developers add to the site's versions. */
const MORE: Version[] = [
  { tag: 'v2-declared', after: 'v2-config', files: { '.asg-canary/compatible': '# Nothing here takes a setting away.\nconfig: *\n' } },
  {
    tag: 'v3-declared',
    after: 'v3-update',
    files: { '.asg-canary/compatible': 'config: *\n# May be null, and is read by nobody yet.\nupdate: site_update_10002\n' },
  },
  {
    tag: 'v4-rename',
    after: 'v3-declared',
    files: {
      'src/FrontPage.php': `<?php
declare(strict_types=1);

namespace Site;

/** The page of the site. */
final class FrontPage
{
    public static function html(Site $site): string
    {
        return implode(', ', $site->database()->query('SELECT name FROM node ORDER BY nid')->fetchAll(\\PDO::FETCH_COLUMN));
    }
}
`,
      'web/modules/custom/site/site.install': `<?php

/** Renames a column. */
function site_update_10003(PDO $database): void
{
    $database->exec('ALTER TABLE node CHANGE title name varchar(255) NOT NULL');
}
`,
      'web/modules/custom/site/site.deploy.php': `<?php

/** Adds a page. */
function site_deploy_news(PDO $database): void
{
    $database->exec("INSERT INTO node (name) VALUES ('News')");
}
`,
    },
  },
];

describe('a site from its first release to a renamed column', () => {
  let site: DeploymentLab;
  let database: MariaDb;
  let customers: Customers;
  beforeAll(async () => {
    site = await Started.whole(async (started) => {
      const repository = path.join(started.folder, 'repository');
      database = await started.add(MariaDb.start(ADDRESS, ['drupal']));
      writeDrupalRepository(repository, MORE);
      const lab = await started.lab({
        name: 'site',
        recipe: (scope) => Recipe.drupal({ configuration: Secret.fromSecretNameV2(scope, 'Settings', SECRET), workers: 8 }),
        repository,
      });
      lab.account.secretsManager.put(SECRET, drupalSettings(database));
      await lab.deploy();
      return new DeploymentLab(started, lab, 'site');
    });
  });
  afterAll(async () => {
    await customers?.stop();
    await site.stop();
  });
  afterEach(() => expect(site.defects).toEqual([]));

  const page = async () => (await fetch(`${site.lab.url}/`)).text();

  test('the first release makes the database', async () => {
    expect(await site.run({ ref: 'v1', bootstrap: true })).toMatchObject({
      outcome: { verdict: 'promoted', database: 'the first release: 4 changes', maintenanceSeconds: 0 },
    });
    expect(await page()).toContain('<h1>A small site</h1>\n<ul><li>Who we are</li><li>Contact</li></ul>');
    customers = await Customers.of(site, site.lab.url, ['/']);
  });

  test('configuration that is not declared is refused by its name, and nothing is changed', async () => {
    const { error, outcome, others } = await customers.during({ ref: 'v2-config' });
    expect(error).toBe('Refused');
    expect(outcome.cause).toMatch(/^breaking change: .*config: system\.site.*allowMaintenance/);
    expect(others).toEqual({});
    expect(await page()).toContain('<h1>A small site</h1>');
  });

  test('the same, declared as any configuration, goes out by canary', async () => {
    const { outcome, states, others, good } = await customers.during({ ref: 'v2-declared' });
    expect(outcome).toMatchObject({
      verdict: 'promoted',
      database: 'compatible change: 1 declared compatible by the release',
      maintenanceSeconds: 0,
    });
    expect(states).toContain('Shift traffic to canary');
    expect(others).toEqual({});
    expect(good).toBeGreaterThan(500);
    expect(await page()).toContain('<h1>A larger site</h1>');
  });

  test('an update that is declared by its name goes out by canary, and is made once, before the canary serves', async () => {
    let duringCanary: string[] = [];
    const { outcome, states, others } = await customers.during({ ref: 'v3-declared' }, async (execution) => {
      await site.enters(execution, 'Analyse canary');
      duringCanary = await database.columns('node');
    });
    expect(outcome).toMatchObject({ verdict: 'promoted', database: 'compatible change: 1 declared compatible by the release' });
    expect(states.filter((state) => state === 'Migrate the database')).toHaveLength(1);
    // A second time it would fail: the column would be there.
    expect(duringCanary).toEqual(['nid', 'title', 'summary']);
    expect(others).toEqual({});
  });

  test('an update and a deploy hook that are not declared are made behind the page, for seconds that are told', async () => {
    let answer = '';
    let health: number[] = [];
    const { outcome, states, others } = await customers.during({ ref: 'v4-rename', allowMaintenance: true }, async (execution) => {
      await site.enters(execution, 'Migrate the database behind the page');
      const behind = await fetch(`${site.lab.url}/`);
      answer = `${behind.status} ${behind.headers.get('retry-after')} ${await behind.text()}`;
      health = await Promise.all(site.addresses('stable').map(async (address) => (await fetch(`${address}/health`)).status));
    });
    expect(outcome).toMatchObject({
      verdict: 'promoted',
      cause: expect.stringContaining('without a canary'),
      database: expect.stringMatching(/^breaking change: .*update: site_update_10003.*deploy: site_deploy_news/),
    });
    expect(outcome.maintenanceSeconds).toBeGreaterThan(0);
    expect(states).not.toContain('Shift traffic to canary');
    expect(answer).toMatch(/^503 \d+ .*<html/is);
    expect(health).toEqual([200, 200]);
    expect(Object.keys(others)).toEqual(['503']);
    expect(await page()).toBe('Who we are, Contact, News');
    expect(new Set(site.releases('stable'))).toEqual(new Set([outcome.release]));
  });
});
