import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Template } from 'aws-cdk-lib/assertions';
import { userDataOf } from '../fleet/fleet-stack';
import { FirstBoot } from './first-boot';

const ROOT = path.join(__dirname, '..', '..');
const README = readFileSync(path.join(ROOT, 'README.md'), 'utf8');

describe('the stack of the README', () => {
  const out = mkdtempSync(path.join(ROOT, 'cdk.out', 'readme-'));
  let template: Template;

  beforeAll(() => {
    const [, snippet] = /```ts\n(.*?)```/s.exec(README)!;
    const program = snippet
      .replace("'cdk-asg-canary'", `'${path.join(ROOT, 'lib')}'`)
      .replace('new App()', 'new App({ outdir: process.env.OUT })');
    writeFileSync(path.join(out, 'app.ts'), `${program}\n(stack.node.root as App).synth();\n`);
    execFileSync(process.execPath, ['--no-warnings', '--require', 'tsx/cjs', path.join(out, 'app.ts')], {
      cwd: ROOT,
      env: { ...process.env, OUT: out, CDK_VALIDATION: 'false' },
      stdio: 'pipe',
    });
    template = Template.fromJSON(JSON.parse(readFileSync(path.join(out, 'Shop.template.json'), 'utf8')));
  });
  afterAll(() => rmSync(out, { recursive: true }));

  test('synthesizes', () => {
    template.hasResourceProperties('AWS::StepFunctions::StateMachine', { StateMachineName: 'shop-deployment' });
  });

  test('boots into service before there is a release', async () => {
    const boot = await FirstBoot.run(userDataOf(template, 'stable'));
    try {
      expect(boot).toMatchObject({ exitCode: 0, stderr: '', completions: ['CONTINUE'] });
      expect(await boot.get('/health')).toEqual({ status: 200, body: 'ok\n' });
      expect(await boot.get('/')).toMatchObject({ status: 200, body: expect.stringContaining('No release yet') });
    } finally {
      await boot.stop();
    }
  });
});

test('every link of the documents leads to a file', () => {
  const folders = ['.', 'docs', 'docs/decisions', 'host', 'lab', 'bench/judge'];
  const documents = folders.flatMap((folder) =>
    readdirSync(path.join(ROOT, folder)).flatMap((file) => (file.endsWith('.md') ? [path.join(folder, file)] : [])),
  );
  const broken = documents.flatMap((document) => {
    const text = readFileSync(path.join(ROOT, document), 'utf8');
    return [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)]
      .map(([, target]) => path.join(path.dirname(document), target))
      .filter((target) => !existsSync(path.join(ROOT, target)))
      .map((target) => `${document} -> ${target}`);
  });
  expect(broken).toEqual([]);
});
