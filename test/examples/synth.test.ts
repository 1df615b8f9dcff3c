import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, type AppProps, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { drupalSite } from '../../examples/drupal-site/drupal-site';
import { magentoStore } from '../../examples/magento-store/magento-store';
import { userDataOf } from '../fleet/fleet-stack';

process.env.CDK_VALIDATION = 'false';

const ROOT = path.join(__dirname, '..', '..');
const GROUPS = ['stable', 'canary'] as const;
/** Limit of EC2 on user data, without what names that are known only at deployment may take beyond those of the test. */
const LIMIT = 16_384 - 2_000;
/** What a person must give before the first deployment. */
const GIVEN = { hostname: 'www.example.com', certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0f0e' };

const folder = mkdtempSync(path.join(tmpdir(), 'examples-'));
afterAll(() => rmSync(folder, { recursive: true }));

const contextOf = (file: string): Record<string, unknown> => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')).context;
const flagsOf = (file: string) => Object.entries(contextOf(file)).filter(([name]) => name.startsWith('@'));
const appOf = (name: string, make: (props: AppProps) => App, context: Record<string, unknown> = {}) =>
  make({ outdir: path.join(folder, name), context: { ...contextOf(`examples/${name}/cdk.json`), ...GIVEN, ...context } });

function synthesize(name: string, make: (props: AppProps) => App) {
  const app = appOf(name, make);
  const assembly = app.synth();
  const report = JSON.parse(readFileSync(path.join(assembly.directory, 'validation-report.json'), 'utf8'));
  const checks = report.pluginReports.find(({ pluginName }: { pluginName: string }) => pluginName === 'AwsSolutions');
  return { name, make, app, assembly, checks, template: Template.fromJSON(assembly.stacks[0]!.template) };
}

const STORE = synthesize('magento-store', magentoStore);
const SITE = synthesize('drupal-site', drupalSite);

/** Statements of the roles of both groups, by group: those of the library, and those that the example grants. */
function rightsOf(template: Template): { [group: string]: { Sid?: string; Action: string | string[] }[] } {
  const policies = Object.values(template.findResources('AWS::IAM::Policy'));
  return Object.fromEntries(
    Object.entries(template.findResources('AWS::IAM::Role'))
      .filter(([, { Properties }]) => Properties.Policies?.[0].PolicyName === 'Instance')
      .map(([id, { Properties }]) => [
        Properties.Description.split('-')[0],
        [
          ...Properties.Policies[0].PolicyDocument.Statement,
          ...policies
            .filter((policy) => policy.Properties.Roles.some((role: { Ref: string }) => role.Ref === id))
            .flatMap((policy) => policy.Properties.PolicyDocument.Statement),
        ],
      ]),
  );
}

const actionsOf = (template: Template, group: string) => rightsOf(template)[group]!.flatMap(({ Action }) => Action);

describe.each([STORE, SITE])('examples/$name', ({ name, make, app, assembly, checks, template }) => {
  test('synthesizes without an account and without looking anything up', () => {
    expect(assembly.manifest.missing).toBeUndefined();
    expect(assembly.stacks[0]!.environment).toMatchObject({ account: 'unknown-account', region: 'eu-west-1' });
  });

  test('has the feature flags of the reference application', () => {
    expect(flagsOf(`examples/${name}/cdk.json`)).toEqual(flagsOf('cdk.json'));
  });

  test.each([
    [{ hostname: '' }, "context 'hostname' must be a string that matches"],
    [{ certificateArn: '' }, "context 'certificateArn' must be a string that matches"],
    [{ repository: 'store' }, "context 'repository' must be a string that matches"],
    [{ instances: 'many' }, `context 'instances' must be a number, got "many"`],
  ])('refuses %j', (context, message) => {
    expect(() => appOf(name, make, context)).toThrow(message);
  });

  test('passes AwsSolutions, and every acknowledgement gives a reason and is needed', () => {
    expect(checks).toMatchObject({ conclusion: 'success', violations: [] });
    for (const { reason } of checks.suppressedViolations) expect(reason).toMatch(/.{20,}/);
    const used = checks.suppressedViolations.map(
      (finding: Record<string, string>) => `${finding.acknowledgedAt} ${finding.acknowledgedId}`,
    );
    const given = app.node.findAll().flatMap((construct) =>
      construct.node.metadata
        .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
        .flatMap(({ data }) => Object.keys(data).filter((id) => id.startsWith('AwsSolutions::')))
        .map((id) => `${construct.node.path} ${id}`),
    );
    expect([...new Set(used)].sort()).toEqual(given.sort());
  });

  test.each(GROUPS)('user data of the %s group fits, and mounts shared folders before the first release', (group) => {
    const script = userDataOf(template, group);
    expect(script).toContain(`\nGROUP=${group}\n`);
    expect(Buffer.byteLength(script)).toBeLessThan(LIMIT);
    const mounted = script.lastIndexOf('\nmount_shared ');
    expect(mounted).toBeGreaterThan(0);
    expect(mounted).toBeLessThan(script.indexOf('sync --boot'));
  });

  test('instances of both groups may do the same, and boot only once they may', () => {
    const [stable, canary] = GROUPS.map((group) => actionsOf(template, group));
    expect(stable).toEqual(canary);
    expect(stable).toEqual(expect.arrayContaining(['secretsmanager:GetSecretValue', 'elasticfilesystem:ClientMount']));
    for (const { DependsOn } of Object.values(template.findResources('AWS::AutoScaling::AutoScalingGroup'))) {
      expect(DependsOn).toEqual(
        expect.arrayContaining([expect.stringMatching(/RoleDefaultPolicy/), expect.stringMatching(/EfsMountTarget/)]),
      );
    }
  });

  test('clients keep to a group while a canary runs', () => {
    expect(JSON.stringify(template.findResources('AWS::Lambda::Function'))).toContain('\\"stickinessSeconds\\":3600');
  });

  test('a deployment looks at the database and saves it before a change', () => {
    const [machine] = Object.values(template.findResources('AWS::StepFunctions::StateMachine'));
    const definition = JSON.stringify(machine!.Properties.DefinitionString);
    for (const state of ['Check the database on a canary', 'Back up the database', 'Migrate the database', 'Show the maintenance page']) {
      expect(definition).toContain(state);
    }
  });

  test('customers come by HTTPS alone', () => {
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', {
      Port: 443,
      Certificates: [{ CertificateArn: GIVEN.certificateArn }],
    });
    template.hasResourceProperties('AWS::ElasticLoadBalancingV2::Listener', { Port: 80, DefaultActions: [{ Type: 'redirect' }] });
  });

  test('the database is kept: encrypted, in two zones, with backups', () => {
    template.hasResource('AWS::RDS::DBInstance', {
      DeletionPolicy: 'Snapshot',
      Properties: { StorageEncrypted: true, MultiAZ: true, DeletionProtection: true, BackupRetentionPeriod: 14 },
    });
  });
});

test('canaries count orders as stable instances do, and leave the cron of Magento alone', () => {
  for (const [group, hasCron] of [
    ['stable', true],
    ['canary', false],
  ] as const) {
    const script = userDataOf(STORE.template, group);
    expect(script).toContain('\ntimer count-orders 60 /opt/magento-store/count-orders MagentoStore/store\n');
    expect(script.includes('\ntimer magento-cron 60 ')).toBe(hasCron);
    expect(actionsOf(STORE.template, group)).toContain('cloudwatch:PutMetricData');
  }
});

test('the database of the store has the settings that Magento needs', () => {
  STORE.template.hasResourceProperties('AWS::RDS::DBParameterGroup', {
    Parameters: { explicit_defaults_for_timestamp: '1', log_bin_trust_function_creators: '1' },
  });
});

test.each([STORE, SITE])('no password is in the template of examples/$name', ({ template }) => {
  const secrets = Object.values(template.findResources('AWS::SecretsManager::Secret'));
  for (const { Properties } of secrets) {
    expect(
      Properties.GenerateSecretString ?? /^(\{\}|<\?php throw new Error\('[a-z.]+ is to be filled'\);)$/.exec(Properties.SecretString),
    ).toBeTruthy();
  }
});
