import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const TESTS = path.join(__dirname, '..');

/** They run as programs of their own, with CDK_OUTDIR or with another text in its place. */
const PROGRAMS = ['docs/readme.test.ts', 'stacks/market-app.ts', 'stacks/second-app.ts'];

test('tests make applications in folders that they remove', () => {
  const careless = readdirSync(TESTS, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && path.join(TESTS, file) !== __filename)
    .filter((file) => /aws-cdk-lib/.test(readFileSync(path.join(TESTS, file), 'utf8')))
    .filter((file) => /new (App|Stack)\(\)/.test(readFileSync(path.join(TESTS, file), 'utf8')));
  expect(careless.sort()).toEqual(PROGRAMS);
});
