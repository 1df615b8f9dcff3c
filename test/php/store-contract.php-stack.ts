import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { MariaDb } from './servers/mariadb';
import { Redis } from './servers/redis';
import { Varnish } from './servers/varnish';
import { REDIS_DATABASE, type StoreAddresses, type StoreSettings, storeEnvironment } from './store/environment';
import { ask, StoreInstance } from './store/instance';
import { type StoreTag, writeStoreRepository } from './store/repository';

const ADDRESS = '127.51.0.1';
const REPOSITORY = mkdtempSync(path.join(tmpdir(), 'asg-canary-repository-'));
const GREEN = { blueGreen: true };

let mariadb: MariaDb;
let redis: Redis;
let store: StoreInstance;
let addresses: StoreAddresses;
let tests = 0;

beforeAll(async () => {
  writeStoreRepository(REPOSITORY);
  [mariadb, redis, store] = await Promise.all([MariaDb.start(ADDRESS, []), Redis.start(ADDRESS), StoreInstance.start(REPOSITORY, ADDRESS)]);
});
afterAll(async () => {
  await Promise.all([mariadb.stop(), redis.stop(), store.stop()]);
  rmSync(REPOSITORY, { recursive: true });
});
beforeEach(async () => {
  const name = `store${++tests}`;
  await mariadb.query(`CREATE DATABASE ${name} CHARACTER SET utf8mb4`);
  await redis.command(['flushall']);
  addresses = { database: { address: mariadb.address, port: mariadb.port, name }, redis };
});

/** Adds a release of a tag for the database of this test, and returns its id. */
async function add(tag: StoreTag, settings: StoreSettings = {}): Promise<string> {
  const id = `${tag}-${tests}${settings.blueGreen ? '-green' : ''}`;
  await store.add(id, tag, storeEnvironment(addresses, settings));
  return id;
}

/** Adds a release, upgrades the database with it, and makes it the one that is served. */
async function serve(tag: StoreTag, settings: StoreSettings = {}): Promise<string> {
  const id = await add(tag, settings);
  expect(await store.magento(id, 'setup:upgrade', '--keep-generated')).toMatchObject({ exitCode: 0, stderr: '' });
  store.switchTo(id);
  return id;
}

async function exitCode(release: string, ...command: string[]): Promise<number> {
  return (await store.magento(release, ...command)).exitCode;
}

function columns(): Promise<string> {
  return mariadb.query(
    `SELECT GROUP_CONCAT(column_name ORDER BY ordinal_position) FROM information_schema.columns
     WHERE table_schema = '${addresses.database.name}' AND table_name = 'product'`,
  );
}

const sql = (text: string) => mariadb.query(text, addresses.database.name);
const dryRun = (release: string) => readFileSync(path.join(store.folder(release), 'var/log/dry-run-installation.log'), 'utf8');

describe('setup:db:status and app:config:status', () => {
  test('tell by exit code what is to be done', async () => {
    const v1 = await add('v1');
    expect([await exitCode(v1, 'setup:db:status'), await exitCode(v1, 'app:config:status')]).toEqual([2, 2]);
    await serve('v1', GREEN);
    expect([await exitCode(v1, 'setup:db:status'), await exitCode(v1, 'app:config:status')]).toEqual([0, 0]);
    const [v2, v3, v6] = [await add('v2-template'), await add('v3-additive'), await add('v6-declared')];
    expect([await exitCode(v2, 'setup:db:status'), await exitCode(v3, 'setup:db:status')]).toEqual([0, 2]);
    expect((await store.magento(v6, 'setup:db:status')).stdout).toContain('Data patches are not up to date\n');
  });

  test('exit with 1 where there is no store, or no database', async () => {
    await store.add('bare', 'v1');
    const environment = storeEnvironment({ ...addresses, database: { address: ADDRESS, port: 1 } });
    await store.add('unreachable', 'v1', environment);
    expect(await store.magento('bare', 'setup:db:status')).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('not installed') });
    for (const name of ['setup:db:status', 'app:config:status', 'setup:upgrade'])
      expect(await store.magento('unreachable', name)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('refused') });
  });

  test('know a change of the configuration, which app:config:import and setup:upgrade bring in', async () => {
    await serve('v3-additive');
    const v7 = await add('v7-config');
    expect([await exitCode(v7, 'setup:db:status'), await exitCode(v7, 'app:config:status')]).toEqual([0, 2]);
    expect(await exitCode(v7, 'app:config:import')).toBe(0);
    expect(await exitCode(v7, 'app:config:status')).toBe(0);
    store.switchTo(v7);
    expect((await store.page('/')).text).toContain('<h1 class="welcome">A larger store</h1>');
  });
});

describe('setup:upgrade', () => {
  test('--dry-run=1 writes the statements and changes no table, but flushes the cache', async () => {
    await serve('v1');
    const v3 = await add('v3-additive');
    await redis.command(['set', 'store_something', 'kept'], REDIS_DATABASE.cache);
    const before = await columns();
    expect(await exitCode(v3, 'setup:upgrade', '--dry-run=1', '--keep-generated')).toBe(0);
    expect(dryRun(v3)).toBe('ALTER TABLE `product` ADD COLUMN `badge` varchar(32) NULL\n\n');
    expect(await columns()).toBe(before);
    expect(await redis.command(['get', 'store_something'], REDIS_DATABASE.cache)).toBe('');
    expect(await exitCode(v3, 'setup:db:status')).toBe(2);
  });

  test('--dry-run without a value upgrades', async () => {
    await serve('v1');
    const v3 = await add('v3-additive');
    expect(await exitCode(v3, 'setup:upgrade', '--dry-run')).toBe(0);
    expect(await columns()).toContain('badge');
    expect(await exitCode(v3, 'setup:db:status')).toBe(0);
  });

  test('can be run again', async () => {
    const v1 = await serve('v1');
    const rows = await sql('SELECT * FROM product; SELECT * FROM patch_list; SELECT * FROM setup_module');
    expect(await exitCode(v1, 'setup:upgrade')).toBe(0);
    expect(await sql('SELECT * FROM product; SELECT * FROM patch_list; SELECT * FROM setup_module')).toBe(rows);
  });

  test('that fails half-way leaves what it did, and the release before works on it', async () => {
    await serve('v3-additive', GREEN);
    const v5 = await add('v5-broken-patch');
    const prices = await sql('SELECT price FROM product');
    expect(await store.magento(v5, 'setup:upgrade', '--keep-generated')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('Unable to apply patch Store\\Catalog\\Setup\\Patch\\Data\\ConvertPrices'),
    });
    expect(await columns()).toContain('season_price');
    expect(await sql('SELECT patch_name FROM patch_list')).toContain('AddSeasonPrices');
    expect(await sql('SELECT price FROM product')).toBe(prices);
    expect(await exitCode(v5, 'setup:db:status')).toBe(2);
    expect(await store.page('/product/3')).toMatchObject({ status: 200 });
  });

  test('drops a column, which --safe-mode=1 keeps in a file, and the release before fails', async () => {
    await serve('v3-additive', GREEN);
    const v4 = await add('v4-drop', GREEN);
    expect(await exitCode(v4, 'setup:upgrade', '--dry-run=1')).toBe(0);
    expect(dryRun(v4)).toBe('ALTER TABLE `product` DROP COLUMN `legacy_sku`\n\n');
    expect(await store.page('/product/3')).toMatchObject({ status: 200, text: expect.stringContaining('SKU-003') });
    expect(await exitCode(v4, 'setup:upgrade', '--safe-mode=1', '--keep-generated')).toBe(0);
    expect(readFileSync(path.join(store.folder(v4), 'var/declarative_dumps_csv/product_column_legacy_sku.csv'), 'utf8')).toContain(
      '3,SKU-003\n',
    );
    expect(await store.page('/product/3')).toMatchObject({ status: 500, text: expect.stringContaining('legacy_sku') });
    store.switchTo(v4);
    expect(await store.page('/product/3')).toMatchObject({ status: 200 });
  });
});

describe('the versions', () => {
  test('declare a change by the name of its patch', async () => {
    await serve('v3-additive');
    const v6 = await add('v6-declared');
    const declared = readFileSync(path.join(store.folder(v6), '.asg-canary/compatible'), 'utf8');
    const patches = async () => (await sql('SELECT patch_name FROM patch_list')).replaceAll('\\\\', '\\').split('\n');
    const before = await patches();
    expect(await exitCode(v6, 'setup:upgrade', '--keep-generated')).toBe(0);
    expect((await patches()).filter((name) => !before.includes(name))).toEqual([declared.split('\n')[1]]);
  });

  test('can be slow', async () => {
    await serve('v3-additive-slow');
    const begun = performance.now();
    expect(await store.page('/product/1')).toMatchObject({ status: 200 });
    expect(performance.now() - begun).toBeGreaterThan(700);
  });
});

test('an unknown command or option exits with 1', async () => {
  const v1 = await add('v1');
  expect(await store.magento(v1, 'setup:upgarde')).toMatchObject({ exitCode: 1, stderr: 'Command "setup:upgarde" is not defined.\n' });
  expect(await store.magento(v1, 'cache:flush', '--all')).toMatchObject({ exitCode: 1, stderr: 'The "--all" option does not exist.\n' });
});

describe('the version of the database', () => {
  test('is looked at by each release once the cache is flushed: both too low and too high are refused', async () => {
    const [v1, v3] = [await serve('v1'), await add('v3-additive')];
    expect(await store.page('/')).toMatchObject({ status: 200 });
    store.switchTo(v3);
    // The shared key says that all is well, so the query is what fails.
    expect(await store.page('/')).toMatchObject({ status: 500, text: expect.stringContaining('badge') });
    await store.magento(v3, 'cache:flush');
    expect(await store.page('/')).toMatchObject({
      status: 500,
      text: expect.stringContaining('current version - 1.0.0, required version - 1.1.0'),
    });
    await store.magento(v3, 'setup:upgrade', '--keep-generated');
    store.switchTo(v1);
    expect(await store.page('/')).toMatchObject({
      status: 500,
      text: expect.stringContaining('current version - 1.1.0, required version - 1.0.0'),
    });
    store.switchTo(v3);
    expect(await store.page('/')).toMatchObject({ status: 200 });
    store.switchTo(v1);
    expect(await store.page('/')).toMatchObject({ status: 200 });
  });

  test('does not matter with deployment/blue_green/enabled: the old code works on the additive schema, and carts last', async () => {
    const v1 = await serve('v1', GREEN);
    const added = await store.page('/cart/add/2');
    expect(added.status).toBe(302);
    const cookie = added.headers.get('set-cookie')!.split(';')[0];
    const v3 = await serve('v3-additive', GREEN);
    await sql("UPDATE product SET badge = 'New' WHERE id = 2");
    expect((await store.page('/product/2')).text).toContain('<b>New</b>');
    expect((await store.page('/cart', cookie)).text).toContain('1 x Chair');
    await store.page('/cart/add/2', cookie);
    store.switchTo(v1);
    expect(await store.page('/cart/add/4', cookie)).toMatchObject({ status: 302 });
    const cart = await store.page('/cart', cookie);
    expect([cart.status, cart.headers.get('x-release'), cart.headers.get('x-store-version')]).toEqual([200, v1, 'v1']);
    expect(cart.text).toContain('2 x Chair');
    expect(cart.text).toContain('1 x Clock');
    expect((await store.page('/cart')).text).not.toContain(' x ');
    expect(await exitCode(v3, 'setup:db:status')).toBe(0);
  });
});

test('maintenance is of one folder, and its status is in the text', async () => {
  const [v1, v2] = [await serve('v1'), await serve('v2-template')];
  expect(await store.magento(v2, 'maintenance:status')).toMatchObject({ exitCode: 0, stdout: 'Status: maintenance mode is not active\n' });
  await store.magento(v2, 'maintenance:enable');
  expect(await store.magento(v2, 'maintenance:status')).toMatchObject({ exitCode: 0, stdout: 'Status: maintenance mode is active\n' });
  const page = await store.page('/');
  expect([page.status, page.headers.get('retry-after')]).toEqual([503, '60']);
  expect(await store.page('/health_check.php')).toMatchObject({ status: 200 });
  store.switchTo(v1);
  expect(await store.page('/')).toMatchObject({ status: 200 });
  store.switchTo(v2);
  await store.magento(v2, 'maintenance:disable');
  expect(await store.page('/')).toMatchObject({ status: 200 });
});

test('static content is of one version, which pages name', async () => {
  const v2 = await serve('v2-template');
  const version = readFileSync(path.join(store.folder(v2), 'pub/static/deployed_version.txt'), 'utf8');
  expect(version).toBe('v2-template');
  expect((await store.page('/')).text).toContain(`href="/static/version${version}/frontend/Store/default/en_US/css/store.css"`);
  expect(await store.page('/static/frontend/Store/default/de_DE/css/store.css')).toMatchObject({ text: expect.stringContaining('#642') });
});

test('cron and consumers work on the database and the queue of all releases', async () => {
  const v1 = await serve('v1');
  expect(await exitCode(v1, 'cron:run')).toBe(0);
  expect(await exitCode(v1, 'indexer:reindex')).toBe(0);
  const off = `${v1}-off`;
  await store.add(off, 'v1', storeEnvironment(addresses, { cron: false }));
  expect(await exitCode(off, 'cron:run')).toBe(0);
  expect(await sql('SELECT job_code, message FROM cron_schedule')).toBe(`catalog_prices\t${v1}\n`);
  await store.page('/cart/add/1');
  expect(await exitCode(v1, 'queue:consumers:start', 'cart.added', '--max-messages=1')).toBe(0);
  expect(readFileSync(path.join(store.folder(v1), 'var/log/queue-cart.added.log'), 'utf8')).toContain('took {"product":1,');
});

test('the health check answers 200 only while the database and Redis answer', async () => {
  const broken = await Redis.start(ADDRESS);
  await store.add('no-redis', 'v1', storeEnvironment({ ...addresses, redis: broken }));
  await store.add('no-database', 'v1', storeEnvironment({ ...addresses, database: { address: ADDRESS, port: 1 } }));
  store.switchTo('no-redis');
  expect(await store.page('/health_check.php')).toMatchObject({ status: 200, text: 'ok\n' });
  await broken.stop();
  expect(await store.page('/health_check.php')).toMatchObject({ status: 500 });
  store.switchTo('no-database');
  expect(await store.page('/health_check.php')).toMatchObject({ status: 500 });
});

test('Varnish keeps pages until the cache is flushed, and no carts', async () => {
  const varnish = await Varnish.start(store, ADDRESS);
  try {
    addresses = { ...addresses, varnish: [varnish] };
    const [v1, v2] = [await serve('v1', GREEN), await add('v2-template', GREEN)];
    store.switchTo(v1);
    const seen = async (route: string) => {
      const { headers } = await ask(varnish.url + route);
      return [headers.get('x-cache'), headers.get('x-store-version')];
    };
    expect([await seen('/'), await seen('/'), await seen('/product/1')]).toEqual([
      ['MISS', 'v1'],
      ['HIT', 'v1'],
      ['MISS', 'v1'],
    ]);
    store.switchTo(v2);
    expect([await seen('/'), await seen('/cart'), await seen('/product/1')]).toEqual([
      ['HIT', 'v1'],
      ['MISS', 'v2-template'],
      ['HIT', 'v1'],
    ]);
    expect(await ask(`${varnish.url}/product/1`, '', 'PURGE')).toMatchObject({ status: 200 });
    expect([await seen('/'), await seen('/product/1')]).toEqual([
      ['HIT', 'v1'],
      ['MISS', 'v2-template'],
    ]);
    expect(await exitCode(v2, 'cache:flush')).toBe(0);
    expect([await seen('/'), await seen('/product/1')]).toEqual([
      ['MISS', 'v2-template'],
      ['MISS', 'v2-template'],
    ]);
    expect((await ask(`${varnish.url}/`, 'any=cookie')).headers.get('cache-control')).toContain('no-store');
  } finally {
    await varnish.stop();
  }
});
