import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '..', '..');

/** Name of the reference application's stack. */
export const STACK = 'HelloWeb';

/**
 * Synthesizes the reference application into a folder, with new bundles: what `npx cdk synth` does, without the command's own checks.
 *
 * @param context on top of that in cdk.json
 * @param signal ends it before its time
 * @throws Error where it fails; what it said is on standard error
 */
export async function synthesize(
  folder: string,
  context: Readonly<Record<string, string | number>> = {},
  signal?: AbortSignal,
): Promise<void> {
  const settings = JSON.parse(readFileSync(path.join(ROOT, 'cdk.json'), 'utf8'));
  const environment = {
    CDK_OUTDIR: folder,
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({ ...settings.context, ...context }),
  };
  await run([path.join('scripts', 'bundle.mjs')], {}, signal);
  await run(['--require', require.resolve('tsx/cjs'), path.join('bin', 'app.ts')], environment, signal);
}

function run(args: readonly string[], environment: Readonly<Record<string, string>>, signal: AbortSignal | undefined): Promise<void> {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, ...environment },
    signal,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, killer) => {
      if (code === 0) resolve();
      else reject(new Error(`synthesis failed: node ${args.at(-1)} ended with ${killer ?? `exit code ${code}`}`));
    });
  });
}
