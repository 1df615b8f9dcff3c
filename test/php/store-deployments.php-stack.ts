import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Customers } from './customers';
import { Shopper, staticFilesOf } from './shopper';
import { StoreLab } from './store-lab';

jest.setTimeout(240_000);

/** They ask for pages that only the application can answer, through Varnish. */
function customersOf(store: StoreLab): Promise<Customers> {
  return Customers.of(store, store.servers.varnish.url, ['/cart', '/cart/add/2']);
}

describe('a store from its first release to a dropped column', () => {
  let store: StoreLab;
  let shopper: Shopper;
  let customers: Customers;
  beforeAll(async () => {
    store = await StoreLab.start();
    shopper = new Shopper(store.lab.url);
  });
  afterAll(async () => {
    await customers?.stop();
    await store.stop();
  });
  afterEach(() => expect(store.defects).toEqual([]));

  test('the first release makes the database', async () => {
    expect(await store.run({ ref: 'v1', bootstrap: true })).toMatchObject({
      outcome: { verdict: 'promoted', database: expect.stringMatching(/^the first release: \d+ changes$/), maintenanceSeconds: 0 },
    });
    await shopper.ask('/cart/add/3');
    expect(await shopper.cart()).toBe(1);
    customers = await customersOf(store);
  });

  test('a template changes by canary: no maintenance, no failed request, no lost cart, every static file there', async () => {
    const before = await (await fetch(`${store.lab.url}/`)).text();
    const missing: string[] = [];
    const served = new Set<string>();
    const { outcome, good, others } = await customers.during({ ref: 'v2-template' }, async (execution) => {
      await store.enters(execution, 'Analyse canary');
      // Both groups are live: whoever names a file, anybody is asked for it, without cookies.
      for (let round = 0; round < 40; round++) {
        const page = await fetch(`${store.lab.url}/`);
        served.add(page.headers.get('x-release')!);
        for (const route of [...staticFilesOf(await page.text()), ...staticFilesOf(before)]) {
          const status = await fetch(`${store.lab.url}${route}`).then((answer) => answer.status);
          if (status !== 200) missing.push(`${status} ${route}`);
        }
      }
      for (const address of [...store.addresses('stable'), ...store.addresses('canary')]) {
        for (const route of staticFilesOf(before)) {
          const { status } = await fetch(`${address}${route}`);
          if (status !== 200) missing.push(`${status} ${address}${route}`);
        }
      }
      shopper.forgetGroup();
      expect(await shopper.cart()).toBe(1);
    });
    expect(outcome).toMatchObject({ verdict: 'promoted', database: 'the database is up to date', maintenanceSeconds: 0 });
    expect(served.size).toBe(2);
    expect(missing).toEqual([]);
    expect(others).toEqual({});
    expect(good).toBeGreaterThan(500);
    expect(await shopper.cart()).toBe(1);
    expect(await shopper.ask('/')).toMatchObject({ release: outcome.release });
    for (const route of staticFilesOf(before)) expect((await shopper.ask(route)).status).toBe(200);
  });

  test('Varnish shows the new pages once the caches were flushed', async () => {
    const { servers, lab } = store;
    const cached = await fetch(`${servers.varnish.url}/`);
    expect(cached.headers.get('x-release')).toBe((await fetch(`${lab.url}/`)).headers.get('x-release'));
  });

  test('a slow release with a new column goes back, the column stays, and the old code works beside it', async () => {
    expect(await store.columns('product')).not.toContain('badge');
    let duringCanary: string[] = [];
    const { outcome, error, others } = await customers.during({ ref: 'v3-additive-slow' }, async (execution) => {
      await store.enters(execution, 'Analyse canary');
      duringCanary = await store.columns('product');
    });
    expect(error).toBe('RolledBack');
    expect(outcome.database).toMatch(/^compatible change: an addition: ALTER TABLE .*ADD COLUMN .badge/);
    expect(outcome.cause).toMatch(/slow|latency/i);
    expect(duringCanary).toContain('badge');
    expect(await store.columns('product')).toContain('badge');
    expect(others).toEqual({});
    expect(await shopper.cart()).toBe(1);
  });

  test('the mended release finds the column there, and goes out', async () => {
    const { outcome, others } = await customers.during({ ref: 'v3-additive' });
    expect(outcome).toMatchObject({ verdict: 'promoted', database: 'the database is up to date' });
    expect(others).toEqual({});
  });

  test('a dropped column is refused with its statement, and nothing is changed', async () => {
    const { error, outcome } = await store.run({ ref: 'v4-drop' });
    expect(error).toBe('Refused');
    expect(outcome.cause).toMatch(/^breaking change: .*ALTER TABLE .*DROP COLUMN .legacy_sku.*allowMaintenance/);
    expect(await store.columns('product')).toContain('legacy_sku');
    expect(new Set(store.releases('stable')).size).toBe(1);
    expect(await shopper.cart()).toBe(1);
  });

  test('with maintenance it is dropped behind the page, for seconds that are told, and 503 is all that customers see of it', async () => {
    let page = '';
    const { outcome, states, others } = await customers.during({ ref: 'v4-drop', allowMaintenance: true }, async (execution) => {
      await store.enters(execution, 'Migrate the database behind the page');
      const answer = await fetch(`${store.lab.url}/cart`);
      page = `${answer.status} ${answer.headers.get('retry-after')} ${await answer.text()}`;
    });
    expect(outcome).toMatchObject({ verdict: 'promoted', cause: expect.stringContaining('without a canary') });
    expect(outcome.maintenanceSeconds).toBeGreaterThan(0);
    expect(states).not.toContain('Shift traffic to canary');
    expect(page).toMatch(/^503 \d+ .*<html/is);
    expect(await store.columns('product')).not.toContain('legacy_sku');
    expect(Object.keys(others)).toEqual(['503']);
    expect(await shopper.cart()).toBe(1);
  });
});

/** The store's command line. */
const MAGENTO = readFileSync(path.join(__dirname, 'store', 'base', 'bin', 'magento'), 'utf8');

describe('a store whose releases go wrong', () => {
  const notInstalled = {
    tag: 'v8-not-installed',
    after: 'v3-additive',
    files: {
      'bin/magento': MAGENTO.replace('declare(strict_types=1);', "if ($argv[1] === 'setup:db:status') { echo 'not installed'; exit(1); }"),
    },
  };
  let store: StoreLab;
  beforeAll(async () => {
    store = await StoreLab.start([notInstalled]);
    expect(await store.run({ ref: 'v3-additive', bootstrap: true })).toMatchObject({ outcome: { verdict: 'promoted' } });
  });
  afterAll(() => store.stop());

  /** Statuses of the cart's page, from every stable instance. */
  const statuses = () => Promise.all(store.addresses('stable').map(async (address) => (await fetch(`${address}/cart`)).status));

  test('setup:db:status that cannot look ends the deployment with a clear error', async () => {
    const { error, outcome } = await store.run({ ref: 'v8-not-installed' });
    expect(error).toBe('RolledBack');
    expect(outcome.cause).toContain('setup:db:status ended with exit code 1: Magento is not installed, or its database does not answer');
    expect(await statuses()).toEqual([200, 200]);
  });

  test('a data patch that the release declares compatible goes out by canary', async () => {
    const customers = await customersOf(store);
    const { outcome, states, others } = await customers.during({ ref: 'v6-declared' });
    await customers.stop();
    expect(others).toEqual({});
    expect(outcome).toMatchObject({ verdict: 'promoted', database: 'compatible change: 1 declared compatible by the release' });
    expect(states).toContain('Shift traffic to canary');
  });

  test('a migration that fails half-way is held: its cause is named, the page is down, the code of before serves', async () => {
    const { error, outcome } = await store.run({ ref: 'v5-broken-patch', allowMaintenance: true });
    expect(error).toBe('Held');
    expect(outcome).toMatchObject({
      verdict: 'held',
      cause: expect.stringMatching(/migrate of v5.* failed: .*product 7 has no season price.*did not end well.*roll forward/),
    });
    expect(outcome.maintenanceSeconds).toBeGreaterThan(0);
    expect(await statuses()).toEqual([200, 200]);
    expect(store.releases('stable').every((release) => release.startsWith('v6-declared'))).toBe(true);
  });
});
