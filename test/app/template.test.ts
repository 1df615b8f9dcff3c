import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { referenceApp } from '../../examples/hello-web/reference-app';

process.env.CDK_VALIDATION = 'false';

const ROOT = path.join(__dirname, '..', '..');

/** The template without what changes with every line of a function or of the host program. */
function template(): unknown {
  const outdir = mkdtempSync(path.join(tmpdir(), 'template-'));
  const { context } = JSON.parse(readFileSync(path.join(ROOT, 'cdk.json'), 'utf8'));
  const [stack] = referenceApp({ outdir, context }).synth().stacks;
  const text = JSON.stringify(stack!.template)
    .replace(/(CurrentVersion[0-9A-F]{8})[0-9a-f]{32}/g, '$1<version>')
    .replace(/[0-9a-f]{64}/g, '<sha256>');
  rmSync(outdir, { recursive: true });
  return JSON.parse(text, inOneOrder);
}

/** CDK sorts the resources of a policy, and with them the digests of assets that are masked here. */
function inOneOrder(key: string, value: unknown): unknown {
  return key === 'Resource' && Array.isArray(value) ? value.map((item) => JSON.stringify(item)).sort() : value;
}

test('the template of the reference application changes only on purpose', () => {
  expect(template()).toMatchSnapshot();
});
