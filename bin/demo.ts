import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { FULL, QUICK } from './demo/plans';
import { missingTools } from './demo/preflight';
import { assertReleases } from './demo/releases';
import { runDemo } from './demo/run';
import { assertTags, createSampleApp } from './demo/sample-app';

const USAGE = `usage: npm run demo [-- [--app DIR] [--quick]]

  --app DIR   deploy the tags v1, v2 and v3 of this git repository, not those of the sample application
  --quick     less traffic and shorter waits, for a look in about two thirds of the time

DIR is the root of a git repository. Each tag holds a Node.js module index.js that exports a function
handler(request, response), such as

    exports.handler = (request, response) => response.end('hello\\n');

It starts no server of its own: the demo's server calls it, on every instance, and answers /health for it. Nothing is
installed or built, so what it needs is in the repository. v1 and v2 are good; v3 answers some requests, such as one in
twelve, with a status of 500 to 599, and is to be rolled back.`;

/** Two interrupts within this time are one: npm passes on to its child what the terminal has sent to both. */
const SAME_INTERRUPT_MS = 1000;

/** Three releases under load on this machine; 0 only if all went as it should. */
async function main(): Promise<number> {
  const began = performance.now();
  const { values } = parseArgs({ options: { app: { type: 'string' }, quick: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const missing = missingTools();
  if (missing !== undefined) throw new Error(missing);
  if (values.app !== undefined) {
    assertTags(values.app);
    assertReleases(values.app);
  }
  const app = values.app ?? createSampleApp();
  try {
    const plan = values.quick ? QUICK : FULL;
    const { problems } = await runDemo({ ...plan, app, print: (line) => console.log(line), signal: interruption() });
    for (const problem of problems) console.log(`NOT AS IT SHOULD BE: ${problem}`);
    const found = problems.length === 0 ? 'all is as it should be' : `things that are not as they should be: ${problems.length}`;
    console.log(`${found}, in ${((performance.now() - began) / 1000).toFixed(1)} s`);
    return problems.length === 0 ? 0 : 1;
  } finally {
    if (values.app === undefined) rmSync(app, { recursive: true, force: true });
  }
}

/** Aborted by Ctrl-C; a second one ends the process at once. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  let first: number | undefined;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (first !== undefined && performance.now() - first > SAME_INTERRUPT_MS) process.exit(130);
      first ??= performance.now();
      controller.abort(new Interrupted());
    });
  }
  return controller.signal;
}

class Interrupted extends Error {
  override readonly message = 'interrupted; everything that it started is stopped and removed';
}

main().then(
  (exitCode) => process.exit(exitCode),
  (error: Error) => {
    console.error(`demo: ${error.message}`);
    process.exit(error instanceof Interrupted ? 130 : 1);
  },
);
