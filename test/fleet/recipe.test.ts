import { Duration, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import type { Construct } from 'constructs';
import { CanaryFleet, type CanaryFleetProps, Recipe, type RecipeHost } from '../../lib';
import { temporaryApp } from '../temporary-app';
import { fleetStack, fleetTemplate, userDataOf } from './fleet-stack';

process.env.CDK_VALIDATION = 'false';

/** Limit of EC2 on user data; setup commands and files of an application's own need some of it. */
const LIMIT = 16_384;
const LEFT_FREE = 5_000;
const GROUPS = ['stable', 'canary'] as const;

const secret = (scope: Construct) => secretsmanager.Secret.fromSecretNameV2(scope, 'Settings', 'shop/settings');

function fleetOf(recipe: (scope: Construct) => Recipe, props: Partial<CanaryFleetProps> = {}): { template: Template; fleet: CanaryFleet } {
  const stack = new Stack(temporaryApp(), 'Test');
  const fleet = new CanaryFleet(stack, 'Fleet', {
    vpc: new ec2.Vpc(stack, 'Vpc', { maxAzs: 2, natGateways: 1 }),
    artifactBucket: new s3.Bucket(stack, 'Artifacts'),
    fleetName: 'shop',
    recipe: recipe(stack),
    ...props,
  });
  return { template: Template.fromStack(stack), fleet };
}

const magento = (scope: Construct) =>
  Recipe.magento2({ configuration: secret(scope), consumers: ['async.operations.all', 'exportProcessor'], workers: 24 });
const drupal = (scope: Construct) => Recipe.drupal({ configuration: secret(scope) });
const host = (of: RecipeHost) => () => new Recipe({ host: of });

/** The lines of a file that user data writes. */
function written(script: string, file: string): string[] {
  const [, text] = /<<'?CONFIGURATION'?\n([\s\S]*?)\nCONFIGURATION\n/.exec(script.slice(script.indexOf(`"$ASG_CANARY_ROOT${file}"`))) ?? [];
  return script.includes(`"$ASG_CANARY_ROOT${file}"`) ? text!.split('\n') : [];
}

/** Rights of the instances of both groups besides those that every fleet has, by Sid. */
function furtherRights(template: Template): Record<string, [string, string]>[] {
  const usual = new Set(['ReadReleasesAndPointer', 'TellMissingFromForbidden', 'ReadBootFiles', 'CompleteOwnLaunch', 'AgentChannels']);
  const roles = Object.values(template.findResources('AWS::IAM::Role')).filter(
    ({ Properties }) => Properties.Policies?.[0].PolicyName === 'Instance',
  );
  return roles.map(({ Properties }) =>
    Object.fromEntries(
      Properties.Policies[0].PolicyDocument.Statement.filter(({ Sid }: { Sid: string }) => !usual.has(Sid)).map(
        ({ Sid, Action, Resource }: { Sid: string; Action: string; Resource: unknown }) => [Sid, [Action, JSON.stringify(Resource)]],
      ),
    ),
  );
}

describe.each([
  ['magento2', magento],
  ['drupal', drupal],
])('user data of Recipe.%s', (_, recipe) => {
  test.each(GROUPS)('leaves room for more on %s instances', (role) => {
    const script = userDataOf(fleetOf(recipe).template, role);
    expect(script.length).toBeGreaterThan(0);
    expect(Buffer.byteLength(script)).toBeLessThan(LIMIT - LEFT_FREE);
  });

  test('brings what it runs, pinned by digest, before the first synchronization', () => {
    const script = userDataOf(fleetOf(recipe).template, 'stable');
    for (const program of ['web-server', 'configuration-files', 'jobs']) {
      const fetched = script.search(
        new RegExp(`^fetch \\S+ \\S+ [0-9a-f]{64} "\\$ASG_CANARY_ROOT/opt/asg-canary/boot/${program}" 0755$`, 'm'),
      );
      const runs = script.search(new RegExp(`^"\\$ASG_CANARY_ROOT/opt/asg-canary/boot/${program}"`, 'm'));
      expect([fetched > 0, fetched < runs, runs < script.indexOf('sync --boot')]).toEqual([true, true, true]);
    }
  });
});

test('instances of Magento get the web server, the static folder and the units that the recipe asks for', () => {
  const script = userDataOf(fleetOf(magento, { port: 8080 }).template, 'stable');
  expect(written(script, '/etc/asg-canary/web-server.conf')).toEqual([
    `PACKAGES=nginx ${[
      'cli',
      'fpm',
      'opcache',
      'bcmath',
      'gd',
      'intl',
      'mbstring',
      'mysqlnd',
      'pdo',
      'process',
      'soap',
      'sodium',
      'xml',
      'zip',
    ]
      .map((name) => `php8.3-${name}`)
      .join(' ')}`,
    'RULES=magento2',
    'FOLDER=pub',
    'ENTRY=pub/index.php',
    'ADDRESS=$INSTANCE_ADDRESS',
    'PORT=$PORT',
    'HEALTH_PATH=/health_check.php',
    'OWNER=apache',
    'FPM_SOCKET=/run/php-fpm/www.sock',
    'FPM_PID_FILE=/run/php-fpm/php-fpm.pid',
    'WORKERS=24',
    'TIMEOUT=1800',
  ]);
  expect(written(script, '/etc/php.d/zz-asg-canary.ini')).toEqual(
    expect.arrayContaining(['opcache.validate_timestamps = "0"', 'opcache.memory_consumption = "512"', 'memory_limit = "756M"']),
  );
  expect(written(script, '/etc/asg-canary/php.conf').slice(-3)).toEqual([
    'STATIC_DIR=pub/static',
    'NGINX_CONF=/etc/nginx/nginx.conf',
    'RESTART_UNITS=magento-async-operations-all.service magento-exportprocessor.service',
  ]);
  expect(written(script, '/etc/asg-canary/jobs.conf')).toEqual([
    'OWNER=apache',
    'timer magento-cron 60 php bin/magento cron:run',
    'service magento-async-operations-all php bin/magento queue:consumers:start async.operations.all',
    'service magento-exportprocessor php bin/magento queue:consumers:start exportProcessor',
  ]);
  expect(written(script, '/etc/asg-canary/host.conf')).toEqual(
    expect.arrayContaining(['STAGE_BOTH=yes', 'PROBE_URL=http://$INSTANCE_ADDRESS:$PORT/health_check.php']),
  );
});

test('canaries run neither cron nor consumers unless the recipe calls them safe', () => {
  const script = userDataOf(fleetOf(magento).template, 'canary');
  expect(script).toContain('\nSTAGE_BOTH=yes\n');
  expect(script).not.toMatch(/RESTART_UNITS|jobs\.conf|magento-cron|boot\/jobs" install/);
  const some = host({
    php: {},
    cronJobs: [{ name: 'report', command: 'php report "$HOME" %', every: Duration.minutes(5), safeOnCanary: true }],
    consumers: [
      { name: 'mail', command: 'php mail' },
      { name: 'cache', command: 'php cache', safeOnCanary: true },
    ],
  });
  const canary = userDataOf(fleetOf(some).template, 'canary');
  expect(written(canary, '/etc/asg-canary/jobs.conf')).toEqual([
    'OWNER=apache',
    'timer report 300 php report "$HOME" %',
    'service cache php cache',
  ]);
  expect(written(canary, '/etc/asg-canary/php.conf')).toContain('RESTART_UNITS=cache.service');
});

test('instances may read the very secrets and parameters of their configuration, in both groups', () => {
  const { template } = fleetOf((scope) => {
    const key = new kms.Key(scope, 'Key');
    const parameter = ssm.StringParameter.fromSecureStringParameterAttributes(scope, 'Parameter', {
      parameterName: '/shop/b',
      encryptionKey: key,
    });
    return new Recipe({
      host: {
        php: { sharedFiles: ['c.php'] },
        configurationFiles: [
          { path: 'a.php', secret: new secretsmanager.Secret(scope, 'Own', { encryptionKey: key }) },
          { path: 'b.php', parameter },
          { path: 'c.php', secret: secret(scope) },
        ],
      },
    });
  });
  const [stable, canary] = furtherRights(template);
  expect(canary).toEqual(stable);
  expect(stable).toEqual({
    ReadConfigurationSecrets: [
      'secretsmanager:GetSecretValue',
      expect.stringMatching(/^\[\{"Ref":"Own[0-9A-F]+"\},\{"Fn::Join":.*:secret:shop\/settings-\?{6}"\]\]\}\]$/),
    ],
    ReadConfigurationParameters: ['ssm:GetParameter', expect.stringMatching(/:parameter\/shop\/b"/)],
    DecryptConfiguration: ['kms:Decrypt', expect.stringMatching(/^\{"Fn::GetAtt":\["Key/)],
  });
  const script = userDataOf(template, 'canary');
  expect(written(script, '/etc/asg-canary/configuration-files.conf').slice(0, 2)).toEqual(['DOMAIN=amazonaws.com', 'OWNER=apache']);
  expect(written(script, '/etc/asg-canary/php.conf')).toContain('SHARED_FILES=c.php a.php b.php');
});

test('the entry is index.php in the folder that is served unless the recipe names another', () => {
  const entries = (of: RecipeHost) => userDataOf(fleetOf(host(of)).template, 'stable').match(/^ENTRY=.*$/gm);
  expect(entries({ php: {}, webServer: { documentRoot: 'public' } })).toEqual(['ENTRY=public/index.php', 'ENTRY=public/index.php']);
  expect(entries({ php: { entry: 'app.php' }, webServer: {} })).toEqual(['ENTRY=app.php', 'ENTRY=app.php']);
  expect(entries({ webServer: {} })).toEqual(['ENTRY=index.php']);
});

test('the pages to warm are asked for under the address of the site, where the recipe tells it', () => {
  const lines = (recipe: Recipe) => written(userDataOf(fleetOf(() => recipe).template, 'stable'), '/etc/asg-canary/php.conf');
  for (const recipe of [Recipe.magento2, Recipe.drupal]) {
    expect(lines(recipe({ baseUrl: 'https://shop.example.com' }))).toContain('WARM_BASE_URL=https://shop.example.com');
    expect(lines(recipe()).join('\n')).not.toContain('WARM_BASE_URL');
    expect(() => recipe({ baseUrl: 'shop.example.com' })).toThrow(`'php.warmBaseUrl' must match`);
  }
});

test('a recipe without configuration files adds no rights', () => {
  expect(furtherRights(fleetOf(() => Recipe.magento2()).template)).toEqual([{}, {}]);
});

test('what the fleet says comes before what the recipe says', () => {
  const { fleet, template } = fleetOf(drupal, { healthCheckPath: '/up', stickiness: Duration.minutes(5) });
  expect(fleet.stickiness?.toSeconds()).toBe(300);
  expect(userDataOf(template, 'stable')).toMatch(/^PROBE_URL=\S+\/up$/m);
  expect(userDataOf(template, 'stable')).toMatch(/^HEALTH_PATH=\/up$/m);
  expect(fleetOf(drupal).fleet.stickiness?.toHours()).toBe(1);
});

test('a recipe that says how PHP is handled leaves nothing for the fleet to say', () => {
  expect(() => fleetTemplate({ recipe: Recipe.magento2(), php: {} })).toThrow(
    "'php' must be left out where the recipe has 'host.php', got both",
  );
  expect(() => fleetTemplate({ recipe: new Recipe({}), php: {} })).not.toThrow();
});

test('a setting of PHP that would leave its line is refused', () => {
  const recipe = new Recipe({ host: { webServer: { phpSettings: { memory_limit: '1"' } } } });
  expect(() => fleetTemplate({ recipe })).toThrow(`'webServer.phpSettings.memory_limit' must match ^[^\\p{Cc}"]*$, got '1"'`);
});

test('a job cannot take the name of a unit that instances have', () => {
  const recipe = new Recipe({ host: { consumers: [{ name: 'nginx', command: 'php consume' }] } });
  expect(() => fleetTemplate({ recipe })).toThrow('must not be one of asg-canary-sync, nginx, php-fpm, got');
});

test('a maintenance page of its own takes the place of the one that is shipped', () => {
  const page = (recipe: Recipe) => /([0-9a-f]{64}) "\S+maintenance\.html"/.exec(userDataOf(fleetTemplate({ recipe }), 'stable'))?.[1];
  const own = page(new Recipe({ host: { webServer: {}, maintenancePage: __filename } }));
  expect(own).toMatch(/^[0-9a-f]{64}$/);
  expect(own).not.toBe(page(new Recipe({ host: { webServer: {} } })));
});

test('the steps of a recipe come with the program that runs them', () => {
  const { fleet, template } = fleetOf(magento);
  expect(Object.keys(fleet.steps ?? {})).toEqual(['checkDatabase', 'listChanges', 'migrate', 'afterPromotion', 'afterRollback']);
  expect(userDataOf(template, 'canary')).toContain(`${fleet.stepRunner?.sha256} "$ASG_CANARY_ROOT/opt/asg-canary/asg-canary-step" 0755\n`);
});

test('a fleet without a recipe, or with one that says nothing of instances, boots as before', () => {
  const plain = fleetStack().fleet;
  expect([plain.steps, plain.stepRunner]).toEqual([undefined, undefined]);
  for (const role of GROUPS) {
    const without = userDataOf(fleetTemplate(), role);
    expect(without).not.toMatch(/STAGE_BOTH|asg-canary-step|boot\//);
    expect(userDataOf(fleetTemplate({ recipe: Recipe.generic({ buildCommands: ['make'] }) }), role)).toBe(without);
  }
});
