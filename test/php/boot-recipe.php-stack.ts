import { statSync } from 'node:fs';
import path from 'node:path';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { StringParameter } from 'aws-cdk-lib/aws-ssm';
import { Recipe } from '../../lib';
import { archive } from '../host/archive';
import { type BuiltRelease, build, built } from '../host/test-host';
import { eventually, RecipeLab } from './recipe-lab';

/** A boot takes ten seconds where nothing else runs. */
const BOOT_MS = 150_000;
const ENV_PHP = "<?php return ['shop' => 'of this fleet', 'price' => '5 $'];\n";

/** What the boot needs of Magento: entries, a version of static files, and a command line that tells what it is asked for. */
function store(id: string, version: string, changes: Readonly<Record<string, string>> = {}): BuiltRelease {
  const code = `<?php return '${id}';\n`;
  return build(id, {
    'pub/index.php': `<?php
echo implode(' ', ['${id}', $_SERVER['REQUEST_METHOD'], $_SERVER['REQUEST_URI'], (require __DIR__ . '/../app/etc/env.php')['shop'],
  ini_get('memory_limit'), ini_get('opcache.validate_timestamps')]);`,
    'pub/health_check.php': "<?php echo 'healthy';\n",
    'pub/get.php': "<?php echo 'made by get.php';\n",
    'pub/secret.php': "<?php echo 'must not run';\n",
    'pub/.user.ini': 'memory_limit = 1\n',
    'pub/static/deployed_version.txt': version,
    'pub/static/frontend/app.js': `console.log('${id}');\n`,
    'bin/magento': `<?php
file_put_contents(__DIR__ . '/../var/calls', '${id} ' . posix_getpwuid(posix_geteuid())['name'] . ' ' . implode(' ', array_slice($argv, 1)) . "\\n", FILE_APPEND);
if ($argv[1] === 'queue:consumers:start') sleep(600);
`,
    ...Object.fromEntries(['app', 'generated', 'lib', 'vendor'].map((folder) => [`${folder}/code.php`, code])),
    ...changes,
  });
}

describe('an instance of Recipe.magento2', () => {
  let lab: RecipeLab;
  beforeAll(async () => {
    lab = await RecipeLab.start(
      (scope) =>
        Recipe.magento2({
          configuration: Secret.fromSecretNameV2(scope, 'Env', 'shop/env.php'),
          consumers: ['async.operations.all'],
          workers: 4,
        }),
      { 'shop/env.php': ENV_PHP },
    );
  }, BOOT_MS);
  afterAll(() => lab.stop());

  const calls = () => lab.read('srv/app/shared/var/calls');

  test('is in service before there is a release, and answers every request with the placeholder', async () => {
    expect(lab.console()).toBe('');
    for (const route of ['/health_check.php', '/', '/any/page.html']) {
      const { status, body, headers } = await lab.get(route);
      expect([status, body, headers.get('cache-control')]).toEqual([200, expect.stringContaining('No release yet'), 'no-store']);
    }
  });

  test('has its configuration from the secret, for the owner of shared files alone', () => {
    expect(lab.read('srv/app/shared/app/etc/env.php')).toBe(ENV_PHP);
    expect(statSync(path.join(lab.root, 'srv/app/shared/app/etc/env.php')).mode & 0o777).toBe(0o640);
  });

  test('may read no other secret, and leaves what it has where a value cannot be read', async () => {
    lab.lab.account.secretsManager.put('shop/other', 'not for instances');
    const conf = '"$ASG_CANARY_ROOT/etc/asg-canary/configuration-files.conf"';
    await lab.run(`cp ${conf} ${conf}.kept; echo 'secret shop/other app/etc/env.php' >>${conf}`);
    await expect(lab.run('"$ASG_CANARY_ROOT/opt/asg-canary/boot/configuration-files"')).rejects.toThrow(
      /error: 400\nconfiguration-files: could not fetch the secret shop\/other: is it there/,
    );
    expect(lab.read('srv/app/shared/app/etc/env.php')).toBe(ENV_PHP);
    await lab.run(`mv ${conf}.kept ${conf}`);
  });

  test('has a configuration of nginx that nginx takes without a word', async () => {
    expect(await lab.run('nginx -t -q -c "$ASG_CANARY_ROOT/etc/nginx/nginx.conf" 2>&1')).toBe('');
  });

  test('serves the first release, and its consumer and cron run it', async () => {
    await lab.serve(store('v1', '1001'));
    expect((await lab.get('/page?x=1')).body).toBe('v1 GET /page?x=1 of this fleet 756M 0');
    expect((await lab.get('/health_check.php')).body).toBe('healthy');
    const owner = (await lab.run('stat -c %U "$ASG_CANARY_ROOT/srv/app/shared/var"')).trim();
    await eventually(() => expect(calls()).toContain(`v1 ${owner} queue:consumers:start async.operations.all\n`));
    await eventually(() => expect(calls()).toContain(`v1 ${owner} cron:run\n`));
  });

  test('serves the static files of this release and of the one before, and restarts consumers', async () => {
    await lab.serve(store('v2', '1002'));
    expect((await lab.get('/')).body).toMatch(/^v2 GET/);
    for (const [version, id] of [
      ['1001', 'v1'],
      ['1002', 'v2'],
    ]) {
      const { status, body, headers } = await lab.get(`/static/version${version}/frontend/app.js`);
      expect([status, body]).toEqual([200, `console.log('${id}');\n`]);
      expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    }
    for (const route of ['/static/version1003/frontend/app.js', '/static/version1002/frontend/none.js', '/static/none.js']) {
      expect([(await lab.get(route)).status, route]).toEqual([404, route]);
    }
    await eventually(() => expect(calls()).toMatch(/^v2 \S+ queue:consumers:start async\.operations\.all$/m));
  });

  test('loses no request while releases are switched under load', async () => {
    const seen: string[] = [];
    let runs = true;
    const clients = Array.from({ length: 6 }, async () => {
      while (runs) {
        const { status, body } = await lab.get('/page');
        seen.push(`${status} ${body}`);
      }
    });
    for (const id of ['v1', 'v2', 'v1', 'v2']) await lab.serve(store(id, id === 'v1' ? '1001' : '1002'));
    runs = false;
    await Promise.all(clients);
    expect(seen.length).toBeGreaterThan(200);
    expect(seen.filter((answer) => !/^200 v[12] GET \/page of this fleet 756M 0$/.test(answer))).toEqual([]);
    expect(lab.read('srv/app/.asg-canary/journal')).toMatch(/PHP-FPM executes v1; 1 of 1 URLs warmed; 1 of 1 units restarted/);
  });

  test('serves media of all releases, and what is missing by get.php', async () => {
    await lab.run(
      'cd "$ASG_CANARY_ROOT/srv/app/shared/pub/media"; echo picture >a.jpg; mkdir -p customer; echo secret >customer/a.jpg; echo "<?php" >a.php',
    );
    expect((await lab.get('/media/a.jpg')).body).toBe('picture\n');
    expect((await lab.get('/media/b.jpg')).body).toBe('made by get.php');
    expect((await lab.get('/media/customer/a.jpg')).status).toBe(404);
    expect((await lab.get('/media/a.php')).status).toBe(404);
  });

  test.each([
    '/.asg-canary/journal',
    '/.user.ini',
    '/app/etc/env.php',
    '/secret.php',
    '/vendor/code.php',
    '/.asg-canary/maintenance.html',
    '/.asg-canary/placeholder.html',
    '/composer.json',
  ])('does not serve %s', async (route) => {
    expect((await lab.get(route)).status).toBe(404);
  });

  test('answers with the maintenance page from maintenance-on to maintenance-off, but for the health path', async () => {
    await lab.step('maintenance-on');
    for (const [route, method] of [
      ['/', 'GET'],
      ['/checkout', 'POST'],
      ['/static/version1002/frontend/app.js', 'GET'],
    ]) {
      const { status, body, headers } = await lab.get(route, { method });
      expect([status, headers.get('retry-after'), headers.get('cache-control'), route]).toEqual([503, '120', 'no-store', route]);
      expect(body).toContain('Back in a few minutes');
    }
    expect((await lab.get('/health_check.php')).status).toBe(200);
    await lab.step('maintenance-off');
    expect((await lab.get('/')).status).toBe(200);
  });

  test('passes on the 503 of the application itself', async () => {
    await lab.serve(store('v3', '1003', { 'pub/index.php': "<?php http_response_code(503); echo 'its own';" }));
    expect(await lab.get('/')).toMatchObject({ status: 503, body: 'its own' });
  });

  test('has nothing in its logs that should not be there', () => {
    expect(lab.defects).toEqual([]);
    expect(lab.logs()).not.toMatch(/\[(crit|alert|emerg)\]|WARNING|ERROR|Fatal/);
  });
});

/** What the boot needs of Drupal: its front controller, drush, and files that must stay private. */
function site(id: string): BuiltRelease {
  const files = {
    'web/index.php': `<?php
require __DIR__ . '/sites/default/settings.php';
echo implode(' ', ['${id}', $_SERVER['REQUEST_URI'], $_SERVER['SCRIPT_NAME'], $_SERVER['PATH_INFO'] ?? '', $settings['hash_salt']]);`,
    'web/update.php': "<?php echo 'update ', $_SERVER['SCRIPT_NAME'], ' ', $_SERVER['PATH_INFO'];",
    'web/core/misc/drupal.js': `console.log('${id}');\n`,
    'web/core/core.services.yml': 'services:\n',
    'web/core/install.php': "<?php echo 'must not run';",
    'web/composer.json': '{}',
    'web/.htaccess': 'Require all denied\n',
    'web/vendor/code.php': "<?php echo 'must not run';",
    'vendor/code.php': `<?php return '${id}';\n`,
    'vendor/bin/drush': `#!/usr/bin/env php
<?php file_put_contents('private/calls', '${id} ' . implode(' ', array_slice($argv, 1)) . "\\n", FILE_APPEND);`,
  };
  const mode = (name: string) => (name.startsWith('vendor/bin/') ? 0o755 : 0o644);
  return built(id, archive(Object.entries(files).map(([name, content]) => ({ name, content, mode: mode(name) }))));
}

describe('an instance of Recipe.drupal', () => {
  let lab: RecipeLab;
  beforeAll(async () => {
    lab = await RecipeLab.start(
      (scope) => Recipe.drupal({ configuration: Secret.fromSecretNameV2(scope, 'Settings', 'site/settings.php'), workers: 2 }),
      { 'site/settings.php': "<?php $settings['hash_salt'] = 'salt';\n" },
    );
  }, BOOT_MS);
  afterAll(() => lab.stop());

  test('is in service before there is a release', async () => {
    expect((await lab.get('/health')).body).toContain('No release yet');
    expect(await lab.run('nginx -t -q -c "$ASG_CANARY_ROOT/etc/nginx/nginx.conf" 2>&1')).toBe('');
  });

  test('serves clean URLs, the health path among them', async () => {
    await lab.serve(site('v1'));
    for (const route of ['/', '/node/1?page=2', '/health', '/sites/default/files/css/made.css', '/system/files/report']) {
      expect((await lab.get(route)).body).toBe(`v1 ${route} /index.php  salt`);
    }
    expect((await lab.get('/update.php/selection')).body).toBe('update /update.php /selection');
    expect((await lab.get('/core/misc/drupal.js')).body).toBe("console.log('v1');\n");
  });

  test.each([
    '/core/core.services.yml',
    '/core/install.php',
    '/composer.json',
    '/.htaccess',
    '/vendor/code.php',
    '/sites/default/settings.php',
    '/sites/default/files/evil.php',
    '/sites/default/files/evil.phtml',
    '/private/calls',
  ])('does not serve %s', async (route) => {
    await lab.run('cd "$ASG_CANARY_ROOT/srv/app/shared/web/sites/default/files"; for name in php phtml; do echo evil >"evil.$name"; done');
    expect((await lab.get(route)).status).toBe(404);
  });

  test('keeps its health through maintenance', async () => {
    await lab.step('maintenance-on');
    expect([(await lab.get('/health')).status, (await lab.get('/node/1')).status]).toEqual([200, 503]);
    await lab.step('maintenance-off');
  });

  test('has a timer for drush cron, which runs in the active release', async () => {
    expect(lab.units()).toEqual(expect.arrayContaining(['drupal-cron.service', 'drupal-cron.timer']));
    expect(lab.read('etc/systemd/system/drupal-cron.timer')).toMatch(/^OnBootSec=3600\nOnUnitInactiveSec=3600$/m);
    await lab.run('systemctl start drupal-cron.service');
    expect(lab.read('srv/app/shared/private/calls')).toBe('v1 cron\n');
  });

  test('has nothing in its logs that should not be there', () => {
    expect(lab.console()).toBe('');
    expect(lab.defects).toEqual([]);
    expect(lab.logs()).not.toMatch(/\[(crit|alert|emerg)\]|WARNING|ERROR|Fatal/);
  });
});

describe('an instance of a recipe of its own', () => {
  let lab: RecipeLab;
  beforeAll(async () => {
    lab = await RecipeLab.start(
      (scope) =>
        new Recipe({
          steps: { checkDatabase: 'true', migrate: 'true' },
          host: {
            php: { sharedDirectories: ['public/uploads'] },
            webServer: { documentRoot: 'public', phpSettings: { 'date.timezone': 'Europe/Berlin' }, workers: 2, opcacheMemory: 64 },
            configurationFiles: [
              {
                path: '.env.php',
                parameter: new StringParameter(scope, 'Settings', { stringValue: '<?php return "from a parameter";\n' }),
              },
            ],
            consumers: [
              { name: 'worker', command: 'echo "$(php -r "echo require \'.env.php\';") $PWD" >>public/uploads/worker.txt; sleep 600' },
            ],
          },
        }),
      {},
    );
  }, BOOT_MS);
  afterAll(() => lab.stop());

  const release = (id: string) =>
    build(id, {
      'public/index.php': `<?php echo implode(' ', ['${id}', $_SERVER['REQUEST_URI'], date_default_timezone_get(), require __DIR__ . '/../.env.php']);`,
      'public/info.txt': `${id}\n`,
      'public/tools/index.php': "<?php echo 'must not run';",
    });

  test('serves files as they are and the rest by index.php, with the settings of the recipe', async () => {
    await lab.serve(release('v1'));
    expect((await lab.get('/info.txt')).body).toBe('v1\n');
    expect((await lab.get('/a/b?c')).body).toBe('v1 /a/b?c Europe/Berlin from a parameter');
    expect((await lab.get('/health')).body).toBe('v1 /health Europe/Berlin from a parameter');
  });

  test('executes nothing in folders', async () => {
    await lab.run('echo "<?php echo 1;" >"$ASG_CANARY_ROOT/srv/app/shared/public/uploads/evil.php"');
    for (const route of ['/uploads/evil.php', '/uploads/evil.php/x', '/tools/index.php', '/.env.php']) {
      expect([route, (await lab.get(route)).status]).toEqual([route, 404]);
    }
  });

  test('gives a consumer its command as it is, in the folder of the release that is active', async () => {
    await lab.serve(release('v2'));
    const folder = (id: string) => `from a parameter ${path.join(lab.root, 'srv/app/releases', id)}\n`;
    await eventually(() => expect(lab.read('srv/app/shared/public/uploads/worker.txt')).toBe(folder('v1') + folder('v2')));
  });

  test('has nothing in its logs that should not be there', () => {
    expect(lab.console()).toBe('');
    expect(lab.defects).toEqual([]);
    expect(lab.logs()).not.toMatch(/\[(crit|alert|emerg)\]|WARNING|ERROR|Fatal/);
  });

  test('can have its servers configured again, which restarts them', async () => {
    await lab.run('"$ASG_CANARY_ROOT/opt/asg-canary/boot/web-server" && "$ASG_CANARY_ROOT/opt/asg-canary/boot/configuration-files"');
    expect((await lab.get('/')).body).toBe('v2 / Europe/Berlin from a parameter');
  });
});
