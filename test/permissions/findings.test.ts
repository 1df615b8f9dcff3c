import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { NIST80053R5Checks } from 'cdk-nag';
import { HelloWebStack } from '../../examples/hello-web/hello-web-stack';
import { referenceApp } from '../../examples/hello-web/reference-app';
import { readSettings } from '../../examples/hello-web/settings';

process.env.CDK_VALIDATION = 'false';

const ROOT = path.join(__dirname, '..', '..');
const { context } = JSON.parse(readFileSync(path.join(ROOT, 'cdk.json'), 'utf8'));
const outdir = mkdtempSync(path.join(tmpdir(), 'findings-'));
afterAll(() => rmSync(outdir, { recursive: true }));

interface PluginReport {
  readonly violations: readonly { readonly ruleName: string }[];
  readonly suppressedViolations: readonly { readonly ruleName: string; readonly reason: string }[];
}

/** What a pack of rules says of an application; synthesis throws and prints where there are findings. */
function reportOf(app: App): PluginReport {
  const quiet = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    app.synth();
  } catch (error) {
    if ((error as Error).name !== 'ValidationFailed' && !/Validation failed/.test(String(error))) throw error;
  } finally {
    quiet.mockRestore();
  }
  return JSON.parse(readFileSync(path.join(app.outdir, 'validation-report.json'), 'utf8')).pluginReports[0];
}

/** Rows of the table under a heading of docs/security.md, as `first cell: second cell`. */
function documented(heading: string): string[] {
  const [, section = ''] = readFileSync(path.join(ROOT, 'docs', 'security.md'), 'utf8').split(`## ${heading}\n`);
  const rows = section.split('\n## ')[0].matchAll(/^\| ([A-Z]\w+) \| (.+) \|$/gm);
  return [...rows].map(([, rule, reason]) => `${rule}: ${reason}`).filter((row) => !row.startsWith('Rule: '));
}

test('docs/security.md lists what is accepted of AwsSolutions, and why', () => {
  const { suppressedViolations } = reportOf(referenceApp({ outdir: path.join(outdir, 'solutions'), context }));
  const accepted = suppressedViolations.map(({ ruleName, reason }) => `${ruleName.replace(/^AwsSolutions-|\[.*$/g, '')}: ${reason}`);
  expect(documented('Accepted findings of AwsSolutions').sort()).toEqual([...new Set(accepted)].sort());
});

test('docs/security.md takes a stand on every finding of NIST 800-53', () => {
  const app = new App({ outdir: path.join(outdir, 'nist'), context });
  new HelloWebStack(app, 'HelloWeb', readSettings(app.node));
  Validations.of(app).addPlugins(new NIST80053R5Checks(app));
  const found = reportOf(app).violations.map(({ ruleName }) => ruleName.replace('NIST.800.53.R5-', ''));
  expect(
    documented('Findings of NIST 800-53')
      .map((row) => row.split(': ')[0])
      .sort(),
  ).toEqual([...new Set(found)].sort());
});
