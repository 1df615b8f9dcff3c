const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { REFERENCE, SECOND, MARKET } = require('./assemblies');

const ROOT = path.join(__dirname, '..');

function run(args, environment = {}) {
  execFileSync(process.execPath, ['--no-warnings', ...args], { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...environment } });
}

function synthesize(app, outdir) {
  const { context } = require('../cdk.json');
  run(['--require', 'tsx/cjs', app], { CDK_OUTDIR: outdir, CDK_VALIDATION: 'false', CDK_CONTEXT_JSON: JSON.stringify(context) });
}

/** Tests use the bundles and templates that would be deployed, so they are made anew before every run. */
module.exports = () => {
  run(['scripts/bundle.mjs']);
  synthesize('bin/app.ts', REFERENCE);
  synthesize('test/stacks/second-app.ts', SECOND);
  synthesize('test/stacks/market-app.ts', MARKET);
};
