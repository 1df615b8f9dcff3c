import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { referenceApp } from '../../examples/hello-web/reference-app';

process.env.CDK_VALIDATION = 'false';

const { context } = JSON.parse(readFileSync(path.join(__dirname, '..', '..', 'cdk.json'), 'utf8'));
const folder = mkdtempSync(path.join(tmpdir(), 'reference-app-'));
afterAll(() => rmSync(folder, { recursive: true }));

let number = 0;
const appWith = (changes: Record<string, unknown> = {}): App =>
  referenceApp({ outdir: path.join(folder, String(number++)), context: { ...context, ...changes } });
const synthesize = (changes: Record<string, unknown>) => appWith(changes).synth();

describe('the reference application', () => {
  const app = appWith();
  const assembly = app.synth();
  const stack = assembly.stacks[0]!;

  test('synthesizes without an account and without looking anything up', () => {
    expect(assembly.manifest.missing).toBeUndefined();
    expect(stack.environment).toMatchObject({ account: 'unknown-account', region: 'eu-west-1' });
  });

  test('passes AwsSolutions, and every acknowledgement gives a reason and is needed', () => {
    const report = JSON.parse(readFileSync(path.join(assembly.directory, 'validation-report.json'), 'utf8'));
    const [checks] = report.pluginReports.filter(({ pluginName }: { pluginName: string }) => pluginName === 'AwsSolutions');
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

  test('is configured by context, be it of the command line', () => {
    const { template } = synthesize({ fleetName: 'other', instances: '2', maxInstances: '4', port: '8081' }).stacks[0]!;
    Template.fromJSON(template).hasResourceProperties('AWS::AutoScaling::AutoScalingGroup', {
      AutoScalingGroupName: 'other-stable',
      MinSize: '2',
      MaxSize: '4',
    });
    Template.fromJSON(template).allResourcesProperties('AWS::ElasticLoadBalancingV2::TargetGroup', { Port: 8081 });
  });

  test('reaches a private repository through a connection', () => {
    const connectionArn = 'arn:aws:codeconnections:eu-west-1:123456789012:connection/0f0e';
    const { template } = synthesize({ connectionArn }).stacks[0]!;
    Template.fromJSON(template).hasResourceProperties('AWS::CodeBuild::Project', { Source: { Auth: { Resource: connectionArn } } });
  });

  test.each([
    [{ region: 7 }, `context 'region' must be a string, got 7`],
    [{ instances: 'many' }, `context 'instances' must be a number, got "many"`],
    [{ steps: '10 percent' }, `context 'steps' must be like '10% 30m, 50% 10m', got '10 percent'`],
    [{ repository: 'shop' }, `context 'repository' must be like 'owner/name', got 'shop'`],
    [{ instances: 0 }, `'minCapacity' must be a whole number from 1 to 2000, got 0`],
  ])('refuses %j', (changes, message) => {
    expect(() => synthesize(changes)).toThrow(message);
  });
});
